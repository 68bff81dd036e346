namespace AotBackprop.Training.Metrics;

/// <summary>Right and wrong of one class or label: how many samples, or how much they count.</summary>
/// <param name="TruePositives">Said and so.</param>
/// <param name="FalsePositives">Said and not so.</param>
/// <param name="FalseNegatives">Not said and so.</param>
internal readonly record struct BinaryCounts(double TruePositives, double FalsePositives, double FalseNegatives)
{
    public double Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    public double Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    public double F1 => Ratio(2 * TruePositives, (2 * TruePositives) + FalsePositives + FalseNegatives);

    /// <summary>With one sample more.</summary>
    public BinaryCounts With(bool said, bool holds, double weight) => new(
        TruePositives + (said && holds ? weight : 0),
        FalsePositives + (said && !holds ? weight : 0),
        FalseNegatives + (!said && holds ? weight : 0));

    // 0/0 is 0.
    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;
}
