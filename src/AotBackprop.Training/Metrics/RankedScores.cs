namespace AotBackprop.Training.Metrics;

/// <summary>The area under the curve of true over false positives.</summary>
internal static class RankedScores
{
    /// <summary>
    /// The share of pairs of a positive and a negative sample in which the positive one has the higher score; equal scores
    /// count half (Mann and Whitney, 1947). NaN where there are not both kinds.
    /// </summary>
    /// <param name="scores">Of each sample; sorted on return.</param>
    /// <param name="arePositive">Whether each is positive; in the order of the scores on return.</param>
    public static double Auc(float[] scores, bool[] arePositive)
    {
        Array.Sort(scores, arePositive);
        double positives = 0;
        double ranks = 0;
        for (int first = 0, end; first < scores.Length; first = end)
        {
            for (end = first + 1; end < scores.Length && scores[end] == scores[first];)
            {
                end++;
            }

            // Ranks from 1; those of equal scores are their mean.
            double rank = (first + 1 + end) / 2.0;
            int ties = arePositive.AsSpan(first, end - first).Count(true);
            positives += ties;
            ranks += rank * ties;
        }

        double negatives = scores.Length - positives;
        return positives > 0 && negatives > 0 ? (ranks - (positives * (positives + 1) / 2)) / (positives * negatives) : double.NaN;
    }

    /// <summary>The same where a pair counts the product of its samples' weights.</summary>
    /// <param name="scores">Of each sample; sorted on return.</param>
    /// <param name="arePositive">Whether each is positive.</param>
    /// <param name="weights">How much each counts.</param>
    public static double Auc(float[] scores, bool[] arePositive, ReadOnlySpan<float> weights)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        Array.Sort(scores, order);
        double positives = 0;
        double negatives = 0;
        double won = 0;
        for (int first = 0, end; first < scores.Length; first = end)
        {
            double positive = 0;
            double negative = 0;
            for (end = first; end < scores.Length && scores[end] == scores[first]; end++)
            {
                positive += arePositive[order[end]] ? weights[order[end]] : 0;
                negative += arePositive[order[end]] ? 0 : weights[order[end]];
            }

            // Those of lower scores are beaten, and those of the same score by half.
            won += positive * (negatives + (negative / 2));
            positives += positive;
            negatives += negative;
        }

        return positives > 0 && negatives > 0 ? won / (positives * negatives) : double.NaN;
    }
}
