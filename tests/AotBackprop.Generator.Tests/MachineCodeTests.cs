using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Generator.Tests;

/// <summary>
/// Past about a thousand locals the compiler keeps every value of a method on the stack. That shows in its machine code:
/// thousands of moves of whole vectors, where a method before that cliff has a hundred at most.
/// </summary>
public sealed class MachineCodeTests(ITestOutputHelper output)
{
    private const int MostStackMoves = 200;

    // Where a state is updated in straight lines, some of what lies between the loops is kept there too.
    private const int MostOfUpdates = 400;

    private static readonly Lazy<byte[]> Assembly = new(() => MachineCode.Assemble(string.Concat(
        Declare.Network("Tiny", 1, 2),
        Declare.Network("Odd", 7, 17, 3),
        Declare.Network("Iris", 4, 8, 3),
        Declare.Network("Digits", 64, 32, 10),
        Declare.Network("Mnist", 784, 128, 64, 10),
        Declare.Network("Middling", 31, 33, 63, 20),
        Declare.Unrolled("Full", "FullLargest", 126, 128, 2),
        Declare.Unrolled("Tiled", "TiledIris", 4, 8, 3),
        TooLong(512),
        TooLong(256),
        TooLong(128))));

    /// <summary>Those of this machine: a process that may use wider ones has the code of the widest.</summary>
    public static TheoryData<int> Widths =>
        Vector512.IsHardwareAccelerated ? [512, 256, 128] : Vector256.IsHardwareAccelerated ? [256, 128] : [128];

    [Theory]
    [MemberData(nameof(Widths))]
    public async Task Kernels_keep_their_vectors_in_registers_as_a_method_too_long_does_not(int width)
    {
        (int had, IReadOnlyList<MachineCode> kernels) = await MachineCode.CompileAsync(Assembly.Value, width, TestContext.Current.CancellationToken);
        Assert.Equal(width, had);
        ILookup<bool, MachineCode> byLength = kernels.ToLookup(kernel => kernel.Method.StartsWith(nameof(TooLong), StringComparison.Ordinal));
        MachineCode worst = byLength[false].MaxBy(kernel => kernel.StackMoves)!;
        output.WriteLine($"Vectors of {had} bits: {byLength[false].Count()} kernels, at most {worst.StackMoves} moves, in {worst.Method}; {Assert.Single(byLength[true]).StackMoves} where too long.");

        Assert.All(byLength[false], kernel => Assert.True(kernel.Optimized && kernel.StackMoves <= Most(kernel.Method), kernel.ToString()));
        Assert.All(byLength[true], kernel => Assert.True(kernel.StackMoves > 5 * MostStackMoves, kernel.ToString()));
    }

    private static int Most(string method) =>
        new[] { "MomentumUpdate", "AdamUpdate", "LionUpdate" }.Any(update => method.Contains(update, StringComparison.Ordinal))
            ? MostOfUpdates
            : MostStackMoves;

    /// <summary>A product of 4 rows and two vectors of columns in one method of about 1,500 words.</summary>
    private static string TooLong(int bits)
    {
        IEnumerable<int> rows = Enumerable.Range(0, 4);
        IEnumerable<string> steps =
            from i in Enumerable.Range(0, 107)
            let load = $"w0 = Load(W + {i * 32}); w1 = Load(W + {(i * 32) + 16});"
            select load + string.Concat(rows.Select(r =>
                $"xi = Broadcast(X + {(r * 128) + i}); z{r}0 = MultiplyAdd(xi, w0, z{r}0); z{r}1 = MultiplyAdd(xi, w1, z{r}1);"));
        return $$"""
            namespace {{nameof(TooLong)}}
            {
                internal abstract unsafe class Vector{{bits}}Kernels : AotBackprop.Runtime.Lanes{{bits}}
                {
                    [{{typeof(MethodImplAttribute)}}({{typeof(MethodImplOptions)}}.{{MethodImplOptions.AggressiveOptimization}})]
                    private static void Product(float* X, float* W, float* Z)
                    {
                        System.Runtime.Intrinsics.Vector{{bits}}<float> xi, w0, w1;
                        System.Runtime.Intrinsics.Vector{{bits}}<float> {{string.Join(", ", rows.Select(r => $"z{r}0 = Zero, z{r}1 = Zero"))}};
                        {{string.Concat(steps)}}
                        {{string.Concat(rows.Select(r => $"Store(Z + {r * 32}, z{r}0); Store(Z + {(r * 32) + 16}, z{r}1);"))}}
                    }
                }
            }

            """;
    }
}
