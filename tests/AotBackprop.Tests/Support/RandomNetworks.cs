using CsCheck;
using Xunit;

namespace AotBackprop.Tests.Support;

/// <summary>A random network, its random parameters and the size of a random batch.</summary>
/// <param name="Shape">What was asked for.</param>
/// <param name="Seed">Decides parameters and data.</param>
/// <param name="N">Samples in a batch.</param>
internal sealed record RandomNetwork(Shape Shape, int Seed, int N)
{
    public override string ToString() => $"{Shape} seed {Seed}, N = {N}";
}

/// <summary>
/// Networks drawn at random and compiled by the generator. A failure names the seed that they were drawn from: set the
/// environment variable CsCheck_Seed to it to draw the same again. Runs that have the same number in the environment
/// variable AOTBACKPROP_DRAW draw the same, and compile it once.
/// </summary>
internal sealed class RandomNetworks
{
    private static readonly int Count = Trials.AreInFull ? 64 : 12;

    // The first of them are there in every form.
    private static readonly int CountInEveryForm = Trials.AreInFull ? 8 : 3;

    private static readonly uint Draw =
        uint.TryParse(Environment.GetEnvironmentVariable("AOTBACKPROP_DRAW"), out uint number) ? number : (uint)Environment.ProcessId;

    private static readonly Gen<RandomNetwork> Network =
        Gen.Select(Shape.Random, Gen.Int[0, 1 << 20], Gen.Int[1, 70], (shape, seed, N) => new RandomNetwork(shape, seed, N));

    private static readonly Lazy<RandomNetworks> Drawn = new(() => new RandomNetworks());

    private readonly string _seed;
    private readonly Dictionary<RandomNetwork, Type[]> _networks = [];

    private RandomNetworks()
    {
        string? seed = Environment.GetEnvironmentVariable("CsCheck_Seed");
        PCG random = string.IsNullOrEmpty(seed) ? new PCG(Draw) : PCG.Parse(seed);
        _seed = random.ToString();
        RandomNetwork[] drawn = Network.Array[Count].Generate(random, null, out _);
        Shape[][] shapes = [.. drawn.Select((network, i) => i < CountInEveryForm ? Shape.Forms(network.Shape.Sizes).ToArray() : [network.Shape])];
        Queue<Type> types = new(Shape.Compile([.. shapes.SelectMany(forms => forms)]));
        for (int i = 0; i < Count; i++)
        {
            _networks.Add(drawn[i], [.. shapes[i].Select(_ => types.Dequeue())]);
        }
    }

    /// <summary>Tests each network, one that is there in several forms in the first of them.</summary>
    public static void ForEach(Action<RandomNetwork, Type> test) => Drawn.Value.Run(_ => true, (network, forms) => test(network, forms[0]));

    /// <summary>Tests the networks that are there in every form.</summary>
    public static void ForEachInEveryForm(Action<RandomNetwork, Type[]> test) => Drawn.Value.Run(forms => forms.Length > 1, test);

    private void Run(Func<Type[], bool> wanted, Action<RandomNetwork, Type[]> test)
    {
        List<string> failures = [];
        foreach ((RandomNetwork network, Type[] forms) in _networks.Where(n => wanted(n.Value)))
        {
            if (Record.Exception(() => test(network, forms)) is { } failure)
            {
                failures.Add($"{network}: {failure.Message}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} networks of CsCheck_Seed={_seed} failed:\n{string.Join('\n', failures)}");
    }
}
