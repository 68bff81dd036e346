namespace AotBackprop.Training.Runs;

/// <summary>
/// Probabilities in place of certainty: (1 − ε)·Y + ε/C. Szegedy and others (2016).
/// </summary>
/// <param name="epsilon">ε.</param>
/// <param name="classes">C.</param>
internal readonly struct LabelSmoothing(double epsilon, int classes)
{
    private readonly double _kept = 1 - epsilon;
    private readonly double _share = epsilon / classes;

    public bool IsOff => epsilon == 0;

    /// <summary>The row of a class.</summary>
    public void Row(int label, Span<float> row)
    {
        row.Fill((float)_share);
        row[label] = (float)(_kept + _share);
    }

    /// <summary>The row of a row of probabilities.</summary>
    public void Row(ReadOnlySpan<float> probabilities, Span<float> row)
    {
        for (int j = 0; j < row.Length; j++)
        {
            row[j] = (float)((_kept * probabilities[j]) + _share);
        }
    }
}
