/* The exports of a library that holds its code for every instruction-set level. Each is the one of the best level that the
 * processor runs, as memcpy is in the C library: the loader asks once for a function, when it binds a call or looks a name
 * up, and the call itself goes straight to the code. Whoever asks may be the loader before this library is relocated, so
 * nothing here needs a relocation, a call of another library or a constructor. */
#include <cpuid.h>

enum { V2 = 2, V3, V4 };

#define HAS(word, bit) ((word) >> (bit) & 1)

/* What the levels are, https://gitlab.com/x86-psABIs/x86-64-ABI, and whether the system keeps the registers. */
static int ask(void)
{
    unsigned a, b, c, d, most, kept, unused;
    most = __get_cpuid_max(0, 0);
    if (most < 7 || __get_cpuid_max(0x80000000, 0) < 0x80000001)
        return V2;
    __cpuid(1, a, b, c, d);
    int fma = HAS(c, 12), movbe = HAS(c, 22), osxsave = HAS(c, 27), avx = HAS(c, 28), f16c = HAS(c, 29);
    if (!fma || !movbe || !osxsave || !avx || !f16c)
        return V2;
    __asm__("xgetbv" : "=a"(kept), "=d"(unused) : "c"(0));
    __cpuid(0x80000001, a, b, c, d);
    int lzcnt = HAS(c, 5);
    __cpuid_count(7, 0, a, b, c, d);
    int bmi1 = HAS(b, 3), avx2 = HAS(b, 5), bmi2 = HAS(b, 8);
    if ((kept & 0x6) != 0x6 || !lzcnt || !bmi1 || !avx2 || !bmi2)
        return V2;
    int f = HAS(b, 16), dq = HAS(b, 17), cd = HAS(b, 28), bw = HAS(b, 30), vl = HAS(b, 31);
    return (kept & 0xe6) == 0xe6 && f && dq && cd && bw && vl ? V4 : V3;
}

/* Under a hypervisor the questions take a microsecond each: they are asked once. Threads that ask at once agree. */
static int level(void)
{
    static int known;
    int it = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (it == 0) {
        it = ask();
        __atomic_store_n(&known, it, __ATOMIC_RELAXED);
    }
    return it;
}

typedef void function(void);

#define AT(name, level) extern function name##_##level __asm__(#name "." #level) __attribute__((visibility("hidden")))

#define CHOOSE(name) \
    AT(name, v2); \
    AT(name, v3); \
    AT(name, v4); \
    static function *choose_##name(void) \
    { \
        int it = level(); \
        return it == V4 ? name##_v4 : it == V3 ? name##_v3 : name##_v2; \
    } \
    function name __attribute__((ifunc("choose_" #name)))

