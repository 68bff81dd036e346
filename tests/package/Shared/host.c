#include <stdio.h>
#include "points.h"

int main(void)
{
    static points_parameters parameters;
    int32_t status = points_initialize(&parameters, 1);
    printf("%d %zu %s\n", (int)status, sizeof parameters / sizeof(float), shapes_version());
    return status;
}
