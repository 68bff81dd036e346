using System.Globalization;
using AotBackprop.Training;

namespace AotBackprop.CommandLine;

/// <summary>What came of a training. Where nothing was held out, the figures are called the training's own.</summary>
internal sealed record TrainingOutcome
{
    public required TrainingResult Result { get; init; }

    /// <summary>Samples learned from.</summary>
    public required long Training { get; init; }

    public required int HeldOut { get; init; }

    /// <summary>Of the samples held out, or of those learned from where there are none; null where there could be none.</summary>
    public required IReadOnlyList<Figure>? Figures { get; init; }

    private bool IsJudged => HeldOut > 0;

    public void Report()
    {
        CommandLine.Report.Line("epochs", Result.History.Count);
        if (Ending is { } ending)
        {
            CommandLine.Report.Line("ended", ending);
        }

        if (Result.BestEpoch is { } best)
        {
            CommandLine.Report.Line("best epoch", best);
        }

        CommandLine.Report.Line("trained on", Training);
        CommandLine.Report.Line("held out", HeldOut);
        CommandLine.Report.Write(Figures ?? [], IsJudged ? "" : "train ");
    }

    /// <summary>For the model file.</summary>
    public Dictionary<string, string> Facts()
    {
        string kind = IsJudged ? "" : "train_";
        Dictionary<string, string> facts = new()
        {
            ["epochs"] = Text(Result.History.Count),
            ["samples"] = Text(Training),
            ["held_out"] = Text(HeldOut),
        };
        if (Result.BestEpoch is { } best)
        {
            facts["best_epoch"] = Text(best);
        }

        foreach (Figure figure in Figures ?? [])
        {
            facts[$"{kind}{figure.Name.Replace(' ', '_')}"] = Text(figure.Value);
        }

        return facts;
    }

    private string? Ending => Result.Ending switch
    {
        TrainingEnding.StoppedEarly => "no improvement",
        TrainingEnding.TimeLimit => "time limit",
        TrainingEnding.Cancelled => "signal",
        _ => null,
    };

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
