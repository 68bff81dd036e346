using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Tests.Compiler.MemoryCheck;

/// <summary>
/// Calls: of other kernels, which are walked, and of the runtime library, of which here stands once which memory each
/// method touches.
/// </summary>
internal sealed partial class KernelWalk
{
    private Value ValueOf(Call call)
    {
        Value[] a = [.. call.Arguments.Select(ValueOf)];
        string method = call.Method.Class.Length == 0 ? call.Method.Name : $"{call.Method.Class}.{call.Method.Name}";
        if (method == "Scan.Larger")
        {
            return See(a[1], 0, 8);
        }

        if (call.Method.Class.Length == 0 && _kernels.Contains(method))
        {
            Enter(_kernels[method].Single(k => Takes(k, a)), a);
            return Value.Any;
        }

        Bend([.. a.OfType<Whole>()]);
        int point = method.LastIndexOf('.');
        bool isOfLibrary = call.Method.Class.Length > 0 || method is "Kernels.Transpose" or "float.IsFinite";
        Value? receiver = isOfLibrary ? null : Named(method[..point]);
        return (receiver, method[(point + 1)..]) switch
        {
            (TargetsValue targets, "From") => From(targets, (Whole)a[0], (Whole)a[1]),
            (TargetsValue, "Scale") => Value.Any,
            (TargetsValue, "WeighRows") => Weigh(a[2], N(a[0]), N(a[1])),
            (TargetsValue, "WeighBlocks") => Weigh(a[2], (N(a[0]) + 15) / 16 * 16, N(a[1])),
            (PartValue part, "FirstFor<TUpdate>") => part.Situation["BlockFirst"],
            (PartValue part, "CountFor<TUpdate>") => part.Situation["BlockCount"],
            (EntriesValue entries, "From") => entries with { Row = entries.Row + (Whole)a[0] },
            (EntriesValue entries, "Chain") => Chain(method[..point], entries, N(a[0]), ((Whole)a[1], (Whole)a[2])),
            _ => OfLibrary(method, a),
        };
    }

    private static bool Takes(Kernel kernel, Value[] arguments) => kernel.Parameters.Count == arguments.Length
        && kernel.Parameters.Zip(arguments).All(pair => (pair.First.Type, pair.Second) switch
        {
            (DataType.IntPointer, Pointer { Memory.HoldsInts: var ints }) => ints,
            (DataType.FloatPointer, Pointer { Memory.HoldsInts: var ints }) => !ints,
            (DataType.IntPointer or DataType.FloatPointer, var value) => value == Value.Null,
            (_, Pointer) => false,
            _ => true,
        });

    private Value OfLibrary(string method, Value[] a) => method switch
    {
        "float.IsFinite" => new Flag(null),
        "Logarithm.Of" => Value.Any,
        "Logarithm.Add" => AddLogarithms(a[0], a[1], N(a[2]), a[3]),
        "CrossEntropy.MeanOfRows" => MeanLoss(a[0], N(a[1]), a[2], N(a[3]), a[4]),
        "SquaredError.OfOne" or "BinaryCrossEntropy.OfOne" or "HuberError.OfOne" => Loss(a[0], a[1], N(a[2])),
        "Kernels.Transpose" => TransposeAll(a[0]),
        "Matrix.Clear" => See(a[0], 0, N(a[1]), Use.Clear),
        "Matrix.Transpose" => Transpose(a[0], N(a[1]), N(a[2]), a[5], N(a[6])),
        "Scan.Largest" when a.Length == 1 => Value.Any,
        "Scan.Largest" => See(a[0], 0, N(a[1])),
        "NonZero.Order" => Order(a[0], N(a[1]), N(a[2]), N(a[3]), a[4]),
        "NonZero.Row" => Row(a[0], (Whole)a[1]),
        "NonZero.ColumnsOf" => ColumnsOf(a[0], N(a[1]), a[2], (Whole)a[3], (N(a[4]), N(a[5])), a[6]),
        "NonZero.RowsOf" => RowsOf(a[0], N(a[1]), N(a[2]), N(a[3]), a[4]),
        "SampleLanes.Transpose" => Squares(a[0], N(a[1]), N(a[2]), N(a[3]), a[4]),
        "SampleLanes.Join" => Join(a[0], N(a[1]), a[2]),
        "RowBlock.Collect" => Collect((Pointer)a[0], N(a[1]), N(a[2]), (Pointer)a[3], (Pointer)a[4]),
        "RowBlock.Gradient" => Collects((Pointer)a[0], N(a[1]), (N(a[2]), N(a[3])), (Pointer)a[4], (Pointer)a[5]),
        "RowBlock.Descend" => Updates((Pointer)a[0], N(a[1]), (N(a[2]), N(a[3])), (Pointer)a[5], (Pointer)a[6]),
        _ => throw new InvalidOperationException($"It is not said which memory {method} touches."),
    };

    private Value Loss(Value z, Value y, long outputs)
    {
        See(z, 0, outputs);
        return See(y, 0, outputs);
    }

    private Value AddLogarithms(Value largest, Value sums, long rows, Value logarithms)
    {
        See(largest, 0, rows);
        See(sums, 0, rows);
        return See(logarithms, 0, rows, Use.Write);
    }

    private Value MeanLoss(Value labels, long rows, Value Z, long stride, Value logarithms)
    {
        See(labels, 0, rows);
        See(logarithms, 0, rows);
        return See(Z, 0, ((rows - 1) * stride) + _memory.Plan.OutputLayer.Outputs);
    }

    // A number of elements, where it is not one the most.
    private static long N(Value value) => ((Whole)value).Most;

