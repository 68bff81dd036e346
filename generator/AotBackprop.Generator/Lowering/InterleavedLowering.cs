using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// The passes with a sample in each lane: for networks so small that a row of a layer would leave most lanes of a
/// vector empty. Matrices lie in blocks of 16 samples: unit j of a block is 16 floats, j·16 from its start.
/// </summary>
internal sealed class InterleavedLowering(NetworkPlan plan, WidthPlan width)
{
    private const int Block = AcrossPlan.Samples;

    private readonly SampleBlocks _blocks = new(width.Lanes);
    private readonly InterleavedOutput _output = new(width, plan.OutputLayer);

    private int VectorsAtOnce => width.Interleaved.Vectors;

    private LayerPlan Output => plan.OutputLayer;

    private static string Across(string matrix) => $"{matrix}Across";

    private static string InputOf(LayerPlan layer) => Across(Notation.Input(layer));

    /// <summary>A matrix from a part's first sample on, which begins a block.</summary>
    public static Address Own(string matrix, int units) => At($"w.{matrix}").Row("part.First", units);

    private static Parameter Matrix(string name) => new(DataType.FloatPointer, name);

    /// <summary>From X to A of the output layer.</summary>
    public IEnumerable<Kernel> Forward() =>
    [
        new()
        {
            Name = "ForwardAcross",
            Notes = ["As Forward, with a sample in each lane."],
            IsPublic = true,
            Compilation = Compilation.Free,
            Parameters =
            [
                Matrix("parameters"), new(DataType.Size, "N"), new(
                    DataType.WorkspaceReference, "w"), Matrix($"A{Output.Number}"),
            ],
            Body =
            [
                .. plan.Layers.Select(layer => RunForward(layer, (matrix, _) => At($"w.{Across(matrix)}"))),
                _output.RunForward(),
            ],
        },
        .. plan.Layers.Select(Forward),
        _output.Forward(),
    ];

    /// <summary>Everything up to the dZ of each layer.</summary>
    public IEnumerable<Kernel> Differentiate()
    {
        IEnumerable<LayerPlan> above = plan.Layers.Skip(1).Reverse();
        return
        [
            new()
            {
                Name = "DifferentiateAcross",
                Notes = ["As Forward, OutputGradient and Backward, with a sample in each lane."],
                IsPublic = true,
                Compilation = Compilation.Free,
                Parameters = [Matrix("parameters"), Places.Targets, Places.Part, Places.Workspace],
                Body =
                [
                    Size("N", "part.Count"),
                    .. plan.Layers.Select(layer => RunForward(layer, (matrix, units) => Own(Across(matrix), units))),
                    .. _output.RunGradient(),
                    .. above.Select(layer => RunBackward(layer)),
                ],
            },
            _output.Gradient(),
            .. above.Select(Backward),
        ];
    }

    /// <summary>dW and db: for each entry 16 sums, over the samples of each lane.</summary>
    public IEnumerable<Kernel> Gradient() =>
    [
        new()
        {
            Name = "GradientAcross",
            Notes =
            [
                "As Gradient, in 16 sums for each entry, over the samples n ≡ 0 to 15 (mod 16), which are then " +
                    "joined by halves.",
            ],
            IsPublic = true,
            Compilation = Compilation.Free,
            Parameters = [new(DataType.Part, "part"), new(DataType.WorkspaceReference, "w"), Matrix("gradient")],
            Body =
            [
                Places.Block,
                .. plan.Layers.Reverse().Select(layer => Run(
                    $"Gradient{layer.Number}Across",
                    Places.OfBlock($"w.{InputOf(layer)}", layer.Inputs),
                    Places.OfBlock($"w.dZ{layer.Number}Across", layer.Outputs),
                    "N",
                    At("w.LaneSums").Row($"Layout.W{layer.Number}", Block),
                    At("w.LaneSums").Row($"Layout.b{layer.Number}", Block))),
                Run(Runtime("SampleLanes", "Join"), "w.LaneSums", "Layout.Count", "gradient"),
            ],
        },
        .. plan.Layers.Reverse().Select(Gradient),
    ];

