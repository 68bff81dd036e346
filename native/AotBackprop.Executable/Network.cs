namespace AotBackprop.Executable;

[Network(64, 32, 10)]
public sealed partial class Network;
