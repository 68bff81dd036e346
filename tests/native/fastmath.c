/* To be compiled and linked with -ffast-math, which sets the processor to flush denormals: told by a status. */
#include "check.h"
#include "digits.h"

static void a_host_with_fast_math_is_told_so(void)
{
    static digits_parameters parameters, untouched;
    CHECK(digits_initialize(&parameters, 1) == AOTBACKPROP_FLOATING_POINT_ENVIRONMENT);
    CHECK(memcmp(&parameters, &untouched, sizeof parameters) == 0);
    CHECK(aotbackprop_self_test() == AOTBACKPROP_FLOATING_POINT_ENVIRONMENT);
}

int main(int arguments, char **argument)
{
    check_suffix = arguments > 1 ? argument[1] : "";
    RUN(a_host_with_fast_math_is_told_so);
    return check_failed != 0;
}
