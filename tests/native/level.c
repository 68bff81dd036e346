/* Prints the level whose code runs: of the library that the loader has taken, and where that holds all levels, of those.
 *
 *     level */
#include "aotbackprop.h"
#include <stdio.h>

int main(void)
{
    return puts(aotbackprop_instruction_set_level()) < 0;
}
