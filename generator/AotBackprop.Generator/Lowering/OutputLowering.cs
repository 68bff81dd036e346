using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Lowering.Places;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// The output layer with a sample in each lane, for whole blocks of 16 samples: Z = A W + b, A = softmax(Z),
/// dZ = (A − Y)/N; and dW = Aᵀ dZ with an input in each lane. Every sum has the order that the rows' form has.
/// </summary>
internal sealed class OutputLowering(WidthPlan width, LayerPlan layer)
{
    private const int Block = AcrossPlan.Samples;

    private readonly SampleBlocks _blocks = new(width.Lanes);
    private readonly string _input = Notation.Input(layer);
    private readonly string _Z = $"Z{layer.Number}";
    private readonly string _A = $"A{layer.Number}";
    private readonly string _dZ = $"dZ{layer.Number}";

    private int Classes => layer.Outputs;

    // Of an input the place in its block of 16, and where that begins.
    private static Binary InBlock => new('&', "i", Block - 1);

    private static Binary BlockStart => new('&', "i", new Complement(Block - 1));

    /// <summary>Z, a class behind another, from A in squares (SampleLanes.Transpose).</summary>
    public Kernel Forward()
    {
        int l = layer.Number;
        return new()
        {
            Name = $"Forward{l}Across",
            Parameters = [.. Matrices(_input, $"W{l}", $"b{l}", _Z), N],
            Body =
            [
                _blocks.ForVectors(q =>
                [
                    Pointer("a", SampleBlocks.Block(_input, layer.InputStride, q)),
                    Pointer("z", SampleBlocks.Block(_Z, layer.Stride, q)),
                    .. Parts(Classes, width.Interleaved.OutputColumns).SelectMany(Sums),
                ]),
            ],
        };
    }

    /// <summary>
    /// Z of some classes: some of the sums over the inputs modulo their number, then the others added.
    /// </summary>
    private IEnumerable<Statement> Sums(int[] columns)
    {
        int all = layer.ForwardChunks, together = width.Interleaved.OutputChunks;
        if (together == 1 && all > 1)
        {
            return
            [
                Blank,
                new Note($"The sum over i ≡ 0 (mod {all}), then each of the others."),
                Scope(Sums(columns, 0, 0)),
                Blank,
                Count("c", 1, all, 1, Sums(columns, 1, "c")),
            ];
        }

        return Steps(0, all, together).SelectMany(first => (Statement[])
        [
            Blank,
            .. OnlyIf(together < all, new Note($"Those over i ≡ {first} to {first + together - 1} (mod {all}).")),
            Scope(Sums(columns, first, first)),
        ]);
    }

    /// <summary>As many sums as there are registers for, from the biases or added to those before.</summary>
    /// <param name="columns">The classes.</param>
    /// <param name="first">The first of the sums, or of those that take the same turn.</param>
    /// <param name="chunk">The number of the first, or the variable that has it.</param>
    private Statement[] Sums(int[] columns, int first, Expression chunk)
    {
        int all = layer.ForwardChunks;
        int[] sums = [.. Enumerable.Range(0, width.Interleaved.OutputChunks)];

        // Below a block of inputs there is one sum, and the loop over them is a straight line.
        int inLoop = layer.Inputs < Block ? 0 : sums.Length == 1 ? layer.Inputs : layer.Inputs / all * all;
        Expression Start(int column, int sum) =>
            first + sum == 0 ? new Broadcast(At($"b{layer.Number}", column)) : Zero;
        return
        [
            Pointer("w", At($"W{layer.Number}").Row(chunk, Classes)),
            .. sums.Select(c => Vectors(columns.Select(column => new Named(Sum(column, c), Start(column, c))))),
            Blank,
            Vector("ai"),
            .. OnlyIf(inLoop > 0, Count(
                "i",
                chunk,
                inLoop,
                all,
                [
                    Pointer("x", At("a").Row(InBlock, layer.InputStride).Row(BlockStart)),
                    .. sums.Select(c => Step(columns, At("x", c * layer.InputStride), c, c)),
                    new Add("w", all * Classes),
                ])),
            .. from i in Enumerable.Range(inLoop, layer.Inputs - inLoop)
               let sum = (i % all) - first
               where sums.Contains(sum)
               let at = At("a", ((i % Block) * layer.InputStride) + (i / Block * Block))
               select Step(columns, at, i - inLoop - first, sum),
            Blank,
            Line(columns.Select(column =>
            {
                Address at = At("z", column * Block);
                IEnumerable<Expression> joined = sums.Select(c => (Expression)Sum(column, c));
                return new Store(at, Joined(first == 0 ? joined : joined.Prepend(new Load(at))));
            })),
        ];
    }

