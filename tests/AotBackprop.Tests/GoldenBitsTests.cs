using AotBackprop.Probe;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>
/// The bits of trained parameters, as they are committed in golden-bits.txt: a change of the order of any sum, of the
/// exponential, of the initialization, shows here. Where such a change is meant, run this test with and without
/// DOTNET_EnableAVX2=0 and put the lines that it prints into the file.
/// </summary>
public sealed class GoldenBitsTests
{
    [Fact]
    public void Trained_parameters_have_the_committed_bits()
    {
        string mode = VectorUnit.IsFused ? "fused" : "unfused";
        string committed = Lines(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "golden-bits.txt")).Where(line => line.StartsWith(mode + " ", StringComparison.Ordinal)));
        string trained = Lines(Training.All().Select(t => $"{mode} {t.Name} {t.Hash}"));
        Assert.True(committed == trained, $"The trained bits have changed. If they were meant to, these lines belong into golden-bits.txt:\n{trained}");
    }

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);
}
