using AotBackprop.Generator.Planning;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// exp(Zᵢⱼ − Largestᵢ) of samples that lie across lanes, their sums, and "inverse", by which they are divided.
/// </summary>
internal sealed class InterleavedSoftmax
{
    /// <param name="width">The vector width.</param>
    /// <param name="classes">C.</param>
    /// <param name="to">Where an exponential may be kept, if there are more than registers for them.</param>
    /// <param name="q">The place in the block, of which "z" is the beginning.</param>
    public InterleavedSoftmax(WidthPlan width, int classes, Func<int, Address> to, Expression? q)
    {
        bool inRegisters = width.Interleaved.KeepsExponentials;
        int[] all = [.. Enumerable.Range(0, classes)];
        Expression[] z = [.. all.Select(j => inRegisters ? $"z{j}" : (Expression)From(j))];
        Expression[] e = [.. all.Select(j => inRegisters ? z[j] : new Load(to(j)))];
        Body =
        [
            .. OnlyIf(inRegisters, Vectors(all.Select(j => new Named($"z{j}", From(j))))),
            Blank,
            Vector("m", inRegisters ? Largest(z) : z[0]),
            .. OnlyIf(!inRegisters, Line(z.Skip(1).Select(next => Set("m", VectorOps.Max.Of("m", next))))),
            Line(all.Select(Kept)),
            Blank,
            Vector("s", SumByHalves(e)),
            new Store(SampleBlocks.Block("Largest", 1, q), "m"),
            new Store(SampleBlocks.Block("Sums", 1, q), "s"),
            Vector("inverse", VectorOps.Splat.Of(1) / "s"),
        ];
        Probabilities = [.. e.Select(exponential => exponential * "inverse")];

        Statement Kept(int j)
        {
            Apply exponential = VectorOps.Exp.Of(z[j] - "m");
            return inRegisters ? Set(z[j], exponential) : new Store(to(j), exponential);
        }
    }

    public EquatableArray<Statement> Body { get; }

    /// <summary>A of each class.</summary>
    public EquatableArray<Expression> Probabilities { get; }

    private static Load From(int j) => new(At("z", j * SampleBlocks.Samples));

    private static Expression SumByHalves(Expression[] z)
    {
        Expression?[] sums = new Expression?[SoftmaxPlan.VirtualLanes];
        z.CopyTo(sums, 0);
        for (int half = SoftmaxPlan.VirtualLanes / 2; half > 0; half /= 2)
        {
            for (int j = 0; j < half; j++)
            {
                sums[j] = sums[j + half] is { } right ? sums[j]! + right : sums[j];
            }
        }

        return sums[0]!;
    }
}