    private Together Step(int[] columns, Address x, int row, int chunk) => Line(
        [
            Set("ai", new Load(x)),
            .. columns.Select(column => Set(
                Sum(column, chunk),
                MultiplyAdd("ai", new Broadcast(At("w", (row * Classes) + column)), Sum(column, chunk)))),
        ]);

    private static string Sum(int column, int chunk) => Chunk($"s{column}", chunk);

    /// <summary>A in rows.</summary>
    public Kernel Softmax() => new()
    {
        Name = "SoftmaxAcross",
        Parameters = [.. Matrices(_Z, _A, "Largest", "Sums"), N, Matrix("block")],
        Body = [_blocks.InRows(_A, Classes, Block, (q, to) => Probabilities(q, to, (_, a) => a))],
    };

    /// <summary>dZ in rows, of samples that have class numbers. A is not kept.</summary>
    public Kernel OutputGradient() => new()
    {
        Name = "OutputGradientAcross",
        Parameters =
            [Matrix(_Z), new(DataType.IntPointer, "labels"), N, Scale, .. Matrices("Largest", "Sums", _dZ)],
        Body =
        [
            _blocks.ForVectors(q =>
            [
                Integers("label", SampleBlocks.In(At("labels").Row("n"), q)),
                Pointer("d", SampleBlocks.Block(_dZ, layer.Stride, q)),
                .. Probabilities(
                    q,
                    j => At("d", j * Block),
                    (j, a) => (a - VectorOps.OneWhere.Of("label", j)) * VectorOps.Splat.Of("scale")),
                Line(Steps(Classes, layer.Stride, 1).Select(j => new Store(At("d", j * Block), Zero))),
            ]),
            Blank,
            Run(Runtime("SampleLanes", "Transpose"), At(_dZ), layer.Stride, "N", layer.Stride, At(_dZ)),
        ],
    };

    /// <summary>dW in blocks of 16 inputs, a class behind another: for RowBlock. A vector is a block.</summary>
    public Kernel Gradient()
    {
        int vectors = width.Interleaved.OutputGradientVectors;
        For Tiles(int count, Expression condition) => new(
            null, condition, new Add("i", count * Block), [.. GradientTile([.. Enumerable.Range(0, count)])]);
        return new()
        {
            Name = $"Gradient{layer.Number}Across",
            Parameters =
            [
                .. Matrices(_input, _dZ), N, Matrix("sums"), new(DataType.Int, "first"), new(DataType.Int, "end"),
            ],
            Body =
            [
                new Declare(DataType.Int, "i", "first"),
                .. OnlyIf(
                    vectors > 1, Tiles(vectors, new Compare("<=", "i", (Expression)"end" - (vectors * Block))), Blank),
                Tiles(1, Below("i", "end")),
            ],
        };
    }

    private IEnumerable<Statement> GradientTile(int[] vectors)
    {
        static string Sum(int v, int j) => $"g{v}_{j}";
        int[] classes = [.. Enumerable.Range(0, Classes)];
        return
        [
            Pointer("a", At(_input).Row("i")),
            Pointer("d", _dZ),
            .. vectors.Select(v => Vectors(classes.Select(j => new Named(Sum(v, j), Zero)))),
            Vectors([.. vectors.Select(v => $"a{v}"), "dj"]),
            Samples(
                1,
                [
                    Line(vectors.Select(v => Set($"a{v}", new Load(At("a", v * Block))))),
                    .. classes.Select(j => Line(
                        [
                            Set("dj", new Broadcast(At("d", j))),
                            .. vectors.Select(v => Set(Sum(v, j), MultiplyAdd($"a{v}", "dj", Sum(v, j)))),
                        ])),
                    new Add("a", layer.InputStride),
                    new Add("d", layer.Stride),
                ]),
            Blank,
            Pointer("s", At("sums").Row("i", Classes)),
            .. vectors.Select(v => Line(
                classes.Select(j => new Store(At("s", ((v * Classes) + j) * Block), Sum(v, j))))),
        ];
    }

    private IEnumerable<Statement> Probabilities(
        Expression? q, Func<int, Address> to, Func<int, Expression, Expression> result)
    {
        InterleavedSoftmax softmax = new(width, Classes, to, q);
        return
        [
            Pointer("z", SampleBlocks.Block(_Z, layer.Stride, q)),
            .. softmax.Body,
            Line(softmax.Probabilities.Select((a, j) => new Store(to(j), result(j, a)))),
        ];
    }
}