    private static Run RunForward(LayerPlan layer, Func<string, int, Address> at) => Run(
        $"Forward{layer.Number}Across",
        [
            at(Notation.Input(layer), layer.Inputs),
            At("parameters").Row($"Layout.W{layer.Number}"),
            At("parameters").Row($"Layout.b{layer.Number}"),
            .. ProductNames.Forward(layer).Written.Select(matrix => at(matrix, layer.Outputs)),
            "N",
        ]);

    private static Run RunBackward(LayerPlan above)
    {
        int l = above.Number;
        return Run(
            $"Backward{l - 1}Across",
            Own($"dZ{l}Across", above.Outputs),
            At("parameters").Row($"Layout.W{l}"),
            Own($"dZ{l - 1}Across", above.Inputs),
            Own(Across(above.HiddenDerivativeFrom), above.Inputs),
            "N");
    }

    private Kernel Forward(LayerPlan layer)
    {
        int l = layer.Number;
        string input = Notation.Input(layer);
        ProductNames names = ProductNames.Forward(layer);
        return new()
        {
            Name = $"Forward{l}Across",
            Notes = [Notation.Forward(layer)],
            Parameters = [.. names.Operands.Select(Matrix), new(DataType.Size, "N")],
            Body =
            [
                _blocks.ForVectors(
                    q =>
                    [
                        Pointer("x", SampleBlocks.Block(input, layer.Inputs, q)),
                        .. names.RowPointers(matrix => SampleBlocks.Block(matrix, layer.Outputs, q)),
                        .. Product(new InterleavedProduct
                        {
                            Columns = layer.Outputs,
                            Inner = layer.Inputs,
                            Chunks = layer.ForwardChunks,
                            Start = j => new Broadcast(At($"b{l}", j)),
                            Factor = (i, j) => At($"W{l}", (i * layer.Outputs) + j),
                            Result = (place, sum) => names.Stored(sum, matrix => At(names.PointerTo(matrix), place)),
                            Activated = (place, columns) => names.Activated(
                                matrix => At(names.PointerTo(matrix), place), columns, Block, VectorsAtOnce),
                        }),
                    ],
                    VectorsAtOnce),
            ],
        };
    }

    private Kernel Backward(LayerPlan above)
    {
        int l = above.Number - 1;
        string from = above.HiddenDerivativeFrom;
        ActivationFunction f = ActivationFunction.Of(above.HiddenActivation);
        return new()
        {
            Name = $"Backward{l}Across",
            Notes = [$"{Notation.ActivationGradient(above)}, {Notation.HiddenGradient(above)}"],
            Parameters =
            [
                Matrix($"dZ{l + 1}"), Matrix($"W{l + 1}"), Matrix($"dZ{l}"), Matrix(from), new(DataType.Size, "N"),
            ],
            Body =
            [
                _blocks.ForVectors(
                    q =>
                    [
                        Pointer("x", SampleBlocks.Block($"dZ{l + 1}", above.Outputs, q)),
                        Pointer("z", SampleBlocks.Block($"dZ{l}", above.Inputs, q)),
                        Pointer("a", SampleBlocks.Block(from, above.Inputs, q)),
                        .. Product(new InterleavedProduct
                        {
                            Columns = above.Inputs,
                            Inner = above.Outputs,
                            Chunks = above.BackwardChunks,
                            Start = _ => Zero,
                            Factor = (j, i) => At($"W{l + 1}", (i * above.Outputs) + j),
                            Result = (place, sum) =>
                                new Store(At("z", place), f.Derive(sum, new Load(At("a", place)))),
                        }),
                    ],
                    VectorsAtOnce),
            ],
        };
    }

