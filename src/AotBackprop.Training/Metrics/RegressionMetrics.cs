namespace AotBackprop.Training.Metrics;

/// <summary>How a regressor does: scikit-learn's figures, by its definitions. Each sample counts its weight, or once.</summary>
public sealed class RegressionMetrics : NetworkMetrics
{
    private RegressionMetrics()
    {
    }

    /// <summary>The mean |A − Y| over samples and outputs.</summary>
    public required double MeanAbsoluteError { get; init; }

    /// <summary>The root of the mean (A − Y)² over samples, the mean of it over outputs.</summary>
    public required double RootMeanSquaredError { get; init; }

    /// <summary>
    /// 1 − Σ (A − Y)² / Σ (Y − Ȳ)², the mean over the outputs. One whose targets are all the same counts 1 where the network
    /// says them exactly, else 0.
    /// </summary>
    public required double RSquared { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<Figure> Figures => [new("mae", MeanAbsoluteError), new("rmse", RootMeanSquaredError), new("r2", RSquared)];

    /// <summary>From the outputs of a regressor.</summary>
    /// <param name="outputs">N×C numbers.</param>
    /// <param name="targets">N×C numbers.</param>
    /// <param name="columns">C.</param>
    /// <param name="weights">How much each sample counts: N weights, finite and 0 or more; none where all count the same.</param>
    public static RegressionMetrics Of(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int columns, ReadOnlySpan<float> weights = default)
    {
        RequireRows(outputs, targets, columns);
        int rows = outputs.Length / columns;
        RequireWeights(weights, rows);
        double all = 0;
        for (int n = 0; n < rows; n++)
        {
            all += WeightOf(weights, n);
        }

        double absolute = 0;
        double root = 0;
        double explained = 0;
        for (int j = 0; j < columns; j++)
        {
            double mean = 0;
            for (int n = 0; n < rows; n++)
            {
                mean += WeightOf(weights, n) * targets[(n * columns) + j];
            }

            mean /= all;
            double squares = 0;
            double total = 0;
            for (int n = 0; n < rows; n++)
            {
                double weight = WeightOf(weights, n);
                double target = targets[(n * columns) + j];
                double error = outputs[(n * columns) + j] - target;
                absolute += weight * Math.Abs(error);
                squares += weight * (error * error);
                total += weight * ((target - mean) * (target - mean));
            }

            root += Math.Sqrt(squares / all);
            explained += total > 0 ? 1 - (squares / total) : squares == 0 ? 1 : 0;
        }

        return new()
        {
            Count = rows,
            MeanAbsoluteError = absolute / (all * columns),
            RootMeanSquaredError = root / columns,
            RSquared = explained / columns,
        };
    }

    /// <summary>All figures as a JSON object.</summary>
    public override string ToJson() => MetricJson.Of(json =>
    {
        MetricJson.Number(json, "mae", MeanAbsoluteError);
        MetricJson.Number(json, "rmse", RootMeanSquaredError);
        MetricJson.Number(json, "r2", RSquared);
    });

    /// <summary>All figures, to be read.</summary>
    public override string ToString() =>
        MetricText.Figures(("mean absolute error", MeanAbsoluteError), ("root mean square", RootMeanSquaredError), ("R²", RSquared));

    private static double WeightOf(ReadOnlySpan<float> weights, int n) => weights.IsEmpty ? 1 : weights[n];

    internal static void RequireRows(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (outputs.Length == 0 || outputs.Length != targets.Length || outputs.Length % columns != 0)
        {
            throw new ArgumentException(
                $"There are {outputs.Length} outputs and {targets.Length} targets; wanted as many of each, in rows of {columns}, and at least one row.",
                nameof(outputs));
        }

        Runtime.Guard.Finite(outputs, columns, nameof(outputs));
        Runtime.Guard.Finite(targets, columns, nameof(targets));
    }
}
