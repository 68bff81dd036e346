// How much of the core's multiply-add peak a training step reaches. Peak loop and step are timed in turn, so that a
// change of the core's clock meets both; the ratio quoted is the median of the pairs. Pin it: taskset -c 1 …
using System.Diagnostics;
using System.Globalization;
using AotBackprop;
using PeakFraction;

const int Pairs = 41;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.WriteLine("network           batch   step µs   GFLOP/s      peak  fraction  (medians)");
Measure<Mnist>(128);
Measure<Mnist>(32);
Measure<Mnist>(1);
Measure<DeepMnist>(128);
Measure<WideMnist>(128);
Measure<Digits>(32);
Measure<Digits>(1);

static void Measure<T>(int batch)
    where T : class, INetwork<T>
{
    ReadOnlySpan<int> sizes = T.LayerSizes;
    Random random = new(1);
    float[] X = new float[batch * sizes[0]];
    foreach (ref float x in X.AsSpan())
    {
        x = random.NextSingle();
    }

    int[] labels = [.. Enumerable.Range(0, batch).Select(n => n % 10)];
    using T network = T.Create(1);

    // Forward and dW for each layer, dA for each but the first.
    double operations = 0;
    for (int l = 1; l < sizes.Length; l++)
    {
        operations += 2.0 * sizes[l - 1] * sizes[l] * batch * (l == 1 ? 2 : 3);
    }

    int steps = Math.Max(1, (int)(PeakLoop.Operations / operations / 2));
    double[] peaks = new double[Pairs], times = new double[Pairs];
    for (int pair = -10; pair < Pairs; pair++)
    {
        long start = Stopwatch.GetTimestamp();
        PeakLoop.Run();
        long middle = Stopwatch.GetTimestamp();
        for (int step = 0; step < steps; step++)
        {
            network.TrainStep(X, labels, 1e-4f);
        }

        double time = Stopwatch.GetElapsedTime(middle).TotalSeconds / steps;
        if (pair >= 0)
        {
            peaks[pair] = PeakLoop.Operations / Stopwatch.GetElapsedTime(start, middle).TotalSeconds / 1e9;
            times[pair] = time;
        }
    }

    double fraction = Median([.. peaks.Zip(times, (peak, time) => operations / time / 1e9 / peak)]);
    double step50 = Median(times);
    string shape = string.Join('-', sizes.ToArray());
    Console.WriteLine($"{shape,-16} {batch,6} {step50 * 1e6,9:F2} {operations / step50 / 1e9,9:F1} {Median(peaks),9:F1} {fraction,9:P1}");
}

static double Median(double[] numbers)
{
    Array.Sort(numbers);
    return numbers[numbers.Length / 2];
}
