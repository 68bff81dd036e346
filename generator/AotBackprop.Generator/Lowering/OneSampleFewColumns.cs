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

    /// <summary>All N rows.</summary>
    public Kernel Rows() => new()
    {
        Name = _names.Method,
        Parameters = [.. _names.Operands.Select(o => new Parameter(DataType.FloatPointer, o)), new(DataType.Size, "N")],
        Body =
        [
            .. OnlyIf(plan.KeepsWeights, [Pointer("w", At(_names.Weights)), .. KeptWeights()]),
            Samples(
                1,
                [
                    Pointer(_names.Row, At(_names.Input).Row("n", layer.InputStride)),
                    .. Row(matrix => At(matrix).Row("n", layer.Stride), plan.KeepsWeights),
                    .. from matrix in _names.Written
                       from j in Steps(lanes, layer.Stride, lanes)
                       select new Store(At(matrix).Row("n", layer.Stride).Plus(j), Zero),
                ]),
        ],
    };

    /// <summary>One row, as a part of a method that has the operands by their names.</summary>
    public Statement One() => Scope([Pointer(_names.Row, At(_names.Input)), .. Row(matrix => At(matrix), false)]);

    private IEnumerable<Statement> Row(Func<string, Address> at, bool keepsWeights) =>
        [
            .. OnlyIf(!keepsWeights, Pointer("w", At(_names.Weights))),
            Vectors(Accumulators.Select((s, k) => new Named(
                s, k == 0 ? new Load(At(_names.Start!), Columns == lanes ? 0 : Columns) : Zero))),
            .. OnlyIf(
                plan.Looped > 0,
                Count(
                    "i",
                    0,
                    plan.Looped,
                    lanes,
                    [
                        WeightsOf("i", lanes + layer.Inputs - plan.Looped, At("w").Row("i", Columns)),
                        .. Turn("i", lanes + layer.Inputs - plan.Looped, At(_names.Row).Row("i")),
                    ])),
            .. Steps(plan.Looped, layer.Inputs, lanes).SelectMany(i => (Statement[])
            [
                .. OnlyIf(!keepsWeights, WeightsOf($"{i}", layer.Inputs - i, At("w", i * Columns))),
                .. Turn($"{i}", layer.Inputs - i, At(_names.Row, i), keepsWeights ? r => $"w{i + r}" : null),
            ]),
            Blank,
            Vector("z", VectorOps.Keep.Of(Joined(Enumerable.Range(0, Sums).Select(Sum)), Columns, new Number(0))),
            _names.Stored("z", at),
            .. _names.Activated(at, rows: 1, layer.Stride, vectors: 1),
        ];

    // The rows of W that each multiply-add takes, for all samples.
    private IEnumerable<Statement> KeptWeights() => Steps(0, layer.Inputs, lanes).SelectMany(i => (Statement[])
    [
        WeightsOf($"{i}", layer.Inputs - i, At("w", i * Columns)),
        Vectors(Steps(0, Math.Min(lanes, layer.Inputs - i), plan.Rows).Select(r =>
            new Named($"w{i + r}", RowsOf($"{i}", r, layer.Inputs - i)))),
    ]);

    /// <summary>The vectors of W of some rows, of those that are there at least.</summary>
    private Declare WeightsOf(string name, int there, Address W) =>
        Vectors(Steps(0, Math.Min(lanes, there) * Columns, lanes).Select(f => new Named(
            $"w{name}_{f}", new Load(W.Plus(f), (there * Columns) - f is var left && left < lanes ? left : 0))));

    /// <summary>One of the sums, in the first lanes.</summary>
    private Expression Sum(int number)
    {
        string s = Accumulators[number / plan.Rows];
        int first = number % plan.Rows * plan.Width;
        return first == 0 ? s : new Shuffle(s, new(Enumerable.Range(0, lanes).Select(lane => (first + lane) % lanes)));
    }

    /// <summary>Some rows, whose entries of A lie in one vector, of those that are there at least.</summary>
    private IEnumerable<Statement> Turn(string name, int there, Address A, Func<int, Expression>? kept = null) =>
    [
        Vector($"x{name}", new Load(A, there < lanes && !MayLoadPadding(there) ? there : 0)),
        .. Steps(0, Math.Min(lanes, there), plan.Rows).Select(r =>
        {
            int[] rowOf = [.. Lanes(lane => Math.Min(r + (lane / plan.Width), lanes - 1))];
            string s = Accumulators[r / plan.Rows % Accumulators.Length];
            Expression x = new Shuffle($"x{name}", new(rowOf));
            return Set(s, MultiplyAdd(x, kept?.Invoke(r) ?? RowsOf(name, r, there), s));
        }),
    ];

    // X has none. A whole vector of A is still in a register; but what it has behind A may be NaN, and would meet a row
    // that is not there.
    private bool MayLoadPadding(int there) => layer.Number > 1 && there % plan.Rows == 0;

    /// <summary>
    /// The rows of a vector, each in as many lanes as a sum has. They are taken from the vectors in which the step
    /// before has stored W: a load from two of them would wait until both have left for the cache.
    /// </summary>
    private Expression RowsOf(string name, int row, int there)
    {
        int floats = Math.Min(lanes, there) * Columns, first = row * Columns;
        int vector = first / lanes * lanes, from = first - vector;
        bool areInTwo = from + (plan.Rows * Columns) > lanes && vector + lanes < floats;
        string here = $"w{name}_{vector}", next = $"w{name}_{vector + lanes}";

        // What is behind the last row is 0, and so is the last lane where a row is not there.
        int[] places =
        [
            .. Lanes(lane => from + (lane / plan.Width * Columns) + Math.Min(lane % plan.Width, Columns - 1))
                .Select(place => areInTwo ? place % lanes : Math.Min(place, lanes - 1)),
        ];
        Expression rows = areInTwo ? new Blend(new(Lanes(lane => lane).Select(l => l < from)), next, here) : here;
        return places.SequenceEqual(Lanes(lane => lane)) ? rows : new Shuffle(rows, new(places));
    }

    private IEnumerable<int> Lanes(Func<int, int> of) => Enumerable.Range(0, lanes).Select(of);
}
