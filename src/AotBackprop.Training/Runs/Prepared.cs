using System.Collections.ObjectModel;
using AotBackprop.Data;

namespace AotBackprop.Training.Runs;

/// <summary>Samples to train with, and what belongs to a network that learns from them.</summary>
/// <param name="Training">What to learn from; null where it is a stream.</param>
/// <param name="Validation">What to judge the network by; null for none, or the share that is still to be held out.</param>
internal sealed record Prepared(TrainingData? Training, TrainingData? Validation)
{
    /// <summary>What to learn from, where it is read block by block.</summary>
    public StreamedDataset? Stream { get; private init; }

    /// <summary>Whether what is to be held out was.</summary>
    public bool IsSplit { get; private init; }

    /// <summary>What belongs to the network; null where nothing is known.</summary>
    public ModelDescription? Description { get; private init; }

    /// <summary>How inputs were scaled and completed, as texts of a checkpoint.</summary>
    public IReadOnlyDictionary<string, string> Preparation { get; private init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The parts of a table.</summary>
    /// <param name="training">What to learn from, scaled.</param>
    /// <param name="validation">What to judge by, scaled alike; null for none.</param>
    public static Prepared Of(Dataset training, Dataset? validation) =>
        new(new TrainingData(training), validation is null ? null : new TrainingData(validation))
        {
            IsSplit = true,
            Description = Described(training.Scaling, training.Missing, training.Columns, training.TargetNames, training.Classes),
            Preparation = TextsOf(training.Scaling, training.Missing),
        };

    /// <summary>A file of which a block is in memory, and samples to judge by.</summary>
    /// <param name="training">What to learn from, scaled as it is read.</param>
    /// <param name="validation">What to judge by, scaled alike; null for none.</param>
    public static Prepared Of(StreamedDataset training, Dataset? validation) =>
        new(null, validation is null ? null : new TrainingData(validation))
        {
            Stream = training,
            IsSplit = true,
            Description = Described(training.Scaling, training.Missing, training.Columns, training.TargetNames, training.Classes),
            Preparation = TextsOf(training.Scaling, training.Missing),
        };

    private static ModelDescription Described(
        InputScaling? scaling,
        IReadOnlyList<double>? missing,
        IReadOnlyList<string>? columns,
        IReadOnlyList<string>? target,
        IReadOnlyList<string>? classes) => new()
        {
            Scaling = ModelScalingOf(scaling),
            Missing = missing,
            Columns = columns,
            Target = target,
            Classes = classes,
        };

    private static ModelScaling? ModelScalingOf(InputScaling? scaling) => scaling?.Kind switch
    {
        null => null,
        ScalingKind.Factor => ModelScaling.DivideBy((float)scaling!.By),
        ScalingKind.Standard => ModelScaling.Standard(scaling!.Mean, scaling.Deviation),
        _ => ModelScaling.MinMax(scaling!.Minimum, scaling.Maximum),
    };

    private static Dictionary<string, string> TextsOf(InputScaling? scaling, IReadOnlyList<double>? missing)
    {
        Dictionary<string, string> texts = [];
        if (scaling is not null)
        {
            texts["scaling"] = scaling.ToJson();
        }

        if (missing is not null)
        {
            texts["missing"] = ModelFileValues.TextOf(missing);
        }

        return texts;
    }
}
