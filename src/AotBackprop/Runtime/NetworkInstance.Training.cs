namespace AotBackprop.Runtime;

public sealed unsafe partial class NetworkInstance<TKernels>
{
    /// <inheritdoc cref="INetwork{TSelf}.Gradient(ReadOnlySpan{float}, ReadOnlySpan{int}, Span{float})"/>
    public double Gradient(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, Span<float> gradient)
    {
        fixed (int* l = labels)
        {
            return Gradient(CountSamples(X, labels), X, Targets.Of(l), labels, default, gradient);
        }
    }

    /// <inheritdoc cref="INetwork{TSelf}.Gradient(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float})"/>
    public double Gradient(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, Span<float> gradient)
    {
        fixed (float* y = Y)
        {
            return Gradient(CountSamples(X, Y), X, Targets.Of(y), default, Y, gradient);
        }
    }

    /// <inheritdoc cref="INetwork{TSelf}.Apply(ReadOnlySpan{float}, float)"/>
    public void Apply(ReadOnlySpan<float> gradient, float learningRate) => Apply(gradient, (Descent)learningRate);

    /// <inheritdoc cref="INetwork{TSelf}.Apply(ReadOnlySpan{float}, Optimizer)"/>
    public void Apply(ReadOnlySpan<float> gradient, Optimizer optimizer)
    {
        Apply(gradient, StateOf(optimizer));
        GC.KeepAlive(optimizer);
    }

    /// <inheritdoc cref="INetwork{TSelf}.TrainStep(ReadOnlySpan{float}, ReadOnlySpan{int}, float)"/>
    public double TrainStep(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, float learningRate)
    {
        fixed (int* l = labels)
        {
            return TrainStep(CountSamples(X, labels), X, Targets.Of(l), labels, default, learningRate);
        }
    }

    /// <inheritdoc cref="INetwork{TSelf}.TrainStep(ReadOnlySpan{float}, ReadOnlySpan{float}, float)"/>
    public double TrainStep(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, float learningRate)
    {
        fixed (float* y = Y)
        {
            return TrainStep(CountSamples(X, Y), X, Targets.Of(y), default, Y, learningRate);
        }
    }

    /// <inheritdoc cref="INetwork{TSelf}.TrainStep(ReadOnlySpan{float}, ReadOnlySpan{int}, Optimizer)"/>
    public double TrainStep(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, Optimizer optimizer)
    {
        fixed (int* l = labels)
        {
            double loss = TrainStep(CountSamples(X, labels), X, Targets.Of(l), labels, default, StateOf(optimizer));
            GC.KeepAlive(optimizer);
            return loss;
        }
    }

    /// <inheritdoc cref="INetwork{TSelf}.TrainStep(ReadOnlySpan{float}, ReadOnlySpan{float}, Optimizer)"/>
    public double TrainStep(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, Optimizer optimizer)
    {
        fixed (float* y = Y)
        {
            double loss = TrainStep(CountSamples(X, Y), X, Targets.Of(y), default, Y, StateOf(optimizer));
            GC.KeepAlive(optimizer);
            return loss;
        }
    }

    /// <inheritdoc cref="INetwork{TSelf}.TrainEpoch(ReadOnlySpan{float}, ReadOnlySpan{int}, int, float, ulong, int)"/>
    public double TrainEpoch(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, int batchSize, float learningRate, ulong seed, int epoch)
    {
        fixed (int* l = labels)
        {
            return TrainEpoch(CountSamples(X, labels), X, Targets.Of(l), labels, default, batchSize, learningRate, seed, epoch);
        }
    }

    /// <inheritdoc cref="INetwork{TSelf}.TrainEpoch(ReadOnlySpan{float}, ReadOnlySpan{float}, int, float, ulong, int)"/>
    public double TrainEpoch(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, int batchSize, float learningRate, ulong seed, int epoch)
    {
        fixed (float* y = Y)
        {
            return TrainEpoch(CountSamples(X, Y), X, Targets.Of(y), default, Y, batchSize, learningRate, seed, epoch);
        }
    }

    /// <inheritdoc cref="INetwork{TSelf}.TrainEpoch(ReadOnlySpan{float}, ReadOnlySpan{int}, int, Optimizer, ulong, int)"/>
    public double TrainEpoch(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, int batchSize, Optimizer optimizer, ulong seed, int epoch)
    {
        fixed (int* l = labels)
        {
            double loss = TrainEpoch(CountSamples(X, labels), X, Targets.Of(l), labels, default, batchSize, StateOf(optimizer), seed, epoch);
            GC.KeepAlive(optimizer);
            return loss;
        }
    }

