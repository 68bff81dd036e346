/* The layer sizes, which the command line defines: -DSIZES=784,128,10 -DCLASSES=10. */
#ifndef SHAPE_H
#define SHAPE_H

static const int sizes[] = { SIZES };

enum { LAYERS = sizeof sizes / sizeof sizes[0] - 1, WIDEST = 512 };

/* Where the weights of a layer begin, 1 being the first; its biases follow them. */
static inline int weights_of(int layer)
{
    int at = 0;
    for (int l = 1; l < layer; l++)
        at += (sizes[l - 1] + 1) * sizes[l];
    return at;
}

static inline int biases_of(int layer)
{
    return weights_of(layer) + sizes[layer - 1] * sizes[layer];
}

#endif
