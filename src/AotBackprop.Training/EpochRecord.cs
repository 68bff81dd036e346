namespace AotBackprop.Training;

/// <summary>An epoch that has been finished.</summary>
public sealed class EpochRecord
{
    /// <summary>Its number, counted from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The learning rate of its last step.</summary>
    public required float LearningRate { get; init; }

    /// <summary>The mean loss of its samples, before each one's update.</summary>
    public required double Loss { get; init; }

    /// <summary>The figures of the validation, the loss first; empty where there is none.</summary>
    public required IReadOnlyList<Figure> Validation { get; init; }
}
