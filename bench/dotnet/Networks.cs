using AotBackprop;

namespace Race;

[Network(4, 8, 3)]
public sealed partial class Iris;

[Network(64, 32, 10)]
public sealed partial class Digits;

[Network(784, 128, 10)]
public sealed partial class Mnist;

[Network(784, 128, 64, 10)]
public sealed partial class Deep;

[Network(784, 512, 10)]
public sealed partial class Wide;
