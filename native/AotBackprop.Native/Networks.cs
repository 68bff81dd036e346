namespace AotBackprop.Native;

[Network(64, 32, 10)]
[NetworkExport("digits")]
public sealed partial class Digits;

[Network(784, 128, 10)]
[NetworkExport("mnist")]
public sealed partial class Mnist;
