/* The exports of a library that holds its code for every instruction-set level. Each is the one of the best level that the
 * processor runs, as memcpy is in the C library: the loader asks once for a function, when it binds a call or looks a name
 * up, and the call itself goes straight to the code. Whoever asks may be the loader before this library is relocated, so
 * nothing here needs a relocation, a call of another library or a constructor. */
#include "ProcessorLevel.h"

/* Under a hypervisor the questions take a microsecond each: they are asked once. Threads that ask at once agree. */
static int best_level(void)
{
    static int known;
    int level = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (level == 0) {
        level = level_of_processor();
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

