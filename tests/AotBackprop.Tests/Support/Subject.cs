namespace AotBackprop.Tests.Support;

/// <summary>A generated network whose type is known only at run time.</summary>
internal abstract class Subject : IDisposable
{
    public abstract int[] Sizes { get; }

    public abstract Activation Activation { get; }

    /// <summary>What the oracle has for the activation.</summary>
    public Oracle.HiddenFunction Hidden => Oracle.HiddenFunction.ByName[Activations.NameOf(Activation)];

    public abstract Output Output { get; }

    public abstract float HuberDelta { get; }

    /// <summary>What the oracle has for the output.</summary>
    public Oracle.OutputFunction? Outputs => Oracle.OutputFunction.ByName(AotBackprop.Outputs.NameOf(Output), HuberDelta);

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

    /// <summary>Class numbers, or which labels hold; nothing of a regressor.</summary>
    public abstract int[] Classify(ReadOnlySpan<float> X);

    /// <summary>Figures of this network's kind.</summary>
    public abstract object Evaluate(Batch batch);

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

    private delegate object TraceOfTargets(TNetwork network, ReadOnlySpan<float> X, Targets targets);

    public override int[] Sizes => TNetwork.LayerSizes.ToArray();

    public override Activation Activation => TNetwork.HiddenActivation;

    public override Output Output => TNetwork.OutputKind;

    public override float HuberDelta => TNetwork.HuberDelta;

    public override Span<float> Parameters => _network.Parameters;

    public override int Threads
    {
        set => _network.Threads = value;
    }

    public override float[] Forward(ReadOnlySpan<float> X)
    {
        float[] outputs = new float[X.Length / TNetwork.LayerSizes[0] * TNetwork.LayerSizes[^1]];
        _network.Forward(X, outputs);
        return outputs;
    }

    public override int[] Classify(ReadOnlySpan<float> X)
    {
        int N = X.Length / TNetwork.LayerSizes[0];
        int[] classes = _network switch
        {
            IClassifier => new int[N],
            IMultiLabelClassifier => new int[N * TNetwork.LayerSizes[^1]],
            _ => [],
        };
        (_network as IClassifier)?.Classify(X, classes);
        (_network as IMultiLabelClassifier)?.Predict(X, classes);
        return classes;
    }

    public override object Evaluate(Batch batch) => _network switch
    {
        IClassifier classifier => classifier.Evaluate(batch.X, batch.Targets),
        IMultiLabelClassifier classifier => Values(classifier.Evaluate(batch.X, batch.Targets)),
        _ => ((IRegressor)_network).Evaluate(batch.X, batch.Targets),
    };

    public override double Loss(Batch batch) => _network.Loss(batch.X, batch.Targets);

    public override (double Loss, float[] Gradient) Gradient(Batch batch)
    {
        float[] gradient = new float[TNetwork.ParameterCount];
        return (_network.Gradient(batch.X, batch.Targets, gradient), gradient);
    }

    public override void Apply(ReadOnlySpan<float> gradient, float learningRate) => _network.Apply(gradient, learningRate);

    public override double TrainStep(Batch batch, float learningRate) => _network.TrainStep(batch.X, batch.Targets, learningRate);

    public override double TrainEpoch(Batch set, int batchSize, float learningRate, ulong seed, int epoch) =>
        _network.TrainEpoch(set.X, set.Targets, batchSize, learningRate, seed, epoch);

    public override void Apply(ReadOnlySpan<float> gradient, Optimizer optimizer) => _network.Apply(gradient, optimizer);

    public override double TrainStep(Batch batch, Optimizer optimizer) => _network.TrainStep(batch.X, batch.Targets, optimizer);

    public override double TrainEpoch(Batch set, int batchSize, Optimizer optimizer, ulong seed, int epoch) =>
        _network.TrainEpoch(set.X, set.Targets, batchSize, optimizer, seed, epoch);

    public override Intermediates Trace(Batch batch) => new(typeof(TNetwork)
        .GetMethod("Trace", [typeof(ReadOnlySpan<float>), typeof(Targets)])!
        .CreateDelegate<TraceOfTargets>()(_network, batch.X, batch.Targets));

    public override void Dispose() => _network.Dispose();

    // A list is equal to no other one.
    private static object Values(MultiLabelEvaluation found) =>
        (found.Loss, found.Correct, string.Join(' ', found.LabelAccuracy), found.Count);
}

/// <summary>What a network's Trace returned.</summary>
internal sealed class Intermediates(object derivation)
{
    public double Loss => (double)derivation.GetType().GetProperty(nameof(Loss))!.GetValue(derivation)!;

    /// <summary>Z1, A1, dA2, dW1, …</summary>
    public float[] this[string name] => (float[])derivation.GetType().GetProperty(name)!.GetValue(derivation)!;
}
