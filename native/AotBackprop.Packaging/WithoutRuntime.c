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
