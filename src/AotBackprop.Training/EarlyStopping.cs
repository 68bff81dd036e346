namespace AotBackprop.Training;

/// <summary>
/// Ends a training that no longer improves, and keeps the parameters of its best epoch: they are the result, however the
/// training ends.
/// </summary>
public sealed class EarlyStopping
{
    /// <summary>How many epochs in a row may pass without an improvement; with the last of them the training ends.</summary>
    public required int Patience { get; init; }

    /// <summary>By how much a figure has to be better than the best so far, to count as an improvement.</summary>
    public double MinDelta { get; init; }

    /// <summary>The figure of the validation that is watched.</summary>
    public ValidationFigure Monitor { get; init; }

    internal string Text => $"monitor={ValidationFigures.NameOf(Monitor)} patience={Patience} min_delta={NumberText.Of(MinDelta)}";

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Patience, 1, nameof(Patience));
        Checks.Finite(MinDelta, 0, nameof(MinDelta));
    }
}
