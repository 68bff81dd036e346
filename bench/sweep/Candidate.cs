extern alias generator;

using System.Runtime.Intrinsics;
using AotBackprop.Generator.Printing;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Planning;
using AotBackprop.Testing;
using Microsoft.CodeAnalysis.CSharp;
using Unrolling = generator::AotBackprop.Unrolling;

namespace Sweep;

/// <summary>A network planned with a tile table and a form of our own for the widest vectors of this processor.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Table">The tile table, or null for the planner's.</param>
/// <param name="Unroll">The form.</param>
internal sealed record Candidate(string Name, InstructionSet? Table, Unrolling Unroll)
{
    private static readonly int Lanes = Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    public static Candidate Planned { get; } = new("planned", null, Unrolling.Auto);

    /// <summary>Tile heights and widths, each in each form.</summary>
    public static IEnumerable<Candidate> All()
    {
        InstructionSet set = InstructionSet.All.First(set => set.Lanes == Lanes);
        int[][] heights = [[4, 2, 1], [6, 3, 2, 1], [8, 4, 2, 1], [12, 6, 3, 2, 1], [14, 7, 4, 2, 1]];
        foreach (Unrolling unroll in new[] { Unrolling.Auto, Unrolling.Tiled })
        {
            foreach (int[] rows in heights)
            {
                for (int across = 1; across <= 4; across++)
                {
                    int sums = rows[0] * across;
                    if (sums + across < set.Registers)
                    {
                        yield return new($"{rows[0]} × {across}, {unroll}", set with { TileSums = sums, TileVectors = across, RowRegisters = set.Registers / 2, TileRows = new(rows) }, unroll);
                    }
                }
            }
        }

        yield return new("planned, Full", null, Unrolling.Full);
    }

    /// <summary>The type, compiled, or null where the network is too large for the form.</summary>
    public Type? Compile(int[] sizes)
    {
        long weights = Enumerable.Range(1, sizes.Length - 1).Sum(l => (long)sizes[l - 1] * sizes[l]);
        if (Unroll == Unrolling.Full && weights > NetworkSpec.LargestFullUnrolling)
        {
            return null;
        }

        NetworkSpec spec = new() { Name = "Swept", Sizes = new(sizes), Unroll = Unroll };
        NetworkPlan plan = Planner.Plan(spec, new(InstructionSet.All.Select(table => table.Lanes == Lanes && Table is not null ? Table : table)));
        CSharpCompilation source = GeneratorRun.Compile($"[AotBackprop.Network({string.Join(", ", sizes)})] public sealed partial class Swept;");
        CSharpParseOptions parse = (CSharpParseOptions)source.SyntaxTrees[0].Options;
        CSharpCompilation whole = source.AddSyntaxTrees(NetworkPrinter.Emit(plan).Select(file => CSharpSyntaxTree.ParseText(file.Text, parse, file.HintName)));
        return GeneratorRun.Load(whole).GetType("Swept");
    }
}
