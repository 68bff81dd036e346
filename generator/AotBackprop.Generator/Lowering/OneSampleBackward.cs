using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// dA = dZ Wᵀ of one sample, where W has few columns: as many vectors of W as it has columns C are the entries of as
/// many rows as a vector has lanes, and registers put them in columns. Or where W has one row, whose entries are its
/// columns. Wᵀ is never in memory.
/// </summary>
internal sealed class OneSampleBackward(int lanes, LayerPlan above, ProductNames names)
{
    private readonly string _W = $"W{above.Number}";

    private int Columns => above.Outputs;

    private int Units => above.Inputs;

    public IEnumerable<Statement> Statements() => Units == 1 ? OfOneRow(j => new Load(At(_W, j), 1)) : OfRows();

    /// <summary>Wᵀ of few columns, written as rows.</summary>
    public IEnumerable<Statement> Transposition(Address W, Address WT)
    {
        return
        [
            new Declare(DataType.FloatPointer, [new("w", W), new("t", WT)]),
            .. Steps(0, Units, lanes).SelectMany(i =>
            {
                int floats = Math.Min(Units - i, lanes) * Columns;
                return (Statement[])
                [
                    Vectors(Entries($"{i}_", floats, At("w", i * Columns))),
                    Line(Enumerable.Range(0, Columns).Select(j => new Store(
                        At("t", (j * above.InputStride) + i), Column($"{i}_", j, floats)))),
                ];
            }),
        ];
    }

    /// <summary>dA of many samples, where W has one row: registers have its entries, each in the first lane.</summary>
    /// <param name="next">How to come from a sample to the next.</param>
    public IEnumerable<Statement> OfManySamples(Statement next) =>
    [
        Vectors(Enumerable.Range(0, Columns).Select(j => new Named($"w{j}", new Load(At(_W, j), 1)))),
        Samples(1, [.. OfOneRow(j => $"w{j}"), next]),
    ];

    private IEnumerable<Statement> OfOneRow(Func<int, Expression> W) =>
    [
        Vector("a", Zero),
        .. Enumerable.Range(0, Columns).Select(j =>
            Set("a", MultiplyAdd(new Broadcast(At(names.Input, j)), W(j), "a"))),
        names.Stored("a", matrix => At(matrix)),
    ];

    private IEnumerable<Statement> OfRows()
    {
        int whole = Units / lanes * lanes, looped = whole / lanes > OneSamplePlan.GroupsInLine ? whole : 0;
        return
        [
            Vectors(Enumerable.Range(0, Columns).Select(j =>
                new Named($"d{j}", Repeated(new Load(At(names.Input)), j)))),
            .. OnlyIf(looped > 0, Count(
                "i",
                0,
                looped,
                lanes,
                [
                    Pointer("w", At(_W).Row("i", Columns)),
                    .. Group("", lanes, At("w"), matrix => At(matrix).Row("i")),
                ])),
            .. Steps(looped, Units, lanes).SelectMany(i => Group(
                $"{i}_",
                Units - i,
                At(_W, i * Columns),
                matrix => At(matrix, i))),
        ];
    }

    private Expression Repeated(Expression dZ, int j) =>
        OneSamplePlan.IsInEveryLane(above) ? dZ : new Shuffle(dZ, new(Enumerable.Repeat(j, lanes)));

    /// <summary>dZ of as many units as a vector has, or of those that are left.</summary>
    private IEnumerable<Statement> Group(string name, int units, Address W, Func<string, Address> at)
    {
        int floats = Math.Min(units, lanes) * Columns;
        Expression sum = Enumerable.Range(1, Columns - 1)
            .Aggregate((Expression)"d0" * $"t{name}0", (sum, j) => MultiplyAdd($"d{j}", $"t{name}{j}", sum));
        return
        [
            Vectors(Entries(name, floats, W)),
            .. Enumerable.Range(0, Columns).Select(j => Vector($"t{name}{j}", Column(name, j, floats))),
            names.Stored(sum, at),
        ];
    }

    private IEnumerable<Named> Entries(string name, int floats, Address W) =>
        Steps(0, floats, lanes).Select((first, k) => new Named(
            $"w{name}{k}", new Load(W.Plus(first), floats - first < lanes ? floats - first : 0)));

    /// <summary>
    /// Column j of the rows: entry i is float i·C + j of theirs. Lanes beyond them are 0 or of no use.
    /// </summary>
    private Expression Column(string name, int j, int floats)
    {
        int[] places = [.. Enumerable.Range(0, lanes).Select(i => (i * Columns) + j)];
        string[] vectors = [.. Steps(0, floats, lanes).Select((_, k) => $"w{name}{k}")];

        // Of an odd number of columns no two entries stand in the same lane of their vectors: those are joined first.
        return Columns % 2 == 1
            ? Reordered(Joined(vectors, k => lane => Array.Exists(places, f => f == (k * lanes) + lane)), places)
            : Joined(
                [.. vectors.Select((w, k) => Reordered(w, [.. places.Select((f, i) => f / lanes == k ? f : i)]))],
                k => lane => places[lane] / lanes == k);
    }

    private Expression Joined(Expression[] vectors, Func<int, Func<int, bool>> isOf) =>
        Enumerable.Range(1, vectors.Length - 1).Aggregate(vectors[0], (others, k) =>
            new Blend(new(Enumerable.Range(0, lanes).Select(isOf(k))), vectors[k], others));

    private Expression Joined(string[] vectors, Func<int, Func<int, bool>> isOf) =>
        Joined([.. vectors.Select(vector => (Expression)vector)], isOf);

    private Expression Reordered(Expression vector, int[] places)
    {
        int[] from = [.. places.Select(f => f % lanes)];
        return from.SequenceEqual(Enumerable.Range(0, lanes)) ? vector : new Shuffle(vector, new(from));
    }
}
