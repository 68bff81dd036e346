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

    [Fact]
    public void Shapes_at_the_edges_are_what_the_oracle_computes()
    {
        EdgeNetworks.ForEach([1, 5, 16, 67], Compare);
        Report();
    }

    private void Compare(RandomNetwork network, Type type)
    {
        using Subject subject = Subject.Drawn(type, network.Seed);
        foreach (bool soft in new[] { false, true })
        {
            OracleComparison comparison = OracleComparison.Of(subject, Batch.Draw(network.Seed, subject, network.N, soft));
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
