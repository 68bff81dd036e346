/* The exports of a library that holds its code for every instruction-set level. Each is the one of the best level that the
 * processor runs, as memcpy is in the C library: the loader asks once for a function, when it binds a call or looks a name
 * up, and the call itself goes straight to the code. Whoever asks may be the loader before this library is relocated, so
 * nothing here needs a relocation, a call of another library or a constructor. */
#include <cpuid.h>

enum { V2 = 2, V3, V4 };

/* What the processor says of itself, and of the registers that the system keeps; 0 where it can't be asked. */
typedef struct {
    unsigned leaf1_c, leaf7_b, extended1_c, xcr0;
} processor;

#define BIT(number) (1u << (number))

/* What the levels are: https://gitlab.com/x86-psABIs/x86-64-ABI. */
enum {
    OSXSAVE = BIT(27),
    V3_LEAF1_C = BIT(12) | BIT(22) | OSXSAVE | BIT(28) | BIT(29),   /* FMA, MOVBE, OSXSAVE, AVX, F16C */
    V3_LEAF7_B = BIT(3) | BIT(5) | BIT(8),                          /* BMI1, AVX2, BMI2 */
    V3_EXTENDED1_C = BIT(5),                                        /* LZCNT */
    V3_XCR0 = BIT(1) | BIT(2),                                      /* XMM, YMM */
    V4_XCR0 = V3_XCR0 | BIT(5) | BIT(6) | BIT(7)                    /* masks, and both parts of the ZMM */
};
#define V4_LEAF7_B (V3_LEAF7_B | BIT(16) | BIT(17) | BIT(28) | BIT(30) | BIT(31)) /* AVX512F, DQ, CD, BW, VL */

#define HAS_ALL(word, bits) (((word) & (bits)) == (bits))

static int level_of(const processor *p)
{
    if (!HAS_ALL(p->leaf1_c, V3_LEAF1_C) || !HAS_ALL(p->leaf7_b, V3_LEAF7_B) ||
        !HAS_ALL(p->extended1_c, V3_EXTENDED1_C) || !HAS_ALL(p->xcr0, V3_XCR0))
        return V2;
    return HAS_ALL(p->leaf7_b, V4_LEAF7_B) && HAS_ALL(p->xcr0, V4_XCR0) ? V4 : V3;
}

static int ask(void)
{
    processor p = { 0, 0, 0, 0 };
    unsigned a, b, c, d, max_leaf = __get_cpuid_max(0, 0);
    if (max_leaf >= 1) {
        __cpuid(1, a, b, c, d);
        p.leaf1_c = c;
    }
    if (max_leaf >= 7) {
        __cpuid_count(7, 0, a, b, c, d);
        p.leaf7_b = b;
    }
    if (__get_cpuid_max(0x80000000, 0) >= 0x80000001) {
        __cpuid(0x80000001, a, b, c, d);
        p.extended1_c = c;
    }
    if (p.leaf1_c & OSXSAVE)
        __asm__ volatile("xgetbv" : "=a"(p.xcr0), "=d"(d) : "c"(0));
    return level_of(&p);
}

/* Under a hypervisor the questions take a microsecond each: they are asked once. Threads that ask at once agree. */
static int best_level(void)
{
    static int known;
    int level = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (level == 0) {
        level = ask();
        __atomic_store_n(&known, level, __ATOMIC_RELAXED);
    }
    return level;
}

typedef void function(void);

#define AT(name, number) \
    extern function name##_V##number __asm__(#name ".v" #number) __attribute__((visibility("hidden")))

/* No export has a capital in its name, so none is called like what is here. */
#define CHOOSE(name) \
    AT(name, 2); \
    AT(name, 3); \
    AT(name, 4); \
    static function *Choose_##name(void) \
    { \
        int level = best_level(); \
        return level == V4 ? name##_V4 : level == V3 ? name##_V3 : name##_V2; \
    } \
    function name __attribute__((ifunc("Choose_" #name)))

