using System.Globalization;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

public sealed class RandomShapeTests(ITestOutputHelper output)
{
    private readonly Dictionary<string, double> _worst = [];

    [Fact]
    public void Every_entry_of_every_tensor_is_what_the_oracle_computes()
    {
        RandomNetworks.ForEach(Compare);
        RandomNetworks.ForEachInEveryForm((network, forms) => Array.ForEach(forms[1..], form => Compare(network, form)));
        Report();
    }

    /// <summary>Where tiles, vectors and chunks of sums begin and end.</summary>
    [Fact]
    public void Shapes_at_the_edges_are_what_the_oracle_computes()
    {
        int[][] sizes =
        [
            [1, 2], [1, 1, 2], [130, 2], [1, 130], [7, 1, 1, 1, 3], [16, 16], [17, 17, 17], [64, 15, 2], [2, 64, 2],
            [100, 7, 33], [15, 88], [9, 24, 40, 3], [130, 130, 130, 130, 130], [8, 32, 16, 64, 65], [1030, 256, 260, 10],
        ];
        Shape[] shapes = [.. sizes.Select((s, i) => Shape.Forms(s).ElementAt(i % 2)), .. sizes.Where((_, i) => i % 3 == 0).Select(s => Shape.Forms(s).Last())];
        foreach ((Shape shape, Type network) in shapes.Zip(Shape.Compile(shapes)))
        {
            foreach (int N in new[] { 1, 5, 16, 67 })
            {
                Compare(new RandomNetwork(shape, N, N), network);
            }
        }

        Report();
    }

    private void Compare(RandomNetwork network, Type type)
    {
        using Subject subject = Subject.Drawn(type, network.Seed);
        foreach (bool soft in new[] { false, true })
        {
            OracleComparison comparison = OracleComparison.Of(subject, Batch.Draw(network.Seed, subject.Sizes, network.N, soft));
            foreach ((string kind, double error) in comparison.Worst)
            {
                _worst[kind] = Math.Max(_worst.GetValueOrDefault(kind), error);
            }

            Assert.True(comparison.Differences.Count == 0, $"{network.Shape}: {string.Join('\n', comparison.Differences.Take(5))}");
        }
    }

    private void Report() => output.WriteLine(
        "The largest errors, as parts of what is allowed: "
        + string.Join(", ", _worst.Select(w => $"{w.Key} {w.Value.ToString("G2", CultureInfo.InvariantCulture)}")));
}