    private Value See(Value place, long first, long count, Use use = Use.Read)
    {
        if (count > 0)
        {
            See(((Pointer)place).Plus(first), count, use);
        }

        return Value.Any;
    }

    private static TargetsValue From(TargetsValue targets, Whole first, Whole classes) => targets.Labels is Pointer labels
        ? targets with { Labels = labels.Plus(first) }
        : targets with { Values = ((Pointer)targets.Values).Plus(first * classes) };

    private Value Weigh(Value dZ, long rows, long columns)
    {
        See(dZ, 0, rows * columns);
        return See(dZ, 0, rows * columns, Use.Write);
    }

    /// <summary>The entries of the columns of a part, chained: the variable knows them from now on.</summary>
    private Value Chain(string variable, EntriesValue entries, long rows, (Whole First, Whole End) own)
    {
        (Whole first, long columns) = (own.First, own.End.Most - own.First.Least);
        See(entries["Starts"], 0, rows);
        See(entries["Ends"], 0, rows);
        ((Pointer)entries["Rows"]).Memory.Contents = new(0, rows - 1);
        See(entries["Heads"], first.Least, columns, Use.Write);
        See(entries["Chained"], first.Least, columns, Use.Write);
        Set(variable, entries with { Column = entries.Column + first, ChainedCount = new(0, columns) });
        return Value.Any;
    }

    /// <summary>Wᵀ of each layer but the first; threads share its rows.</summary>
    private Value TransposeAll(Value parameters)
    {
        foreach (LayerPlan layer in _memory.Plan.Layers.Skip(1))
        {
            (long first, long end) = _situation.Share(layer.Outputs, 1);
            Pointer W = new(((Pointer)parameters).Memory.Parts[layer.WeightsOffset], 0);
            for (long i = 0; i < layer.Inputs; i++)
            {
                See(W, (i * layer.Outputs) + first, end - first);
            }

            See(_workspace[$"W{layer.Number}T"], first * layer.InputStride, (end - first) * layer.InputStride, Use.Write);
        }

        return Value.Any;
    }

    private Value Transpose(Value source, long rows, long columns, Value target, long stride)
    {
        See(source, 0, rows * columns);
        return See(target, 0, columns * stride, Use.Write);
    }

    private Value Order(Value targets, long classes, long N, long rows, Value order)
    {
        long whole = N / rows * rows;
        TargetsValue all = (TargetsValue)targets;
        _ = all.Labels is Pointer ? See(all.Labels, 0, whole) : See(all.Values, 0, whole * classes);
        return Listing(order, whole, new(0, Math.Max(0, whole - 1)));
    }

    private Whole Row(Value order, Whole place)
    {
        Whole? any = order is Pointer list ? See(list.Plus(place), 1, Use.Read).Memory.Contents : null;
        return any is null || IsExact ? place : any;
    }

    private Whole ColumnsOf(Value X, long stride, Value order, Whole first, (long Rows, long Columns) tile, Value list)
    {
        for (long r = 0; r < tile.Rows; r++)
        {
            Whole row = Row(order, first + r);
            See(((Pointer)X).Plus(row * stride), tile.Columns, Use.Read);
        }

        // A vector of columns is stored where fewer belong.
        Listing(list, tile.Columns + WorkspacePlan.ListSlack, new(0, tile.Columns - 1));
        return new(0, tile.Columns);
    }

    private Whole RowsOf(Value x, long stride, long rows, long columns, Value list)
    {
        for (long n = 0; n < rows; n++)
        {
            See(x, n * stride, columns);
        }

        Listing(list, rows, new(0, Math.Max(0, rows - 1)));
        return new(0, rows);
    }

    private Value Listing(Value list, long count, Whole contents)
    {
        See(list, 0, count, Use.Write);
        ((Pointer)list).Memory.Contents = contents;
        return Value.Any;
    }

    /// <summary>Squares of 16 samples × 16 columns, each to its own place.</summary>
    private Value Squares(Value rows, long stride, long N, long columns, Value squares)
    {
        Assert.Equal(0, N % 16);
        long whole = (columns + 15) / 16 * 16;
        for (long n = 0; n < N; n++)
        {
            See(rows, n * stride, whole);
            See(squares, n * stride, whole, Use.Write);
        }

        return Value.Any;
    }

    private Value Join(Value sums, long count, Value joined)
    {
        See(sums, 0, 16 * count);
        return See(joined, 0, count, Use.Write);
    }

    private Value Collect(Pointer block, long columns, long count, Pointer wide, Pointer rows)
    {
        // What is read beyond the columns goes to lanes that nobody takes.
        long read = 16 * (columns <= 4 ? 4 : 16);
        See(block, 0, 16 * columns);
        See(block, 16 * columns, read - (16 * columns), Use.Overread);
        See(wide, 0, columns <= 4 ? 0 : 256, Use.Write);
        return See(rows, 0, count * columns, Use.Write);
    }

    private Value Collects(Pointer blocks, long columns, (long First, long End) rows, Pointer scratch, Pointer dW)
    {
        for (long i = rows.First; i < rows.End; i += 16)
        {
            Collect(blocks.Plus(i * columns), columns, Math.Min(16, rows.End - i), scratch, dW.Plus(i * columns));
        }

        return Value.Any;
    }

    private Value Updates(Pointer blocks, long columns, (long First, long End) rows, Pointer scratch, Pointer W)
    {
        for (long i = rows.First; i < rows.End; i += 16)
        {
            long count = Math.Min(16, rows.End - i);
            Collect(blocks.Plus(i * columns), columns, count, scratch, scratch.Plus(256));
            See(W, i * columns, count * columns, Use.Write);
        }

        return Value.Any;
    }
}
