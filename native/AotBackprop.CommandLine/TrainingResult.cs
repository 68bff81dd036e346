using System.Globalization;

namespace AotBackprop.CommandLine;

/// <summary>What came of a training. Where nothing was held out, accuracy and loss are called the training's own.</summary>
internal sealed record TrainingResult
{
    public required int Epochs { get; init; }

    /// <summary>Samples learned from.</summary>
    public required int Training { get; init; }

    public required int HeldOut { get; init; }

    /// <summary>Of the samples held out, or of those learned from where there are none.</summary>
    public required Evaluation Evaluation { get; init; }

    private bool IsJudged => HeldOut > 0;

    public void Report()
    {
        CommandLine.Report.Line("epochs", Epochs);
        CommandLine.Report.Line("trained on", Training);
        CommandLine.Report.Line("held out", HeldOut);
        CommandLine.Report.Write(Evaluation, IsJudged ? "" : "train ");
    }

    /// <summary>For the model file.</summary>
    public Dictionary<string, string> Facts()
    {
        string kind = IsJudged ? "" : "train_";
        return new Dictionary<string, string>
        {
            ["epochs"] = Text(Epochs),
            ["samples"] = Text(Training),
            ["held_out"] = Text(HeldOut),
            [$"{kind}accuracy"] = Text(Evaluation.Accuracy),
            [$"{kind}loss"] = Text(Evaluation.Loss),
        };
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
