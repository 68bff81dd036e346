using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

public sealed unsafe partial class NetworkInstance<TKernels>
{
    /// <inheritdoc cref="INetwork{TSelf}.Gradient(ReadOnlySpan{float}, ReadOnlySpan{int}, Span{float})"/>
    public double Gradient(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, Span<float> gradient) =>
        Gradient(SamplesOf(X, labels), gradient);

    /// <inheritdoc cref="INetwork{TSelf}.Gradient(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, bool)"/>
    public double Gradient(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, Span<float> gradient, bool normalize) =>
        Gradient(SamplesOf(X, Y, normalize), gradient);

    /// <inheritdoc cref="INetwork{TSelf}.Apply(ReadOnlySpan{float}, float)"/>
    public void Apply(ReadOnlySpan<float> gradient, float learningRate) => Apply(gradient, null, learningRate);

    /// <inheritdoc cref="INetwork{TSelf}.Apply(ReadOnlySpan{float}, Optimizer)"/>
    public void Apply(ReadOnlySpan<float> gradient, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        Apply(gradient, optimizer, 0);
    }

    /// <inheritdoc cref="INetwork{TSelf}.TrainStep(ReadOnlySpan{float}, ReadOnlySpan{int}, float)"/>
    public double TrainStep(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, float learningRate) =>
        TrainStep(SamplesOf(X, labels), null, learningRate);

    /// <inheritdoc cref="INetwork{TSelf}.TrainStep(ReadOnlySpan{float}, ReadOnlySpan{float}, float, bool)"/>
    public double TrainStep(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, float learningRate, bool normalize) =>
        TrainStep(SamplesOf(X, Y, normalize), null, learningRate);

    /// <inheritdoc cref="INetwork{TSelf}.TrainStep(ReadOnlySpan{float}, ReadOnlySpan{int}, Optimizer)"/>
    public double TrainStep(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return TrainStep(SamplesOf(X, labels), optimizer, 0);
    }

