/* Which level is taken of what a processor says: all of its bits and of those below it, and no other, make it.
 *
 *     choice */
#include "../../native/AotBackprop.Packaging/Levels.c"
#include "check.h"

/* The bits by their numbers in the manuals of the processors, and not from ProcessorLevel.h. */
typedef struct {
    const char *name;
    int word, bit;
} feature;

enum { LEAF1_C, LEAF7_B, EXTENDED1_C, XCR0, WORDS };

static const feature of_v2[] = {
    { "SSE3", LEAF1_C, 0 },    { "SSSE3", LEAF1_C, 9 },   { "CX16", LEAF1_C, 13 },   { "SSE4.1", LEAF1_C, 19 },
    { "SSE4.2", LEAF1_C, 20 }, { "POPCNT", LEAF1_C, 23 }, { "LAHF", EXTENDED1_C, 0 },
};
static const feature of_v3[] = {
    { "FMA", LEAF1_C, 12 },    { "MOVBE", LEAF1_C, 22 },  { "OSXSAVE", LEAF1_C, 27 }, { "AVX", LEAF1_C, 28 },
    { "F16C", LEAF1_C, 29 },   { "BMI1", LEAF7_B, 3 },    { "AVX2", LEAF7_B, 5 },     { "BMI2", LEAF7_B, 8 },
    { "LZCNT", EXTENDED1_C, 5 }, { "XMM kept", XCR0, 1 }, { "YMM kept", XCR0, 2 },
};
static const feature of_v4[] = {
    { "AVX512F", LEAF7_B, 16 },   { "AVX512DQ", LEAF7_B, 17 }, { "AVX512CD", LEAF7_B, 28 },
    { "AVX512BW", LEAF7_B, 30 },  { "AVX512VL", LEAF7_B, 31 }, { "masks kept", XCR0, 5 },
    { "ZMM0-15 kept", XCR0, 6 },  { "ZMM16-31 kept", XCR0, 7 },
};
enum {
    V2_FEATURES = sizeof of_v2 / sizeof of_v2[0],
    V3_FEATURES = sizeof of_v3 / sizeof of_v3[0],
    V4_FEATURES = sizeof of_v4 / sizeof of_v4[0]
};

static int level_of_words(const unsigned *words)
{
    processor p = { 0, 0, 0, 0 };
    p.leaf1_c = words[LEAF1_C];
    p.leaf7_b = words[LEAF7_B];
    p.extended1_c = words[EXTENDED1_C];
    p.xcr0 = words[XCR0];
    return level_of(&p);
}

static void set(unsigned *words, const feature *features, int count)
{
    for (int i = 0; i < count; i++)
        words[features[i].word] |= 1u << features[i].bit;
}

/* What is left without each feature of a list. */
static void each_is_needed(const unsigned *words, const feature *features, int count, int level)
{
    for (int i = 0; i < count; i++) {
        unsigned without[WORDS];
        memcpy(without, words, sizeof without);
        without[features[i].word] &= ~(1u << features[i].bit);
        if (level_of_words(without) != level) {
            printf("        without %s\n", features[i].name);
            CHECK(level_of_words(without) == level);
        }
    }
}

static void the_levels_are_all_their_bits(void)
{
    unsigned words[WORDS] = { 0, 0, 0, 0 };
    CHECK(level_of_words(words) == V1);
    set(words, of_v4, V4_FEATURES);
    set(words, of_v3, V3_FEATURES);
    CHECK(level_of_words(words) == V1);
    memset(words, 0, sizeof words);
    set(words, of_v2, V2_FEATURES);
    CHECK(level_of_words(words) == V2);
    each_is_needed(words, of_v2, V2_FEATURES, V1);
    set(words, of_v4, V4_FEATURES);
    CHECK(level_of_words(words) == V2);
    memset(words, 0, sizeof words);
    set(words, of_v2, V2_FEATURES);
    set(words, of_v3, V3_FEATURES);
    CHECK(level_of_words(words) == V3);
    each_is_needed(words, of_v2, V2_FEATURES, V1);
    each_is_needed(words, of_v3, V3_FEATURES, V2);
    set(words, of_v4, V4_FEATURES);
    CHECK(level_of_words(words) == V4);
    each_is_needed(words, of_v4, V4_FEATURES, V3);
    each_is_needed(words, of_v3, V3_FEATURES, V2);
    each_is_needed(words, of_v2, V2_FEATURES, V1);
}

static void other_bits_do_not_matter(void)
{
    unsigned all[WORDS] = { ~0u, ~0u, ~0u, ~0u };
    CHECK(level_of_words(all) == V4);
    each_is_needed(all, of_v4, V4_FEATURES, V3);
    each_is_needed(all, of_v3, V3_FEATURES, V2);
    each_is_needed(all, of_v2, V2_FEATURES, V1);
}

static void the_level_of_this_processor_is_one(void)
{
    int level = best_level();
    CHECK(level == V2 || level == V3 || level == V4);
    CHECK(level == best_level());
}

int main(void)
{
    RUN(the_levels_are_all_their_bits);
    RUN(other_bits_do_not_matter);
    RUN(the_level_of_this_processor_is_one);
    return check_failed != 0;
}
