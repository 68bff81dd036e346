namespace AotBackprop.Training.Metrics;

/// <summary>Right and wrong of one class or label.</summary>
/// <param name="TruePositives">Said and so.</param>
/// <param name="FalsePositives">Said and not so.</param>
/// <param name="FalseNegatives">Not said and so.</param>
internal readonly record struct BinaryCounts(long TruePositives, long FalsePositives, long FalseNegatives)
{
    public double Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    public double Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    public double F1 => Ratio(2 * TruePositives, (2 * TruePositives) + FalsePositives + FalseNegatives);

    /// <summary>With one sample more.</summary>
    public BinaryCounts With(bool said, bool holds) => new(
        TruePositives + (said && holds ? 1 : 0),
        FalsePositives + (said && !holds ? 1 : 0),
        FalseNegatives + (!said && holds ? 1 : 0));

    // 0/0 is 0.
    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