    /// <summary>z = x times a matrix, of a few samples.</summary>
    private IEnumerable<Statement> Product(InterleavedProduct product)
    {
        int wide = width.Interleaved.Columns;
        for (int first = 0; first < product.Columns; first += wide)
        {
            int[] panel = [.. Enumerable.Range(first, Math.Min(wide, product.Columns - first))];

            // Where a vector is a block, the registers keep x for the next panel.
            bool keepsX = VectorsAtOnce == 1;
            Statement[] statements =
            [
                .. Sums(product, panel, loadsX: first == 0 || !keepsX),
                Line(from column in panel
                     from v in Enumerable.Range(0, VectorsAtOnce)
                     let place = (column * Block) + (v * width.Lanes)
                     select product.Result(place, Sum(column, v))),
                .. product.Activated(first * Block, panel.Length),
            ];
            yield return Blank;
            foreach (Statement statement in keepsX ? statements : [Scope(statements)])
            {
                yield return statement;
            }
        }
    }

    private static string Sum(int column, int vector, int chunk = 0) => Chunk($"{"st"[vector]}{column}", chunk);

    /// <summary>Each sum over the inner index, in the order that the rows' form has.</summary>
    private IEnumerable<Statement> Sums(InterleavedProduct product, int[] columns, bool loadsX)
    {
        int[] vectors = [.. Enumerable.Range(0, VectorsAtOnce)];
        int chunks = product.Chunks;
        if (chunks == SoftmaxPlan.VirtualLanes)
        {
            return [Vector("w"), .. ByHalves(product, vectors, 0, 1)];
        }

        return
        [
            .. VectorsAtOnce > 1 ? [Vector("w")] : Array.Empty<Statement>(),
            .. Enumerable.Range(0, chunks).SelectMany(c => SumsOfChunk(product, columns, vectors, c, loadsX)),
        ];
    }

    // One after the other, so that registers hold two of them.
    private IEnumerable<Statement> SumsOfChunk(
        InterleavedProduct product, int[] columns, int[] vectors, int chunk, bool loadsX) =>
    [
        .. columns.Select(column => Vectors(
            [
                new Named(Sum(column, 0, chunk), chunk == 0 ? product.Start(column) : Zero),
                .. vectors.Skip(1).Select(v => new Named(Sum(column, v, chunk), Sum(column, 0, chunk))),
            ])),
        .. Steps(chunk, product.Inner, product.Chunks).SelectMany(i => Step(product, columns, vectors, i, loadsX)),
        .. OnlyIf(
            chunk > 0,
            columns.Select(column => Line(vectors.Select(v => new Add(Sum(column, v), Sum(column, v, chunk)))))),
    ];

    /// <summary>
    /// The one sum of a dot product: those of its 16 sums that begin with a number and lie a stride apart, joined by
    /// halves as soon as two halves are there, so that few wait in registers.
    /// </summary>
    private IEnumerable<Statement> ByHalves(InterleavedProduct product, int[] vectors, int first, int stride)
    {
        static string Half(int number, int vector) => Sum(0, vector, number);
        if (stride < SoftmaxPlan.VirtualLanes)
        {
            return
            [
                .. ByHalves(product, vectors, first, 2 * stride),
                .. ByHalves(product, vectors, first + stride, 2 * stride),
                Line(vectors.Select(v => new Add(Half(first, v), Half(first + stride, v)))),
            ];
        }

        return
        [
            Vectors(vectors.Select(v => new Named(Half(first, v), first == 0 ? product.Start(0) : Zero))),
            .. Steps(first, product.Inner, SoftmaxPlan.VirtualLanes).Select(i => Line(
                vectors.Select(v => Set(
                        Half(first, v),
                        MultiplyAdd(new Load(At("x", (i * Block) + (v * width.Lanes))), "w", Half(first, v))))
                    .Prepend<Statement>(Set("w", new Broadcast(product.Factor(i, 0)))))),
        ];
    }