    /// <inheritdoc cref="INetwork{TSelf}.TrainStep(ReadOnlySpan{float}, ReadOnlySpan{float}, Optimizer, bool)"/>
    public double TrainStep(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, Optimizer optimizer, bool normalize)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return TrainStep(SamplesOf(X, Y, normalize), optimizer, 0);
    }

    /// <inheritdoc cref="INetwork{TSelf}.TrainEpoch(ReadOnlySpan{float}, ReadOnlySpan{int}, int, float, ulong, int)"/>
    public double TrainEpoch(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, int batchSize, float learningRate, ulong seed, int epoch) =>
        TrainEpoch(SamplesOf(X, labels), batchSize, null, learningRate, seed, epoch);

    /// <inheritdoc cref="INetwork{TSelf}.TrainEpoch(ReadOnlySpan{float}, ReadOnlySpan{float}, int, float, ulong, int, bool)"/>
    public double TrainEpoch(
        ReadOnlySpan<float> X, ReadOnlySpan<float> Y, int batchSize, float learningRate, ulong seed, int epoch, bool normalize) =>
        TrainEpoch(SamplesOf(X, Y, normalize), batchSize, null, learningRate, seed, epoch);

    /// <inheritdoc cref="INetwork{TSelf}.TrainEpoch(ReadOnlySpan{float}, ReadOnlySpan{int}, int, Optimizer, ulong, int)"/>
    public double TrainEpoch(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, int batchSize, Optimizer optimizer, ulong seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return TrainEpoch(SamplesOf(X, labels), batchSize, optimizer, 0, seed, epoch);
    }

    /// <inheritdoc cref="INetwork{TSelf}.TrainEpoch(ReadOnlySpan{float}, ReadOnlySpan{float}, int, Optimizer, ulong, int, bool)"/>
    public double TrainEpoch(
        ReadOnlySpan<float> X, ReadOnlySpan<float> Y, int batchSize, Optimizer optimizer, ulong seed, int epoch, bool normalize)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return TrainEpoch(SamplesOf(X, Y, normalize), batchSize, optimizer, 0, seed, epoch);
    }

    private static Samples SamplesOf(ReadOnlySpan<float> X, ReadOnlySpan<int> labels) => new(X, labels, TKernels.InputCount);

    private static Samples SamplesOf(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, bool normalize) =>
        new(X, Y, normalize, TKernels.InputCount, TKernels.ClassCount);

    private static Targets TargetsOf(int* labels, float* Y) => labels != null ? Targets.Of(labels) : Targets.Of(Y);

    /// <summary>Y as the kernels take it, for a call that has the object to itself.</summary>
    private ReadOnlySpan<float> ProbabilitiesOf(in Samples samples) => samples.Normalizes
        ? samples.Divided(_memory.Targets(samples.Y.Length), TKernels.ClassCount)
        : samples.Y;

    private double Gradient(in Samples samples, Span<float> gradient)
    {
        Guard.Length(gradient.Length, TKernels.ParameterCount, nameof(gradient), "one for each weight and bias");
        nuint count = (nuint)samples.Count;
        nuint size = NetworkFunctions<TKernels>.TrainingWorkspaceSize(count);
        NetworkStatus status;
        double loss;
        PinnedMemory parameters = Enter(Activity.Gradient);
        try
        {
            PinnedMemory workspace = _memory.Training(size);
            fixed (float* x = samples.X, y = ProbabilitiesOf(samples), g = gradient)
            fixed (int* l = samples.Labels)
            {
                status = NetworkFunctions<TKernels>.Gradient(
                    (float*)parameters.Start, x, TargetsOf(l, y), count, g, workspace.Start, size, out loss);
            }
        }
        finally
        {
            Leave();
        }

        GC.KeepAlive(parameters);
        if (status != NetworkStatus.Ok)
        {
            Throw(status, samples, default);
        }

        return loss;
    }

    private void Apply(ReadOnlySpan<float> gradient, Optimizer? optimizer, float learningRate)
    {
        Guard.Length(gradient.Length, TKernels.ParameterCount, nameof(gradient), "one for each weight and bias");
        NetworkStatus status;
        OptimizerStep optimizerStep;
        PinnedMemory parameters = Enter(Activity.Apply);
        try
        {
            optimizerStep = OptimizerStepOf(optimizer, learningRate, out PinnedMemory? state);
            fixed (float* g = gradient)
            {
                status = NetworkFunctions<TKernels>.Apply((float*)parameters.Start, g, optimizerStep);
            }

            GC.KeepAlive(state);
        }
        finally
        {
            Leave();
        }

        GC.KeepAlive(parameters);
        if (status != NetworkStatus.Ok)
        {
            ThrowOfApply(status, gradient, optimizerStep);
        }
    }

    private double TrainStep(in Samples samples, Optimizer? optimizer, float learningRate)
    {
        NetworkStatus status;
        double loss;
        OptimizerStep optimizerStep;
        PinnedMemory parameters = Enter(Activity.TrainStep);
        if (optimizer is null && samples.Labels.Length == 1 && StepOne(parameters, samples, learningRate, out loss))
        {
            Leave();
            return loss;
        }

        try
        {
            status = Step(parameters, samples, optimizer, learningRate, out optimizerStep, out loss);
        }
        finally
        {
            Leave();
        }

        if (status != NetworkStatus.Ok)
        {
            Throw(status, samples, optimizerStep);
        }

        return loss;
    }

    /// <summary>
    /// A step on one sample in as few instructions as there are, where the network has such a step and its memory is there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool StepOne(PinnedMemory parameters, in Samples samples, float learningRate, out double loss)
    {
        bool done = false;
        loss = 0;
        if (_memory.TrainingOf(NetworkFunctions<TKernels>.TrainingWorkspaceSize(1)) is { } workspace)
        {
            fixed (float* x = samples.X)
            {
                done = NetworkFunctions<TKernels>.StepOne(
                    (float*)parameters.Start, x, samples.Labels[0], learningRate, (float*)workspace.Start, out loss);
            }

            GC.KeepAlive(parameters);
        }

        return done;
    }

    private NetworkStatus Step(
        PinnedMemory parameters, in Samples samples, Optimizer? optimizer, float learningRate, out OptimizerStep optimizerStep, out double loss)
    {
        NetworkStatus status;
        nuint count = (nuint)samples.Count;
        optimizerStep = OptimizerStepOf(optimizer, learningRate, out PinnedMemory? state);
        nuint size = NetworkFunctions<TKernels>.TeamWorkspaceSize(count, (nuint)_threads);
        PinnedMemory workspace = _memory.Training(size);
        fixed (float* x = samples.X, y = ProbabilitiesOf(samples))
        fixed (int* l = samples.Labels)
        {
            if (_threads == 1)
            {
                status = NetworkFunctions<TKernels>.TrainStep(
                    (float*)parameters.Start, x, TargetsOf(l, y), count, optimizerStep, Team.Alone, workspace.Start, size, out loss);
            }
            else
            {
                _call.SetStep((float*)parameters.Start, x, TargetsOf(l, y), count, optimizerStep, workspace.Start, size);
                (status, loss) = RunTogether();
            }
        }

        GC.KeepAlive(state);
        GC.KeepAlive(parameters);
        return status;
    }

    private double TrainEpoch(in Samples samples, int batchSize, Optimizer? optimizer, float learningRate, ulong seed, int epoch)
    {
        Guard.AtLeast(batchSize, 1, nameof(batchSize));
        Guard.AtLeast(epoch, 0, nameof(epoch));
        nuint count = (nuint)samples.Count;
        NetworkStatus status;
        double loss;
        OptimizerStep optimizerStep;
        PinnedMemory parameters = Enter(Activity.TrainEpoch);
        try
        {
            optimizerStep = OptimizerStepOf(optimizer, learningRate, out PinnedMemory? state);
            nuint size = NetworkFunctions<TKernels>.TeamEpochWorkspaceSize(count, (nuint)batchSize, (nuint)_threads);
            PinnedMemory workspace = _memory.Training(size);
            fixed (float* x = samples.X, y = ProbabilitiesOf(samples))
            fixed (int* l = samples.Labels)
            {
                _call.SetEpoch(
                    (float*)parameters.Start, x, TargetsOf(l, y), count, optimizerStep, (nuint)batchSize, seed, (ulong)epoch, workspace.Start, size);
                if (_threads == 1)
                {
                    status = _call.Run(Team.Alone, out loss);
                }
                else
                {
                    (status, loss) = RunTogether();
                }
            }

            GC.KeepAlive(state);
        }
        finally
        {
            Leave();
        }

        GC.KeepAlive(parameters);
        if (status != NetworkStatus.Ok)
        {
            Throw(status, samples, optimizerStep);
        }

        return loss;
    }

    private (NetworkStatus Status, double Loss) RunTogether()
    {
        _pool ??= new WorkerPool(_threads);
        _pool.Run(_call);
        return (_call.Status, _call.Loss);
    }

    /// <summary>How to move: as the optimizer says, whose state the caller keeps alive, or by the gradient alone.</summary>
    private OptimizerStep OptimizerStepOf(Optimizer? optimizer, float learningRate, out PinnedMemory? state)
    {
        state = null;
        return optimizer is null ? learningRate : optimizer.Of(this, TKernels.ParameterCount, out state);
    }
}
