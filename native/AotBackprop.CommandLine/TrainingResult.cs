using System.Globalization;

namespace AotBackprop.CommandLine;

/// <summary>What came of a training. Where nothing was held out, the figures are called the training's own.</summary>
internal sealed record TrainingResult
{
    public required int Epochs { get; init; }

    /// <summary>Samples learned from.</summary>
    public required int Training { get; init; }

    public required int HeldOut { get; init; }

    /// <summary>Of the samples held out, or of those learned from where there are none; null where there could be none.</summary>
    public required IReadOnlyList<Figure>? Figures { get; init; }

    private bool IsJudged => HeldOut > 0;

    public void Report()
    {
        CommandLine.Report.Line("epochs", Epochs);
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
            ["epochs"] = Text(Epochs),
            ["samples"] = Text(Training),
            ["held_out"] = Text(HeldOut),
        };
        foreach (Figure figure in Figures ?? [])
        {
            facts[$"{kind}{figure.Name.Replace(' ', '_')}"] = Text(figure.Value);
        }

        return facts;
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
