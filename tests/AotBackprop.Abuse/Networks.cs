namespace AotBackprop.Abuse;

// One of each form: a sample in each lane, an output layer in lanes, inputs that are listed where they are 0.
[Network(4, 8, 3)]
internal sealed partial class Tiny;

[Network(64, 32, 10)]
internal sealed partial class Small;

[Network(200, 40, 30)]
internal sealed partial class Sparse;

[Network(784, 128, 10)]
internal sealed partial class Large;
