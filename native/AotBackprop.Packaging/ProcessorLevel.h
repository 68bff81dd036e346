/* The instruction-set level of a processor: for the exports of a library of all levels, and for a program that says what it
 * lacks. It needs no relocation and no function of a library. */
#include <cpuid.h>

enum { V1 = 1, V2, V3, V4 };

/* What the processor says of itself, and of the registers that the system keeps; 0 where it can't be asked. */
typedef struct {
    unsigned leaf1_c, leaf7_b, extended1_c, xcr0;
} processor;

#define BIT(number) (1u << (number))

/* What the levels are: https://gitlab.com/x86-psABIs/x86-64-ABI. */
enum {
    OSXSAVE = BIT(27),
    V2_LEAF1_C = BIT(0) | BIT(9) | BIT(13) | BIT(19) | BIT(20) | BIT(23), /* SSE3, SSSE3, CX16, SSE4.1, SSE4.2, POPCNT */
    V2_EXTENDED1_C = BIT(0),                                        /* LAHF */
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
    if (!HAS_ALL(p->leaf1_c, V2_LEAF1_C) || !HAS_ALL(p->extended1_c, V2_EXTENDED1_C))
        return V1;
    if (!HAS_ALL(p->leaf1_c, V3_LEAF1_C) || !HAS_ALL(p->leaf7_b, V3_LEAF7_B) ||
        !HAS_ALL(p->extended1_c, V3_EXTENDED1_C) || !HAS_ALL(p->xcr0, V3_XCR0))
        return V2;
    return HAS_ALL(p->leaf7_b, V4_LEAF7_B) && HAS_ALL(p->xcr0, V4_XCR0) ? V4 : V3;
}

/* The level of the processor that this runs on. */
static int level_of_processor(void)
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
