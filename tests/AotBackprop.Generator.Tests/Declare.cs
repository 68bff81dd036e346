namespace AotBackprop.Generator.Tests;

/// <summary>Declarations that ask for networks.</summary>
internal static class Declare
{
    public static string Network(string name, params int[] sizes) =>
        $"[AotBackprop.Network({string.Join(", ", sizes)})] public sealed partial class {name};\n";

    /// <summary>The same in a form of its own: Full or Tiled.</summary>
    public static string Unrolled(string form, string name, params int[] sizes) =>
        $"[AotBackprop.Network({string.Join(", ", sizes)}, Unroll = AotBackprop.Unrolling.{form})] public sealed partial class {name};\n";
}
