namespace AotBackprop.Samples;

/// <summary>64 pixels to 10 classes, through 32 hidden units. The generator writes all the rest.</summary>
[Network(64, 32, 10)]
public sealed partial class Digits;
