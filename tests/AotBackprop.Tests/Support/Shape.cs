using System.Reflection;
using AotBackprop.Testing;
using CsCheck;

namespace AotBackprop.Tests.Support;

/// <summary>What a [Network] attribute asks for.</summary>
internal sealed record Shape(int[] Sizes, Unrolling Unroll)
{
    // The attribute takes up to 16,384 weights; a text of so many takes the compiler half a minute.
    private const int LargestFullUnrolling = 4096;

    // Around the widths of vectors and the heights of tiles, and small: where code for what is left over is.
    private static readonly int[] Edges = [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 100, 127, 128, 129, 130];

    private static readonly Gen<int> Size = Gen.Frequency((2, Gen.Int[1, 130]), (1, Gen.OneOf(Edges)));

    /// <summary>1 to 4 layers of weights, 1 to 130 units and outputs.</summary>
    public static Gen<int[]> RandomSizes { get; } =
        Gen.Select(Size.Array[1, 4], Size, (below, outputs) => (int[])[.. below, outputs]);

    /// <summary>Random sizes in a random form.</summary>
    public static Gen<Shape> Random { get; } = Gen.Select(
        RandomSizes, Gen.OneOf(Unrolling.Auto, Unrolling.Full, Unrolling.Tiled), (sizes, unroll) => new Shape(sizes, Feasible(sizes, unroll)));

    /// <summary>These sizes in every form, the planner's own choice first.</summary>
    public static IEnumerable<Shape> Forms(int[] sizes) =>
        new[] { Unrolling.Auto, Unrolling.Tiled, Unrolling.Full }.Where(u => Feasible(sizes, u) == u).Select(u => new Shape(sizes, u));

    /// <summary>Compiles one network for each shape, all in one assembly.</summary>
    public static Type[] Compile(IReadOnlyList<Shape> shapes)
    {
        Assembly assembly = CompiledOnce.Load(string.Join('\n', shapes.Select((shape, i) => $"{shape} public sealed partial class N{i};")));
        return [.. shapes.Select((_, i) => assembly.GetType($"N{i}", throwOnError: true)!)];
    }

    public override string ToString() =>
        $"[AotBackprop.Network({string.Join(", ", Sizes)}, Unroll = AotBackprop.Unrolling.{Unroll}, Activation = AotBackprop.Activation.{Activation}, Output = AotBackprop.Output.{Output}{(Output == Output.Huber ? ", HuberDelta = 0.7f" : "")})]";

    // The same for all forms of these sizes, each in its turn.
    private Activation Activation => Enum.GetValues<Activation>()[Sizes.Sum() % Enum.GetValues<Activation>().Length];

    /// <summary>The output, where it is not to be one after the other.</summary>
    public Output? Wanted { get; init; }

    // In turns as well; one class is none.
    private Output Output
    {
        get
        {
            Output[] outputs = [.. Enum.GetValues<Output>().Where(output => Sizes[^1] > 1 || output != Output.Softmax)];
            return Wanted ?? outputs[Sizes.Sum() / 10 % outputs.Length];
        }
    }

    private static Unrolling Feasible(int[] sizes, Unrolling unroll) =>
        unroll == Unrolling.Full && Enumerable.Range(1, sizes.Length - 1).Sum(l => sizes[l - 1] * sizes[l]) > LargestFullUnrolling
            ? Unrolling.Tiled
            : unroll;
}
