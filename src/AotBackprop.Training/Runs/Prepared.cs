using System.Collections.ObjectModel;
using AotBackprop.Data;

namespace AotBackprop.Training.Runs;

/// <summary>Samples to train with, and what belongs to a network that learns from them.</summary>
/// <param name="Training">What to learn from.</param>
/// <param name="Validation">What to judge the network by; null for none, or the share that is still to be held out.</param>
internal sealed record Prepared(TrainingData Training, TrainingData? Validation)
{
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
            Description = Describe(training),
            Preparation = TextsOf(training),
        };

    private static ModelDescription Describe(Dataset samples) => new()
    {
        Scaling = samples.Scaling is { } scaling ? ModelScalingOf(scaling) : null,
        Missing = samples.Missing,
        Columns = samples.Columns,
        Target = samples.TargetNames,
        Classes = samples.Classes,
    };

    private static ModelScaling ModelScalingOf(InputScaling scaling) => scaling.Kind switch
    {
        ScalingKind.Factor => ModelScaling.DivideBy((float)scaling.By),
        ScalingKind.Standard => ModelScaling.Standard(scaling.Mean, scaling.Deviation),
        _ => ModelScaling.MinMax(scaling.Minimum, scaling.Maximum),
    };

    private static Dictionary<string, string> TextsOf(Dataset samples)
    {
        Dictionary<string, string> texts = [];
        if (samples.Scaling is { } scaling)
        {
            texts["scaling"] = scaling.ToJson();
        }

        if (samples.Missing is { } missing)
        {
            texts["missing"] = ModelFileValues.TextOf(missing);
        }

        return texts;
    }
}