    private IEnumerable<Statement> Step(InterleavedProduct product, int[] columns, int[] vectors, int i, bool loadsX)
    {
        static string X(int i, int vector) => $"{"xy"[vector]}{i}";
        if (loadsX)
        {
            yield return Vectors(
                vectors.Select(v => new Named(X(i, v), new Load(At("x", (i * Block) + (v * width.Lanes))))));
        }

        foreach (int column in columns)
        {
            Expression weight = new Broadcast(product.Factor(i, column));
            Expression factor = vectors.Length > 1 ? "w" : weight;
            IEnumerable<Statement> sums = vectors.Select(v =>
            {
                string sum = Sum(column, v, i % product.Chunks);
                return Set(sum, MultiplyAdd(X(i, v), factor, sum));
            });
            yield return Line(vectors.Length > 1 ? sums.Prepend(Set("w", weight)) : sums);
        }
    }

    private Kernel Gradient(LayerPlan layer)
    {
        int l = layer.Number;
        string input = Notation.Input(layer);
        int across = Math.Min(layer.Outputs, width.Interleaved.GradientColumns);
        return new()
        {
            Name = $"Gradient{l}Across",
            Notes = [$"{Notation.WeightGradient(layer)}, {Notation.BiasGradient(layer)}"],
            Parameters = [Matrix(input), Matrix($"dZ{l}"), new(DataType.Size, "N"), Matrix($"dW{l}"), Matrix($"db{l}")],
            Body = [.. Tiles()],
        };

        IEnumerable<Statement> Tiles()
        {
            for (int j = 0; j < layer.Outputs; j += across)
            {
                int[] columns = [.. Enumerable.Range(j, Math.Min(across, layer.Outputs - j))];

                // The biases are a row more, whose inputs are all 1.
                int rows = Math.Max(1, width.Interleaved.GradientSums / columns.Length);
                for (int i = 0; i <= layer.Inputs; i += rows)
                {
                    yield return Blank;
                    yield return GradientTile(
                        layer, [.. Enumerable.Range(i, Math.Min(rows, layer.Inputs + 1 - i))], columns);
                }
            }
        }
    }

    private Statement GradientTile(LayerPlan layer, int[] rows, int[] columns)
    {
        int l = layer.Number;
        bool hasBias = rows.Contains(layer.Inputs);
        int[] weights = [.. rows.Where(i => i < layer.Inputs)];
        Expression? q = width.Lanes == Block ? null : (Expression)"q";
        string Sum(int i, int j) => i == layer.Inputs ? $"b{j}" : $"g{i}_{j}";
        Address Target(int i, int j) =>
            i == layer.Inputs ? At($"db{l}", j * Block) : At($"dW{l}", ((i * layer.Outputs) + j) * Block);
        Statement[] tile =
        [
            .. rows.Select(i => Vectors(columns.Select(j => new Named(Sum(i, j), Zero)))),
            Samples(
                Block,
                [
                    .. weights.Length > 0
                        ? [Pointer("x", SampleBlocks.Block(Notation.Input(layer), layer.Inputs, q))]
                        : Array.Empty<Statement>(),
                    Pointer("d", SampleBlocks.Block($"dZ{l}", layer.Outputs, q)),
                    .. columns.Select(j => Vector($"d{j}", new Load(At("d", j * Block)))),
                    .. weights.SelectMany(i => new Statement[]
                    {
                        Vector($"x{i}", new Load(At("x", i * Block))),
                        Line(columns.Select(j => Set(Sum(i, j), MultiplyAdd($"x{i}", $"d{j}", Sum(i, j))))),
                    }),
                    .. hasBias
                        ? [Line(columns.Select(j => new Add(Sum(layer.Inputs, j), $"d{j}")))]
                        : Array.Empty<Statement>(),
                ]),
            Blank,
            .. from i in rows
               from j in columns
               select new Store(SampleBlocks.In(Target(i, j), q), Sum(i, j)),
        ];
        return q is null ? Scope(tile) : Count("q", 0, Block, width.Lanes, tile);
    }

    /// <summary>A product of samples that lie across lanes with a matrix.</summary>
    private sealed record InterleavedProduct
    {
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
    }
}
