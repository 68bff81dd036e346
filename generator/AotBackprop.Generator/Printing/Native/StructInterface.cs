using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>The structs of a C library.</summary>
internal static class StructInterface
{
    public static IEnumerable<CStruct> OfLibrary(string name) =>
        [Options(name), Targets(name), Epoch(name), Barrier(name)];

    /// <summary>The parameters of a network.</summary>
    public static CStruct Parameters(NetworkPlan plan) => new(
        $"{plan.Spec.ExportPrefix}_parameters",
        "All parameters, or a derivative of each: dense and row-major. A checkpoint is a copy of it.",
        [
            .. plan.Layers.SelectMany(layer => new CField[]
            {
                new(CType.Float, $"W{layer.Number}", [layer.Inputs, layer.Outputs], ""),
                new(CType.Float, $"b{layer.Number}", [layer.Outputs], ""),
            }),
        ]);

    private static CStruct Options(string library) => new(
        $"{library}_options",
        """
        How to train. Zero the whole struct, then set its size and what is wanted: a later version may add to it.
        What the optimizer does not use is 0. Its memory fades: a momentum or beta is from 0 to 0.999999.
        """,
        [
            new(CType.Size, "size", $"sizeof({library}_options)"),
            new(CType.Float, "learning_rate", "η: finite and not negative"),
            new(CType.Int32, "optimizer", $"{library.ToUpperInvariant()}_SGD, …"),
            .. OptimizerTable.Numbers
                .Select(number => new CField(CType.Float, number.Field, OptimizerTexts.Comment(number))),
            new(CType.Float, "weight_decay", "λ: finite and not negative"),
            new(CType.Float, "clip_norm", "c: g ← g · min(1, c / (‖g‖ + 1e-6)) over all parameters; 0 is off"),
        ]);

    private static CStruct Targets(string library) => new(
        $"{library}_targets",
        """
        What a network should say about count samples: labels or values, whichever it takes. Zeroed and set like the
        options. With weights, w_i over their sum takes the place of 1/count in the loss and its derivatives; they
        are finite, and one at least is above 0. An epoch leaves out a batch whose weights are all 0.
        """,
        [
            new(CType.Size, "size", $"sizeof({library}_targets)"),
            new(CType.Labels, "labels", "count class numbers; or null"),
            new(CType.ConstFloats, "values", "count×C values, a sample a row; or null"),
            new(CType.ConstFloats, "weights", "count weights, none negative; null where all samples count the same"),
        ]);

    private static CStruct Epoch(string library) => new(
        $"{library}_epoch",
        """
        Which batches of which epoch to train on. Zeroed and set like the options. Where an epoch is cut into
        ranges, loss_sum, 0 before the first, ends as it does in one call, to the bit; over the samples, or the sum
        of their weights, it is their mean loss.
        Of a team, the first thread writes it.
        """,
        [
            new(CType.Size, "size", $"sizeof({library}_epoch)"),
            new(CType.Size, "batch_size", "samples in a batch; the last may be short"),
            new(CType.UInt64, "seed", "with the epoch's number, decides the order of the samples"),
            new(CType.UInt64, "epoch", "the number of the epoch"),
            new(CType.Size, "first_batch", "the first batch of the range, counted from 0"),
            new(CType.Size, "batch_count", "batches in the range; 0 is all from the first on"),
            new(CType.Labels, "stop", "read before each batch, any number but 0 ends the call; may be null"),
            new(
                CType.DoubleResult,
                "loss_sum",
                "the loss of each batch, times its samples or their weights, is added to it; may be null"),
        ]);

    private static CStruct Barrier(string library) => new(
        $"{library}_barrier",
        """
        Where the threads of a team meet that train one network together: a team function is called by each of them
        at once, with a rank of its own from 0 on, and otherwise the same arguments but the pointers for results.
        Zeroed before the team's first call, and then its own for as long as it likes. All of them return the same
        status, once all are done. The bits are those of one thread. A call in which a thread is missing waits for
        it.
        """,
        [new(CType.UInt32, "words", [32], "")]);
}
