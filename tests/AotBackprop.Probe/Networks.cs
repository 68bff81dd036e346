namespace AotBackprop.Probe;

[Network(4, 8, 3)]
public sealed partial class Small;

[Network(64, 32, 10)]
public sealed partial class Medium;

[Network(17, 33, 7, 5)]
public sealed partial class Odd;

[Network(100, 50, 10)]
public sealed partial class Wide;
