[AotBackprop.Network(5, 16, 2)]
public sealed partial class Points;
