using AotBackprop.Generator.Nodes;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// A block of sums that registers hold, sum[r, v] += x[r] · w[v]. An entry x[r] is a float in every lane, w[v] a
/// vector: of A and W for Z = A W, of dZ and Wᵀ for dA = dZ Wᵀ, of A and dZ for dW = Aᵀ dZ.
/// </summary>
internal sealed record RegisterTile(int Rows, int Vectors)
{
    /// <summary>The letter of a sum. From z come z00, z01, z10; the second of several chunks is z00b.</summary>
    public required string Sum { get; init; }

    /// <summary>The letter of an entry. From x comes xi, which holds one at a time.</summary>
    public required string Entry { get; init; }

    /// <summary>The letter of a vector. From w come w0, w1.</summary>
    public required string Vector { get; init; }

    /// <summary>
    /// Whether variables hold the vectors, which all rows need; a single row may load each where it multiplies.
    /// </summary>
    public required bool HoldsVectors { get; init; }

    /// <summary>In how many sums each is formed, which take turns from step to step.</summary>
    public int Chunks { get; init; } = 1;

    /// <summary>
    /// What is made of each row and vector, as it stands on a line: a row, or where a row is one vector, all of them.
    /// </summary>
    public IEnumerable<T[]> ByLine<T>(Func<int, int, T> make)
    {
        int[] rows = [.. Enumerable.Range(0, Rows)], vectors = [.. Enumerable.Range(0, Vectors)];
        return Vectors > 1
            ? rows.Select(r => vectors.Select(v => make(r, v)).ToArray())
            : [rows.Select(r => make(r, 0)).ToArray()];
    }

    /// <summary>The sums, chunk by chunk, row by row.</summary>
    public IEnumerable<string> Sums =>
        from c in Enumerable.Range(0, Chunks)
        from r in Enumerable.Range(0, Rows)
        from v in Enumerable.Range(0, Vectors)
        select SumOf(r, v, c);

    // A single vector multiplies the entry as it comes from memory.
    private bool HoldsEntry => Vectors > 1;

    private string HeldEntry => $"{Entry}i";

    public string SumOf(int row, int vector, int chunk = 0) => Chunk($"{Sum}{row}{vector}", chunk);

    /// <summary>The variable that holds a vector, where variables do.</summary>
    public string VectorOf(int vector) => $"{Vector}{vector}";

    /// <summary>The variables of the operands, if any: xi, w0, w1.</summary>
    public IEnumerable<Statement> Operands()
    {
        string[] names =
        [
            .. HoldsEntry ? [HeldEntry] : Array.Empty<string>(),
            .. HoldsVectors ? Enumerable.Range(0, Vectors).Select(VectorOf) : [],
        ];
        return names.Length > 0 ? [Code.Vectors(names)] : [];
    }

    /// <summary>sum[r, v] += x[r] · w[v], in one of the chunks.</summary>
    /// <param name="entry">Where the entry of a row lies.</param>
    /// <param name="vector">A vector, from memory.</param>
    /// <param name="chunk">Which of the sums it is added to.</param>
    public IEnumerable<Statement> Step(Func<int, Address> entry, Func<int, Expression> vector, int chunk = 0)
    {
        int[] rows = [.. Enumerable.Range(0, Rows)], vectors = [.. Enumerable.Range(0, Vectors)];
        IEnumerable<Statement> loaded = HoldsVectors ? vectors.Select(v => Set(VectorOf(v), vector(v))) : [];
        return HoldsEntry
            ? [.. HoldsVectors ? [Line(loaded)] : Array.Empty<Statement>(), .. rows.Select(r => Line(Row(r)))]
            : [Line(loaded.Concat(rows.SelectMany(Row)))];

        IEnumerable<Statement> Row(int r)
        {
            Expression broadcast = new Broadcast(entry(r));
            Expression x = HoldsEntry ? HeldEntry : broadcast;
            IEnumerable<Statement> added = vectors.Select(v =>
            {
                string sum = SumOf(r, v, chunk);
                return Set(sum, MultiplyAdd(x, HoldsVectors ? VectorOf(v) : vector(v), sum));
            });
            return HoldsEntry ? added.Prepend(Set(HeldEntry, broadcast)) : added;
        }
    }

    /// <summary>Each sum's chunks added in their order, where there are several.</summary>
    public IEnumerable<Statement> Join() => Chunks == 1 ? [] : ByLine(
            (r, v) => Set(SumOf(r, v), Joined(Enumerable.Range(0, Chunks).Select(c => (Expression)SumOf(r, v, c)))))
        .Select(line => Line(line));
}
