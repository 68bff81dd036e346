using AotBackprop.Runtime;

namespace AotBackprop.Training.Runs;

/// <summary>Looks at the options of a training, alone, together, and beside the network.</summary>
internal static class OptionCheck
{
    public static void Require(Trainer options, OutputShape output)
    {
        ArgumentNullException.ThrowIfNull(options.Schedule);
        ArgumentNullException.ThrowIfNull(options.Preparation);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Epochs, 1, nameof(options.Epochs));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1, nameof(options.BatchSize));
        ArgumentOutOfRangeException.ThrowIfNegative(options.WarmUpSteps, nameof(options.WarmUpSteps));
        Checks.Below(options.LabelSmoothing, 0, 1, nameof(options.LabelSmoothing));
        options.EarlyStopping?.Check();
        options.Checkpoint?.Check();
        if (options.TimeLimit is { } limit && limit <= TimeSpan.Zero)
        {
            throw new ArgumentException($"TimeLimit is {limit}; wanted a time above 0, or null.");
        }

        if (options.LabelSmoothing > 0 && output.Kind != Output.Softmax)
        {
            throw new ArgumentException($"LabelSmoothing is for a softmax, and the output of this network is {Outputs.NameOf(output.Kind)}; wanted 0.");
        }

        RequireFigure(options.EarlyStopping?.Monitor, output);
        RequireFigure(options.Schedule.Watched, output);
    }

    /// <summary>Refuses options that watch a validation where there is none.</summary>
    public static void RequireValidation(Trainer options, bool isThere)
    {
        if (options.EarlyStopping is not null && !isThere)
        {
            throw new ArgumentException("Early stopping needs a validation; wanted validation data, or a ValidationShare.");
        }

        if (options.Schedule.Watched is { } figure && figure != ValidationFigure.Loss && !isThere)
        {
            throw new ArgumentException(
                $"The schedule watches '{ValidationFigures.NameOf(figure)}' of a validation; "
                + "wanted validation data, a ValidationShare, or that it watches the loss.");
        }
    }

    private static void RequireFigure(ValidationFigure? watched, OutputShape output)
    {
        if (watched is { } figure && !Judge.Has(output.Kind, figure))
        {
            throw new ArgumentException(
                $"The figure '{ValidationFigures.NameOf(figure)}' is to be watched, "
                + $"which a network whose output is {Outputs.NameOf(output.Kind)} does not have.");
        }
    }
}
