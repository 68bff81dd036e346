namespace AotBackprop.Abuse;

/// <summary>Networks of one type, optimizers and data that every thread uses and changes as it likes.</summary>
internal sealed class Victims<TNetwork>
    where TNetwork : class, INetwork<TNetwork>, IClassifier
{
    private const int Count = 3;
    private const int Samples = 96;

    private readonly int _inputs;
    private readonly int _classes;
    private readonly TNetwork[] _networks;
    private readonly Optimizer[] _optimizers;
    private readonly float[] _X;
    private readonly int[] _labels;
    private readonly float[] _Y;
    private readonly float[] _probabilities;
    private readonly float[] _gradient;

    public Victims(ReadOnlySpan<int> sizes)
    {
        _inputs = sizes[0];
        _classes = sizes[^1];
        _networks = [.. Enumerable.Range(0, Count).Select(i => TNetwork.Create((ulong)i))];
        _optimizers = [.. Enumerable.Range(0, Count).Select(_ => Optimizer.Adam())];
        _X = new float[Samples * _inputs];
        _labels = new int[Samples];
        _Y = new float[Samples * _classes];
        _probabilities = new float[Samples * _classes];
        _gradient = new float[TNetwork.ParameterCount];
        Mend(new Random(1));
    }

    /// <summary>One call, or one change of what the calls are given.</summary>
    public void Abuse(Random random)
    {
        int i = random.Next(Count);
        TNetwork network = Volatile.Read(ref _networks[i]);
        Optimizer optimizer = Volatile.Read(ref _optimizers[random.Next(Count)]);
        int N = random.Next(1, Samples + 1);
        ReadOnlySpan<float> X = _X.AsSpan(0, N * _inputs);
        ReadOnlySpan<int> labels = _labels.AsSpan(0, N);
        ReadOnlySpan<float> Y = _Y.AsSpan(0, N * _classes);
        Span<float> probabilities = _probabilities.AsSpan(0, N * _classes);
        switch (random.Next(22))
        {
            case 0:
                network.TrainStep(X, labels, 0.01f);
                break;
            case 1:
                network.TrainStep(X, labels, optimizer);
                break;
            case 2:
                network.TrainStep(X, Y, 0.01f);
                break;
            case 3:
                network.TrainStep(X, Y, optimizer, normalize: true);
                break;
            case 4:
                network.TrainEpoch(X, labels, random.Next(1, N + 2), 0.01f, 1, 0);
                break;
            case 5:
                network.TrainEpoch(X, Y, random.Next(1, N + 2), optimizer, 1, 0, normalize: true);
                break;
            case 6:
                network.Gradient(X, labels, _gradient);
                break;
            case 7:
                network.Apply(_gradient, random.Next(2) == 0 ? Optimizer.Sgd(0.01f) : optimizer);
                break;
            case 8:
                network.Forward(X, probabilities);
                break;
            case 9:
                network.Classify(X, new int[N]);
                break;
            case 10:
                network.Evaluate(X, labels);
                break;
            case 11:
                network.Evaluate(X, Y, normalize: random.Next(2) == 0);
                break;
            case 12:
                network.Initialize((ulong)random.Next(), (Initialization)random.Next(5));
                break;
            case 13:
                network.Threads = random.Next(1, 4);
                break;
            case 14:
                Drop(network, i, random);
                break;
            case 15:
                optimizer.Reset();
                break;
            case 16:
                KeepSpan(i, random);
                break;
            case 17:
                _labels[random.Next(Samples)] = random.Next(3) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(_classes);
                break;
            case 18:
                _X[random.Next(_X.Length)] = random.Next(50) == 0 ? float.NaN : random.Next(3) == 0 ? 0 : random.NextSingle();
                break;
            case 19:
                // The largest probability of a row moves; the sum stays.
                _Y.AsSpan(random.Next(Samples) * _classes, _classes).Reverse();
                break;
            case 20:
                // One call with labels that change while it runs.
                Task.Run(() => Array.Fill(_labels, random.Next(2) == 0 ? int.MaxValue : -1)).Wait();
                break;
            default:
                Mend(random);
                break;
        }
    }

    /// <summary>Another network, and another optimizer, take the place; the old one is disposed, or only dropped.</summary>
    private void Drop(TNetwork network, int i, Random random)
    {
        Volatile.Write(ref _optimizers[i], random.Next(3) switch
        {
            0 => Optimizer.Adam(1e-3f),
            1 => Optimizer.Momentum(0.01f, clipNorm: 1),
            _ => Optimizer.AdamW(),
        });
        TNetwork next = TNetwork.Create((ulong)random.Next());
        next.Threads = random.Next(1, 3);
        Volatile.Write(ref _networks[i], next);
        if (random.Next(2) == 0)
        {
            network.Dispose();
        }
    }

    /// <summary>Writes to a span of a network that is dropped meanwhile.</summary>
    private void KeepSpan(int i, Random random)
    {
        // Others may train this one, so that its numbers are anyone's: X may turn NaN in the middle of their step.
        Span<float> shared = Volatile.Read(ref _networks[i]).Parameters;
        Drop(Volatile.Read(ref _networks[i]), i, random);
        shared.Fill(0.01f);

        // This one nobody else has: what is written stays, though nothing but the span is left of the network.
        Span<float> alone = TNetwork.Create((ulong)i).Parameters;
        alone.Fill(0.01f);
        if (random.Next(20) == 0)
        {
            GC.Collect();
        }

        foreach (float parameter in alone)
        {
            if (parameter != 0.01f)
            {
                throw new InvalidProgramException($"A span of a dropped network holds {parameter}, not what was written to it.");
            }
        }
    }

    private void Mend(Random random)
    {
        foreach (ref float x in _X.AsSpan())
        {
            x = random.Next(3) == 0 ? random.NextSingle() : 0;
        }

        foreach (ref int label in _labels.AsSpan())
        {
            label = random.Next(_classes);
        }

        for (int n = 0; n < Samples; n++)
        {
            Span<float> row = _Y.AsSpan(n * _classes, _classes);
            row.Clear();
            row[random.Next(_classes)] = 0.75f;
            row[random.Next(_classes)] += 0.25f;
        }
    }
}
