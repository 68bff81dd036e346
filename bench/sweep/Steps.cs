using System.Diagnostics;
using AotBackprop;

namespace Sweep;

/// <summary>Training steps of a network whose type is known only at run time.</summary>
internal abstract class Steps
{
    public static Steps Of(Type network) => (Steps)Activator.CreateInstance(typeof(Steps<>).MakeGenericType(network))!;

    /// <summary>Seconds of one step.</summary>
    public abstract double Time(int batch, int repeats);
}

internal sealed class Steps<T> : Steps
    where T : class, INetwork<T>
{
    private readonly T _network = T.Create(1);
    private readonly Dictionary<int, (float[] X, int[] Labels)> _samples = [];

    public override double Time(int batch, int repeats)
    {
        if (!_samples.TryGetValue(batch, out (float[] X, int[] Labels) samples))
        {
            Random random = new(1);
            samples = (
                [.. Enumerable.Range(0, batch * T.LayerSizes[0]).Select(_ => random.NextSingle() + float.Epsilon)],
                [.. Enumerable.Range(0, batch).Select(n => n % T.LayerSizes[^1])]);
            _samples[batch] = samples;
        }

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
        {
            _network.TrainStep(samples.X, samples.Labels, 1e-5f);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }
}
