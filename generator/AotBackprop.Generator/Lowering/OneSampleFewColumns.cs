using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// Z = A W + b of one sample and few columns, in 4 sums over i mod 4: a vector has two or four rows of W, one behind
/// the other, each of them in a sum of its own, so that lanes are full which a single row would leave empty.
/// </summary>
internal sealed class OneSampleFewColumns(int lanes, LayerPlan layer, FewColumnsPlan plan)
{
    private const int Sums = FewColumnsPlan.Sums;

    private readonly ProductNames _names = ProductNames.Forward(layer);

    private int Columns => layer.Outputs;

    private string[] Accumulators => [.. Enumerable.Range(0, Sums / plan.Rows).Select(k => $"s{k}")];

    public Statement One() => Scope(
        [
            Pointer(_names.Row, At(_names.Input)),
            Pointer("w", At(_names.Weights)),
            Vectors(Accumulators.Select((s, k) => new Named(
                s, k == 0 ? new Load(At(_names.Start!), Columns == lanes ? 0 : Columns) : Zero))),
            .. OnlyIf(
                plan.Looped > 0,
                Count(
                    "i",
                    0,
                    plan.Looped,
                    lanes,
                    Turn(
                        "i",
                        lanes + layer.Inputs - plan.Looped,
                        At(_names.Row).Row("i"),
                        At("w").Row("i", Columns)))),
            .. Steps(plan.Looped, layer.Inputs, lanes).SelectMany(i =>
                Turn($"{i}", layer.Inputs - i, At(_names.Row, i), At("w", i * Columns))),
            Blank,
            Vector("z", VectorOps.Keep.Of(Joined(Enumerable.Range(0, Sums).Select(Sum)), Columns, new Number(0))),
            _names.Stored("z", matrix => At(matrix)),
            .. _names.Activated(matrix => At(matrix), rows: 1, layer.Stride, vectors: 1),
        ]);

    /// <summary>One of the sums, in the first lanes.</summary>
    private Expression Sum(int number)
    {
        string s = Accumulators[number / plan.Rows];
        int first = number % plan.Rows * plan.Width;
        return first == 0 ? s : new Shuffle(s, new(Enumerable.Range(0, lanes).Select(lane => (first + lane) % lanes)));
    }

    /// <summary>Some rows, whose entries of A lie in one vector, of those that are there at least.</summary>
    private IEnumerable<Statement> Turn(string name, int there, Address A, Address W) =>
    [
        Vector($"x{name}", new Load(A, there < lanes ? there : 0)),
        .. Steps(0, Math.Min(lanes, there), plan.Rows).Select(r =>
        {
            int[] rowOf = [.. Enumerable.Range(0, lanes).Select(lane => Math.Min(r + (lane / plan.Width), lanes - 1))];
            string s = Accumulators[r / plan.Rows % Accumulators.Length];
            Expression x = new Shuffle($"x{name}", new(rowOf));
            return Set(s, MultiplyAdd(x, RowsOf(W.Plus(r * Columns), there - r), s));
        }),
    ];

    /// <summary>The rows of a vector, each in as many lanes as a sum has.</summary>
    private Expression RowsOf(Address W, int there)
    {
        // Where a whole vector is there, what it has beyond its rows comes into lanes of no use.
        int rows = Math.Min(plan.Rows, there);
        Load load = new(W, rows == plan.Rows && there * Columns >= lanes ? 0 : rows * Columns);
        return Columns == plan.Width
            ? load
            : new Shuffle(load, new(Enumerable.Range(0, lanes).Select(lane => Math.Min(
                (lane / plan.Width * Columns) + Math.Min(lane % plan.Width, Columns - 1), lanes - 1))));
    }
}
