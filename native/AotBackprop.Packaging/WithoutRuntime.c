/* What is linked in the place of .NET's runtime, which no export needs: the build has proved it. */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define HIDDEN __attribute__((visibility("hidden")))

/* The runtime would start here, and attach the thread. */
HIDDEN void RhpReversePInvoke(void *frame)
{
    (void)frame;
}

HIDDEN void RhpReversePInvokeReturn(void *frame)
{
    (void)frame;
}

/* Around a call of the C library, as .NET's own functions that clear memory make one: a collector would want to know. */
HIDDEN void RhpPInvoke(void *frame)
{
    (void)frame;
}

HIDDEN void RhpPInvokeReturn(void *frame)
{
    (void)frame;
}

/* The threads of a team meet at a barrier that spins, and valgrind's tools for threads know only what the C library does.
 * helgrind and drd are told that a thread comes, and that it goes on: what was written before is there after. Outside
 * valgrind these instructions change nothing. The instructions and the numbers are those of valgrind.h, helgrind.h
 * (ARANGE_MAKE_UNTRACKED, USERSO_SEND_PRE, USERSO_RECV_POST) and drd.h (START_SUPPRESSION; the others are helgrind's). */
enum {
    HELGRIND = 'H' << 24 | 'G' << 16,
    DRD = 'D' << 24 | 'R' << 16
};

static void tell_valgrind(uint64_t request, const void *address, uint64_t bytes)
{
    volatile uint64_t given[6] = { request, (uintptr_t)address, bytes };
    uint64_t answer = 0;
#ifdef __x86_64__
    __asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi; xchgq %%rbx, %%rbx"
                     : "+d"(answer) : "a"(given) : "cc", "memory");
#else
    register uint64_t x3 __asm__("x3") = answer;
    register volatile uint64_t *x4 __asm__("x4") = given;
    __asm__ volatile("ror x12, x12, #3; ror x12, x12, #13; ror x12, x12, #51; ror x12, x12, #61; orr x10, x10, x10"
                     : "+r"(x3) : "r"(x4) : "cc", "memory");
#endif
}

HIDDEN void aotbackprop_barrier_arrive(const void *barrier, size_t bytes)
{
    tell_valgrind(HELGRIND + 295, barrier, bytes);
    tell_valgrind(DRD + 2, barrier, bytes);
    tell_valgrind(HELGRIND + 289, barrier, 0);
}

HIDDEN void aotbackprop_barrier_leave(const void *barrier)
{
    tell_valgrind(HELGRIND + 290, barrier, 0);
}

static _Noreturn void fail(const char *message, size_t length)
{
    ssize_t written = write(STDERR_FILENO, message, length);
    (void)written;
    abort();
}

#define FAIL(message) fail(message, sizeof message - 1)

/* Whether the collector waits: there is none. After a call of the C library the compiler asks. */
HIDDEN uint32_t RhpTrapThreads = 0;

HIDDEN _Noreturn void RhpGcPoll(void)
{
    FAIL("aotbackprop: the garbage collector was waited for, which this library does not hold\n");
}

/* Behind arrays on the stack: any number, the same for all calls. */
HIDDEN uintptr_t __security_cookie = (uintptr_t)0x6b79d3a1c85e2f04;

HIDDEN _Noreturn void RhpFallbackFailFast(void)
{
    FAIL("aotbackprop: the stack was overwritten\n");
}

#ifdef __x86_64__
/* Touches each page from the stack pointer down to r11, as the guard page of a growing stack wants it. */
__asm__(".text\n"
        ".globl RhpStackProbe\n"
        ".hidden RhpStackProbe\n"
        ".type RhpStackProbe, @function\n"
        "RhpStackProbe:\n"
        "    push %rbp\n"
        "    mov %rsp, %rbp\n"
        "    and $-4096, %rsp\n"
        "1:  sub $4096, %rsp\n"
        "    test %eax, (%rsp)\n"
        "    cmp %r11, %rsp\n"
        "    jg 1b\n"
        "    mov %rbp, %rsp\n"
        "    pop %rbp\n"
        "    ret\n"
        ".size RhpStackProbe, . - RhpStackProbe\n");
#endif

/* An allocation or a throw that the proof had missed would end here, and not go on with what it got. */
__attribute__((used)) static _Noreturn void aotbackprop_absent(void)
{
    FAIL("aotbackprop: a function of .NET's runtime was called, which this library does not hold\n");
}

#define ABSENT(name) __asm__(".globl \"" name "\"\n.hidden \"" name "\"\n.set \"" name "\", aotbackprop_absent");
