namespace AotBackprop.Tests.Support;

/// <summary>A generated network whose type is known only at run time.</summary>
internal abstract class Subject : IDisposable
{
    public abstract int[] Sizes { get; }

    public abstract Activation Activation { get; }

    /// <summary>What the oracle has for the activation.</summary>
    public Oracle.HiddenFunction Hidden => Oracle.HiddenFunction.ByName[Activations.NameOf(Activation)];

    public abstract Span<float> Parameters { get; }

    public abstract int Threads { set; }

    public static Subject Of(Type network, ulong seed) =>
        (Subject)Activator.CreateInstance(typeof(Subject<>).MakeGenericType(network), seed)!;

    /// <summary>As <see cref="Of"/>, with biases that are not 0.</summary>
    public static Subject Drawn(Type network, int seed)
    {
        Subject subject = Of(network, (ulong)seed);
        Random random = new(seed);
        foreach (Oracle.ParameterTensor tensor in Oracle.ParameterTensor.Of(subject.Sizes).Where(t => t.Name[0] == 'b'))
        {
            foreach (ref float b in subject.Parameters.Slice(tensor.Offset, tensor.Count))
            {
                b = random.NextSingle() - 0.5f;
            }
        }

        return subject;
    }

    public abstract float[] Forward(ReadOnlySpan<float> X);

    public abstract int[] Classify(ReadOnlySpan<float> X);

    public abstract Evaluation Evaluate(Batch batch);

    public abstract double Loss(Batch batch);

    public abstract (double Loss, float[] Gradient) Gradient(Batch batch);

    public abstract void Apply(ReadOnlySpan<float> gradient, float learningRate);

    public abstract double TrainStep(Batch batch, float learningRate);

    public abstract double TrainEpoch(Batch set, int batchSize, float learningRate, ulong seed, int epoch);

    public abstract void Apply(ReadOnlySpan<float> gradient, Optimizer optimizer);

    public abstract double TrainStep(Batch batch, Optimizer optimizer);

    public abstract double TrainEpoch(Batch set, int batchSize, Optimizer optimizer, ulong seed, int epoch);

    /// <summary>Every intermediate of the derivation, found by its name.</summary>
    public abstract Intermediates Trace(Batch batch);

    public abstract void Dispose();
}

internal sealed class Subject<TNetwork>(ulong seed) : Subject
    where TNetwork : class, INetwork<TNetwork>
{
    private readonly TNetwork _network = TNetwork.Create(seed);

    private delegate object TraceOfLabels(TNetwork network, ReadOnlySpan<float> X, ReadOnlySpan<int> labels);

    private delegate object TraceOfProbabilities(TNetwork network, ReadOnlySpan<float> X, ReadOnlySpan<float> Y, bool normalize);

    public override int[] Sizes => TNetwork.LayerSizes.ToArray();

    public override Activation Activation => TNetwork.HiddenActivation;

    public override Span<float> Parameters => _network.Parameters;

    public override int Threads
    {
        set => _network.Threads = value;
    }

    public override float[] Forward(ReadOnlySpan<float> X)
    {
        float[] probabilities = new float[X.Length / TNetwork.LayerSizes[0] * TNetwork.LayerSizes[^1]];
        _network.Forward(X, probabilities);
        return probabilities;
    }

    public override int[] Classify(ReadOnlySpan<float> X)
    {
        int[] classes = new int[X.Length / TNetwork.LayerSizes[0]];
        _network.Classify(X, classes);
        return classes;
    }

    public override Evaluation Evaluate(Batch batch) =>
        batch.Labels is { } labels ? _network.Evaluate(batch.X, labels) : _network.Evaluate(batch.X, batch.Y);

    public override double Loss(Batch batch) =>
        batch.Labels is { } labels ? _network.Loss(batch.X, labels) : _network.Loss(batch.X, batch.Y);

    public override (double Loss, float[] Gradient) Gradient(Batch batch)
    {
        float[] gradient = new float[TNetwork.ParameterCount];
        double loss = batch.Labels is { } labels
            ? _network.Gradient(batch.X, labels, gradient)
            : _network.Gradient(batch.X, batch.Y, gradient);
        return (loss, gradient);
    }

    public override void Apply(ReadOnlySpan<float> gradient, float learningRate) => _network.Apply(gradient, learningRate);

    public override double TrainStep(Batch batch, float learningRate) => batch.Labels is { } labels
        ? _network.TrainStep(batch.X, labels, learningRate)
        : _network.TrainStep(batch.X, batch.Y, learningRate);

    public override double TrainEpoch(Batch set, int batchSize, float learningRate, ulong seed, int epoch) => set.Labels is { } labels
        ? _network.TrainEpoch(set.X, labels, batchSize, learningRate, seed, epoch)
        : _network.TrainEpoch(set.X, set.Y, batchSize, learningRate, seed, epoch);

    public override void Apply(ReadOnlySpan<float> gradient, Optimizer optimizer) => _network.Apply(gradient, optimizer);

    public override double TrainStep(Batch batch, Optimizer optimizer) => batch.Labels is { } labels
        ? _network.TrainStep(batch.X, labels, optimizer)
        : _network.TrainStep(batch.X, batch.Y, optimizer);

    public override double TrainEpoch(Batch set, int batchSize, Optimizer optimizer, ulong seed, int epoch) => set.Labels is { } labels
        ? _network.TrainEpoch(set.X, labels, batchSize, optimizer, seed, epoch)
        : _network.TrainEpoch(set.X, set.Y, batchSize, optimizer, seed, epoch);

    public override Intermediates Trace(Batch batch) => new(batch.Labels is { } labels
        ? Trace<TraceOfLabels>(typeof(ReadOnlySpan<int>))(_network, batch.X, labels)
        : Trace<TraceOfProbabilities>(typeof(ReadOnlySpan<float>), typeof(bool))(_network, batch.X, batch.Y, normalize: false));

    public override void Dispose() => _network.Dispose();

    private static TDelegate Trace<TDelegate>(params Type[] targets)
        where TDelegate : Delegate => typeof(TNetwork)
        .GetMethod("Trace", [typeof(ReadOnlySpan<float>), .. targets])!
        .CreateDelegate<TDelegate>();
}

/// <summary>What a network's Trace returned.</summary>
internal sealed class Intermediates(object derivation)
{
    public double Loss => (double)derivation.GetType().GetProperty(nameof(Loss))!.GetValue(derivation)!;

    /// <summary>Z1, A1, dA2, dW1, …</summary>
    public float[] this[string name] => (float[])derivation.GetType().GetProperty(name)!.GetValue(derivation)!;
}