    /// <inheritdoc cref="INetwork{TSelf}.TrainEpoch(ReadOnlySpan{float}, ReadOnlySpan{float}, int, Optimizer, ulong, int)"/>
    public double TrainEpoch(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, int batchSize, Optimizer optimizer, ulong seed, int epoch)
    {
        fixed (float* y = Y)
        {
            double loss = TrainEpoch(CountSamples(X, Y), X, Targets.Of(y), default, Y, batchSize, StateOf(optimizer), seed, epoch);
            GC.KeepAlive(optimizer);
            return loss;
        }
    }

    private double Gradient(
        int count, ReadOnlySpan<float> X, Targets targets, ReadOnlySpan<int> labels, ReadOnlySpan<float> Y, Span<float> gradient)
    {
        float* parameters = _memory.Parameters;
        Guard.Length(gradient.Length, TKernels.ParameterCount, nameof(gradient), "one for each weight and bias");
        nuint size = NetworkFunctions<TKernels>.TrainingWorkspaceSize((nuint)count);
        NetworkStatus status;
        double loss;
        fixed (float* x = X, g = gradient)
        {
            status = NetworkFunctions<TKernels>.Gradient(
                parameters, x, targets, (nuint)count, g, _memory.Training(size), size, out loss);
        }

        GC.KeepAlive(_memory);
        ThrowUnlessOk(status, X, labels, Y, 0);
        return loss;
    }

    private void Apply(ReadOnlySpan<float> gradient, in Descent descent)
    {
        float* parameters = _memory.Parameters;
        Guard.Length(gradient.Length, TKernels.ParameterCount, nameof(gradient), "one for each weight and bias");
        NetworkStatus status;
        fixed (float* g = gradient)
        {
            status = NetworkFunctions<TKernels>.Apply(parameters, g, descent);
        }

        GC.KeepAlive(_memory);
        if (status == NetworkStatus.NotFinite)
        {
            Guard.Finite(gradient, nameof(gradient));
        }

        ThrowUnlessOk(status, default, default, default, descent.LearningRate);
    }

    private double TrainStep(
        int count, ReadOnlySpan<float> X, Targets targets, ReadOnlySpan<int> labels, ReadOnlySpan<float> Y, in Descent descent)
    {
        float* parameters = _memory.Parameters;
        nuint size = NetworkFunctions<TKernels>.TeamWorkspaceSize((nuint)count, (nuint)_threads);
        NetworkStatus status;
        double loss;
        fixed (float* x = X)
        {
            if (_threads == 1)
            {
                status = NetworkFunctions<TKernels>.TrainStep(
                    parameters, x, targets, (nuint)count, descent, Team.Alone, _memory.Training(size), size, out loss);
            }
            else
            {
                _call.SetStep(parameters, x, targets, (nuint)count, descent, _memory.Training(size), size);
                (status, loss) = RunTogether();
            }
        }

        GC.KeepAlive(_memory);
        ThrowUnlessOk(status, X, labels, Y, descent.LearningRate);
        return loss;
    }

    private double TrainEpoch(
        int count,
        ReadOnlySpan<float> X,
        Targets targets,
        ReadOnlySpan<int> labels,
        ReadOnlySpan<float> Y,
        int batchSize,
        in Descent descent,
        ulong seed,
        int epoch)
    {
        float* parameters = _memory.Parameters;
        Guard.AtLeast(batchSize, 1, nameof(batchSize));
        Guard.AtLeast(epoch, 0, nameof(epoch));
        nuint size = NetworkFunctions<TKernels>.TeamEpochWorkspaceSize((nuint)count, (nuint)batchSize, (nuint)_threads);
        NetworkStatus status;
        double loss;
        fixed (float* x = X)
        {
            _call.SetEpoch(
                parameters, x, targets, (nuint)count, descent, (nuint)batchSize, seed, (ulong)epoch, _memory.Training(size), size);
            if (_threads == 1)
            {
                status = _call.Run(Team.Alone, out loss);
            }
            else
            {
                (status, loss) = RunTogether();
            }
        }

        GC.KeepAlive(_memory);
        ThrowUnlessOk(status, X, labels, Y, descent.LearningRate);
        return loss;
    }

    private (NetworkStatus Status, double Loss) RunTogether()
    {
        _crew ??= new Crew(_threads);
        _crew.Run(_call);
        return (_call.Status, _call.Loss);
    }

    private Descent StateOf(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return optimizer.Of(_memory, TKernels.ParameterCount);
    }
}
