using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// z = x times a matrix, of a few samples that lie across lanes: each sum over the inner index in the order that the
/// rows' form has.
/// </summary>
/// <param name="Width">The vector width.</param>
internal sealed record InterleavedProduct(WidthPlan Width)
{
    private const int Block = AcrossPlan.Samples;

    /// <summary>Columns of the result.</summary>
    public required int Columns { get; init; }

    /// <summary>The index summed over.</summary>
    public required int Inner { get; init; }

    /// <summary>In how many sums.</summary>
    public required int Chunks { get; init; }

    /// <summary>What the sum of a column begins with.</summary>
    public required Func<int, Expression> Start { get; init; }

    /// <summary>Where a row and a column of the matrix meet.</summary>
    public required Func<int, int, Address> Factor { get; init; }

    /// <summary>What is stored at a place in a block, from the sum.</summary>
    public required Func<int, Expression, Statement> Result { get; init; }

    /// <summary>What becomes of the columns from a place on when they are stored.</summary>
    public Func<int, int, IEnumerable<Statement>> Activated { get; init; } = (_, _) => [];

    private IEnumerable<int> Vectors => Enumerable.Range(0, Width.Interleaved.Vectors);

    // Where a vector is a block; else a weight, spread over all lanes, serves several vectors from a register.
    private bool IsOneVector => Width.Interleaved.Vectors == 1;

    public IEnumerable<Statement> Statements()
    {
        foreach (int[] panel in Parts(Columns, Width.Interleaved.Columns))
        {
            Statement[] statements =
            [
                .. Sums(panel, loadsX: panel[0] == 0 || !IsOneVector),
                Line(from column in panel
                     from v in Vectors
                     select Result((column * Block) + (v * Width.Lanes), Sum(column, v))),
                .. Activated(panel[0] * Block, panel.Length),
            ];
            yield return Blank;

            // Registers keep one vector of x for the next panel.
            foreach (Statement statement in IsOneVector ? statements : [Scope(statements)])
            {
                yield return statement;
            }
        }
    }

    private static string Sum(int column, int vector, int chunk = 0) => Chunk($"{"st"[vector]}{column}", chunk);

    private static string X(int i, int vector) => $"{"xy"[vector]}{i}";

    private Load LoadX(int i, int vector) => new(At("x", (i * Block) + (vector * Width.Lanes)));

    private IEnumerable<Statement> Sums(int[] columns, bool loadsX) => Chunks == SoftmaxPlan.VirtualLanes
        ? [Vector("w"), .. ByHalves(0, 1)]
        :
        [
            .. OnlyIf(!IsOneVector, Vector("w")),
            .. Enumerable.Range(0, Chunks).SelectMany(chunk => SumsOfChunk(columns, chunk, loadsX)),
        ];

    // One after the other, so that registers hold two of them.
    private IEnumerable<Statement> SumsOfChunk(int[] columns, int chunk, bool loadsX) =>
    [
        .. columns.Select(column => Code.Vectors(
            [
                new Named(Sum(column, 0, chunk), chunk == 0 ? Start(column) : Zero),
                .. Vectors.Skip(1).Select(v => new Named(Sum(column, v, chunk), Sum(column, 0, chunk))),
            ])),
        .. Steps(chunk, Inner, Chunks).SelectMany(i => Step(columns, i, loadsX)),
        .. OnlyIf(
            chunk > 0,
            columns.Select(column => Line(Vectors.Select(v => new Add(Sum(column, v), Sum(column, v, chunk)))))),
    ];

    /// <summary>
    /// The one sum of a dot product: those of its 16 sums that begin with a number and lie a stride apart, joined by
    /// halves as soon as two halves are there, so that few wait in registers.
    /// </summary>
    private IEnumerable<Statement> ByHalves(int first, int stride) => stride < SoftmaxPlan.VirtualLanes
        ?
        [
            .. ByHalves(first, 2 * stride),
            .. ByHalves(first + stride, 2 * stride),
            Line(Vectors.Select(v => new Add(Sum(0, v, first), Sum(0, v, first + stride)))),
        ]
        :
        [
            Code.Vectors(Vectors.Select(v => new Named(Sum(0, v, first), first == 0 ? Start(0) : Zero))),
            .. Steps(first, Inner, SoftmaxPlan.VirtualLanes).Select(i => Line(
                [
                    Set("w", new Broadcast(Factor(i, 0))),
                    .. Vectors.Select(v => Set(Sum(0, v, first), MultiplyAdd(LoadX(i, v), "w", Sum(0, v, first)))),
                ])),
        ];

    private IEnumerable<Statement> Step(int[] columns, int i, bool loadsX) =>
    [
        .. OnlyIf(loadsX, Code.Vectors(Vectors.Select(v => new Named(X(i, v), LoadX(i, v))))),
        .. columns.Select(column =>
        {
            Expression weight = new Broadcast(Factor(i, column));
            return Line(
                [
                    .. OnlyIf(!IsOneVector, Set("w", weight)),
                    .. from v in Vectors
                       let sum = Sum(column, v, i % Chunks)
                       select Set(sum, MultiplyAdd(X(i, v), IsOneVector ? weight : "w", sum)),
                ]);
        }),
    ];
}
