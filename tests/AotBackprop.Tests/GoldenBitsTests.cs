using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AotBackprop.Probe;
using AotBackprop.Tests.Support;
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

    /// <summary>
    /// What the tests of C and Python learn too: initialised with seed 7, three epochs, batches of 32, η 0.1, shuffle
    /// seed 7.
    /// </summary>
    [Fact]
    public void Three_epochs_of_the_digits_have_the_bits_of_every_language()
    {
        (float[] X, int[] labels) = HandwrittenDigits.Training();
        using Digits network = new(seed: 7);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            network.TrainEpoch(X, labels, batchSize: 32, learningRate: 0.1f, seed: 7, epoch);
        }

        string mode = VectorUnit.IsFused ? "fused" : "unfused";
        string hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(network.Parameters)));
        string line = $"{mode} {hash}";
        Assert.True(
            File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "digits-three-epochs.sha256")).Contains(line),
            $"The trained bits have changed. If they were meant to, this line belongs into digits-three-epochs.sha256:\n{line}");
    }

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);
}
