using AotBackprop;

[assembly: NetworkLibrary("shapes")]

[Network(5, 16, 2)]
[NetworkExport("points")]
public sealed partial class Points;
