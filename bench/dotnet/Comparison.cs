namespace Race;

/// <summary>Whether contestants compute the same: nobody is timed who does not.</summary>
internal sealed class Comparison(int[] sizes, float[] initial, Samples samples)
{
    private const float Rate = 0.5f;
    private const double Tolerance = 1e-4, EpochTolerance = 0.03;

    /// <summary>Probabilities; loss, and how far a step carries each array of the parameters, of who learns.</summary>
    public void Compare(Contestant contestant, Contestant reference)
    {
        foreach (Contestant one in (Contestant[])[reference, contestant])
        {
            one.Load(initial);
            one.Forward(samples, 1);
            if (contestant.Trains)
            {
                one.Step(samples, Rate, 1);
            }
        }

        Demand(Distance(contestant.Outputs, reference.Outputs) <= Tolerance, contestant, "probabilities");
        if (!contestant.Trains)
        {
            return;
        }

        Demand(Math.Abs((contestant.MeanLoss / reference.MeanLoss) - 1) <= Tolerance, contestant, "a loss");
        int at = 0;
        foreach ((int inputs, int outputs) in sizes.Zip(sizes[1..]))
        {
            foreach (int count in (int[])[inputs * outputs, outputs])
            {
                Demand(Moved(contestant, reference, at, count) <= Tolerance, contestant, "parameters after a step");
                at += count;
            }
        }
    }

    public static void CompareEpochs(Contestant contestant, Contestant reference) =>
        Demand(Math.Abs((contestant.MeanLoss / reference.MeanLoss) - 1) <= EpochTolerance, contestant, "an epoch's mean loss");

    private static void Demand(bool same, Contestant contestant, string what)
    {
        if (!same)
        {
            throw new InvalidOperationException($"{contestant.Name}: {what} other than the reference's");
        }
    }

    private double Moved(Contestant contestant, Contestant reference, int at, int count) => Distance(
        contestant.Parameters.Slice(at, count), reference.Parameters.Slice(at, count), initial.AsSpan(at, count));

    /// <summary>The distance of a from b, as a part of the length of b, seen from an origin.</summary>
    private static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> origin = default)
    {
        double difference = 0, length = 0;
        for (int i = 0; i < b.Length; i++)
        {
            double d = (double)a[i] - b[i], l = b[i] - (origin.IsEmpty ? 0.0 : origin[i]);
            difference += d * d;
            length += l * l;
        }

        return length > 0 ? Math.Sqrt(difference / length) : difference;
    }
}
