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
    private IEnumerable<Statement> Turn(string name, int there, Address A, Address W)
    {
        int floats = Math.Min(lanes, there) * Columns;
        return
        [
            // X has no padding; a whole vector of A is still in a register.
            Vector($"x{name}", new Load(A, layer.Number == 1 && there < lanes ? there : 0)),
            Vectors(Steps(0, floats, lanes).Select(f => new Named(
                $"w{name}_{f}", new Load(W.Plus(f), (there * Columns) - f is var left && left < lanes ? left : 0)))),
            .. Steps(0, Math.Min(lanes, there), plan.Rows).Select(r =>
            {
                int[] rowOf = [.. Lanes(lane => Math.Min(r + (lane / plan.Width), lanes - 1))];
                string s = Accumulators[r / plan.Rows % Accumulators.Length];
                Expression x = new Shuffle($"x{name}", new(rowOf));
                return Set(s, MultiplyAdd(x, RowsOf($"w{name}_", r * Columns, floats), s));
            }),
        ];
    }

    /// <summary>
    /// The rows of a vector, each in as many lanes as a sum has. They are taken from the vectors in which the step
    /// before has stored W: a load from two of them would wait until both have left for the cache.
    /// </summary>
    private Expression RowsOf(string name, int first, int floats)
    {
        int vector = first / lanes * lanes, from = first - vector;
        bool areInTwo = from + (plan.Rows * Columns) > lanes && vector + lanes < floats;

        // What is behind the last row is 0, and so is the last lane where a row is not there.
        int[] places =
        [
            .. Lanes(lane => from + (lane / plan.Width * Columns) + Math.Min(lane % plan.Width, Columns - 1))
                .Select(place => areInTwo ? place % lanes : Math.Min(place, lanes - 1)),
        ];
        Expression rows = areInTwo
            ? new Blend(new(Lanes(lane => lane).Select(l => l < from)), $"{name}{vector + lanes}", $"{name}{vector}")
            : $"{name}{vector}";
        return places.SequenceEqual(Lanes(lane => lane)) ? rows : new Shuffle(rows, new(places));
    }

    private IEnumerable<int> Lanes(Func<int, int> of) => Enumerable.Range(0, lanes).Select(of);
}
