/* Prints where the fields of the structs lie, for the snapshot of the ABI. */
#include "digits.h"
#include <stdio.h>

#define FIELD(type, field) \
    printf("%s.%s at %zu, %zu bytes\n", #type, #field, offsetof(type, field), sizeof((type *)0)->field)

int main(void)
{
    /* Options begin with their size and may grow at the end: their whole size is no part of the ABI. */
    FIELD(aotbackprop_options, size);
    FIELD(aotbackprop_options, learning_rate);
    FIELD(aotbackprop_options, optimizer);
    FIELD(aotbackprop_options, momentum);
    FIELD(aotbackprop_options, beta1);
    FIELD(aotbackprop_options, beta2);
    FIELD(aotbackprop_options, epsilon);
    FIELD(aotbackprop_options, weight_decay);
    FIELD(aotbackprop_options, clip_norm);
    FIELD(aotbackprop_epoch, size);
    FIELD(aotbackprop_epoch, batch_size);
    FIELD(aotbackprop_epoch, seed);
    FIELD(aotbackprop_epoch, epoch);
    FIELD(aotbackprop_epoch, first_batch);
    FIELD(aotbackprop_epoch, batch_count);
    FIELD(aotbackprop_epoch, stop);
    FIELD(aotbackprop_epoch, loss_sum);
    FIELD(aotbackprop_targets, size);
    FIELD(aotbackprop_targets, labels);
    FIELD(aotbackprop_targets, values);
    FIELD(aotbackprop_targets, weights);
    printf("aotbackprop_barrier is %zu bytes\n", sizeof(aotbackprop_barrier));
    FIELD(digits_parameters, W1);
    FIELD(digits_parameters, b1);
    FIELD(digits_parameters, W2);
    FIELD(digits_parameters, b2);
    printf("digits_parameters is %zu bytes\n", sizeof(digits_parameters));
    return 0;
}
