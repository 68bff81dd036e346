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
    /// <param name="from">Where Z of a class lies.</param>
    /// <param name="to">Where its exponential may be kept, if there are more than registers for them.</param>
    /// <param name="largest">Where the largest are stored.</param>
    /// <param name="sums">Where the sums are stored.</param>
    public InterleavedSoftmax(
        WidthPlan width, int classes, Func<int, Address> from, Func<int, Address> to, Address largest, Address sums)
    {
        bool inRegisters = width.Interleaved.KeepsExponentials;
        int[] all = [.. Enumerable.Range(0, classes)];
        Expression[] z = [.. all.Select(j => inRegisters ? $"z{j}" : (Expression)new Load(from(j)))];
        Expression[] e = [.. all.Select(j => inRegisters ? z[j] : new Load(to(j)))];
        Expression Exponential(int j) => VectorOps.Exp.Of(z[j] - "m");
        Body =
        [
            .. OnlyIf(inRegisters, Vectors(all.Select(j => new Named($"z{j}", new Load(from(j)))))),
            Blank,
            .. inRegisters
                ? [Vector("m", Largest(z))]
                : new Statement[]
                {
                    Vector("m", z[0]),
                    Line(z.Skip(1).Select(next => Set("m", VectorOps.Max.Of("m", next)))),
                },
            Line(
                all.Select(j => inRegisters ? Set(z[j], Exponential(j)) : (Statement)new Store(to(j), Exponential(j)))),
            Blank,
            Vector("s", SumByHalves(e)),
            new Store(largest, "m"),
            new Store(sums, "s"),
            Vector("inverse", VectorOps.Splat.Of(1) / "s"),
        ];
        Probabilities = [.. e.Select(exponential => exponential * "inverse")];
    }

    public EquatableArray<Statement> Body { get; }

    /// <summary>A of each class.</summary>
    public EquatableArray<Expression> Probabilities { get; }

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
