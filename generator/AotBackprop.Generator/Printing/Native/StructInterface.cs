using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>The structs of a C library.</summary>
internal static class StructInterface
{
    public static CStruct Options(string library)
    {
        string upper = library.ToUpperInvariant();
        return new($"{library}_options",
        [
            new(CType.Size, "size", $"sizeof({library}_options)"),
            new(CType.Float, "learning_rate", "η: finite and not negative"),
            new(CType.Int32, "optimizer", $"{upper}_SGD, …"),
            .. OptimizerTable.Numbers
                .Select(number => new CField(CType.Float, number.Field, OptimizerTexts.Comment(number))),
            new(CType.Float, "weight_decay", "λ: finite and not negative"),
            new(CType.Float, "clip_norm", "c: g ← g · min(1, c / (‖g‖ + 1e-6)) over all parameters; 0 is off"),
        ]);
    }

    public static CStruct Epoch(string library) => new($"{library}_epoch",
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

    public static CStruct Targets(string library) => new($"{library}_targets",
    [
        new(CType.Size, "size", $"sizeof({library}_targets)"),
        new(CType.Labels, "labels", "count class numbers; or null"),
        new(CType.ConstFloats, "values", "count×C values, a sample a row; or null"),
        new(CType.ConstFloats, "weights", "count weights, none negative; null where all samples count the same"),
    ]);

    public static CStruct Barrier(string library) => new($"{library}_barrier", [new(CType.UInt32, "words", [32], "")]);

    public static CStruct Parameters(NetworkPlan plan) => new($"{plan.Spec.ExportPrefix}_parameters",
    [
        .. plan.Layers.SelectMany(layer => new CField[]
        {
            new(CType.Float, $"W{layer.Number}", [layer.Inputs, layer.Outputs], ""),
            new(CType.Float, $"b{layer.Number}", [layer.Outputs], ""),
        }),
    ]);
}
