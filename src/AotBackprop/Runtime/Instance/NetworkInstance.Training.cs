using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

public sealed unsafe partial class NetworkInstance<TKernels>
{
    /// <inheritdoc cref="INetwork.Gradient"/>
    public double Gradient(ReadOnlySpan<float> X, Targets targets, Span<float> gradient) => Gradient(SamplesOf(X, targets), gradient);

    /// <inheritdoc cref="INetwork.Apply(ReadOnlySpan{float}, float)"/>
    public void Apply(ReadOnlySpan<float> gradient, float learningRate) => Apply(gradient, null, learningRate);

    /// <inheritdoc cref="INetwork.Apply(ReadOnlySpan{float}, Optimizer)"/>
    public void Apply(ReadOnlySpan<float> gradient, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        Apply(gradient, optimizer, 0);
    }

    /// <inheritdoc cref="INetwork.TrainStep(ReadOnlySpan{float}, Targets, float)"/>
    public double TrainStep(ReadOnlySpan<float> X, Targets targets, float learningRate) =>
        TrainStep(TrainingSamplesOf(X, targets), null, learningRate);

    /// <inheritdoc cref="INetwork.TrainStep(ReadOnlySpan{float}, Targets, Optimizer)"/>
    public double TrainStep(ReadOnlySpan<float> X, Targets targets, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return TrainStep(TrainingSamplesOf(X, targets), optimizer, 0);
    }

    /// <inheritdoc cref="INetwork.TrainEpoch(ReadOnlySpan{float}, Targets, int, float, ulong, int)"/>
    public double TrainEpoch(ReadOnlySpan<float> X, Targets targets, int batchSize, float learningRate, ulong seed, int epoch) =>
        TrainEpoch(TrainingSamplesOf(X, targets), batchSize, null, learningRate, seed, epoch);

    /// <inheritdoc cref="INetwork.TrainEpoch(ReadOnlySpan{float}, Targets, int, Optimizer, ulong, int)"/>
    public double TrainEpoch(ReadOnlySpan<float> X, Targets targets, int batchSize, Optimizer optimizer, ulong seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return TrainEpoch(TrainingSamplesOf(X, targets), batchSize, optimizer, 0, seed, epoch);
    }

    private static Samples SamplesOf(ReadOnlySpan<float> X, Targets targets) =>
        new(X, targets, TKernels.InputCount, new OutputShape(TKernels.Output, TKernels.OutputCount));

    /// <summary>Samples that a step may read while it writes the parameters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Samples TrainingSamplesOf(ReadOnlySpan<float> X, Targets targets)
    {
        Guard.Apart(X, Parameters, nameof(X), nameof(Parameters));
        Guard.Apart(targets.Values, Parameters, nameof(targets), nameof(Parameters));
        return SamplesOf(X, targets);
    }

    /// <summary>Y as the kernels take it, for a call that has the object to itself.</summary>
    private ReadOnlySpan<float> ValuesOf(in Samples samples) => samples.Targets.Normalizes
        ? samples.Divided(_memory.Targets(samples.Targets.Values.Length), TKernels.OutputCount)
        : samples.Targets.Values;

    private double Gradient(in Samples samples, Span<float> gradient)
    {
        Guard.Length(gradient.Length, TKernels.ParameterCount, nameof(gradient), "one for each weight and bias");
        nuint count = (nuint)samples.Count;
        nuint size = NetworkFunctions<TKernels>.TrainingWorkspaceSize(count);
        Guard.Apart(samples.X, gradient, nameof(samples.X), nameof(gradient));
        Guard.Apart(samples.Targets.Values, gradient, "targets", nameof(gradient));
        Guard.Apart(Parameters, gradient, nameof(Parameters), nameof(gradient));
        NetworkStatus status;
        double loss;
        PinnedMemory parameters = Enter(Activity.Gradient);
        try
        {
            PinnedMemory workspace = _memory.Training(size);
            fixed (float* x = samples.X, y = ValuesOf(samples), w = samples.Targets.Weights, g = gradient)
            fixed (int* l = samples.Targets.Labels)
            {
                status = NetworkFunctions<TKernels>.Gradient(
                    (float*)parameters.Start, x, BatchTargets.Of(l, y, w), count, g, workspace.Start, size, out loss);
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
        if (optimizer is null && samples.Count == 1 && StepOne(parameters, samples, learningRate, out loss))
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
            Throw(status, samples, optimizerStep, isStep: true);
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
            fixed (float* x = samples.X, y = samples.Targets.Values, w = samples.Targets.Weights)
            fixed (int* l = samples.Targets.Labels)
            {
                done = !samples.Targets.Normalizes && NetworkFunctions<TKernels>.StepOne(
                    (float*)parameters.Start, x, BatchTargets.Of(l, y, w), learningRate, workspace.Start, workspace.Size, out loss);
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
        fixed (float* x = samples.X, y = ValuesOf(samples), w = samples.Targets.Weights)
        fixed (int* l = samples.Targets.Labels)
        {
            if (_threads == 1)
            {
                status = NetworkFunctions<TKernels>.TrainStep(
                    (float*)parameters.Start, x, BatchTargets.Of(l, y, w), count, optimizerStep, Team.Alone, workspace.Start, size, out loss);
            }
            else
            {
                _call.SetStep((float*)parameters.Start, x, BatchTargets.Of(l, y, w), count, optimizerStep, workspace.Start, size);
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
            fixed (float* x = samples.X, y = ValuesOf(samples), w = samples.Targets.Weights)
            fixed (int* l = samples.Targets.Labels)
            {
                _call.SetEpoch(
                    (float*)parameters.Start, x, BatchTargets.Of(l, y, w), count, optimizerStep, (nuint)batchSize, seed, (ulong)epoch, workspace.Start, size);
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
            Throw(status, samples, optimizerStep, isStep: true);
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
