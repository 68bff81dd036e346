using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

public sealed unsafe partial class NetworkInstance<TKernels>
{
    // For one sample, a workspace up to this size is on the stack: renting one takes as long as a small network.
    private const int LargestOnStack = 4096;

    private static bool FitsStack
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => NetworkFunctions<TKernels>.InferenceWorkspaceSize(1) <= LargestOnStack;
    }

    /// <inheritdoc cref="INetwork.Forward"/>
    public void Forward(ReadOnlySpan<float> X, Span<float> outputs)
    {
        PinnedMemory parameters = EnterInference(nameof(Forward));
        int count = Samples.CountOf(X, TKernels.InputCount);
        Guard.Length(outputs.Length, (long)count * TKernels.OutputCount, nameof(outputs), "one for each output and each sample of X");
        Guard.Apart(X, outputs, nameof(X), nameof(outputs));
        Guard.Apart(Parameters, outputs, nameof(Parameters), nameof(outputs));
        NetworkStatus status;
        fixed (float* x = X, a = outputs)
        {
            if (count == 1 && FitsStack)
            {
                status = ForwardOnStack((float*)parameters.Start, x, a);
            }
            else
            {
                PinnedMemory workspace = _memory.Inference.Rent();
                status = NetworkFunctions<TKernels>.Forward(
                    (float*)parameters.Start, x, (nuint)count, a, workspace.Start, workspace.Size);
                _memory.Inference.Return(workspace);
            }
        }

        GC.KeepAlive(parameters);
        CheckIdle(nameof(Forward));
        if (status != NetworkStatus.Ok)
        {
            ThrowOfInputs(status, X);
        }
    }

    /// <inheritdoc cref="IClassifier.Classify"/>
    public void Classify(ReadOnlySpan<float> X, Span<int> classes)
    {
        PinnedMemory parameters = EnterInference(nameof(Classify));
        int count = Samples.CountOf(X, TKernels.InputCount);
        Guard.Length(classes.Length, (long)count * Decisions, nameof(classes), DecisionText);
        Guard.Apart(X, classes, nameof(X), nameof(classes));
        NetworkStatus status;
        fixed (float* x = X)
        fixed (int* c = classes)
        {
            if (count == 1 && FitsStack)
            {
                status = ClassifyOnStack((float*)parameters.Start, x, c);
            }
            else
            {
                PinnedMemory workspace = _memory.Inference.Rent();
                status = NetworkFunctions<TKernels>.Classify(
                    (float*)parameters.Start, x, (nuint)count, c, workspace.Start, workspace.Size);
                _memory.Inference.Return(workspace);
            }
        }

        GC.KeepAlive(parameters);
        CheckIdle(nameof(Classify));
        if (status != NetworkStatus.Ok)
        {
            ThrowOfInputs(status, X);
        }
    }

    /// <inheritdoc cref="INetwork.Loss"/>
    public double Loss(ReadOnlySpan<float> X, Targets targets)
    {
        EvaluationSums sums = default;
        Evaluate(SamplesOf(X, targets), ref sums, nameof(Loss));
        return sums.Loss / sums.Weight;
    }

    /// <inheritdoc cref="IClassifier.Evaluate"/>
    public Evaluation Evaluate(ReadOnlySpan<float> X, Targets targets)
    {
        EvaluationSums sums = default;
        Evaluate(SamplesOf(X, targets), ref sums, nameof(Evaluate));
        return new(sums.Loss / sums.Weight, (long)sums.Correct, (long)sums.Count);
    }

    /// <inheritdoc cref="IMultiLabelClassifier.Evaluate"/>
    public MultiLabelEvaluation EvaluateLabels(ReadOnlySpan<float> X, Targets targets)
    {
        double[] right = new double[TKernels.OutputCount];
        EvaluationSums sums = default;
        fixed (double* outputs = right)
        {
            sums.Outputs = outputs;
            Evaluate(SamplesOf(X, targets), ref sums, nameof(Evaluate));
        }

        for (int j = 0; j < right.Length; j++)
        {
            right[j] /= sums.Count;
        }

        return new(sums.Loss / sums.Weight, (long)sums.Correct, right, (long)sums.Count);
    }

    /// <inheritdoc cref="IRegressor.Evaluate"/>
    public RegressionEvaluation EvaluateNumbers(ReadOnlySpan<float> X, Targets targets)
    {
        int count = TKernels.OutputCount;
        EvaluationSums sums = default;
        fixed (double* outputs = new double[count * EvaluationSums.OfRegressor])
        {
            sums.Outputs = outputs;
            Evaluate(SamplesOf(X, targets), ref sums, nameof(Evaluate));
            double error = sums.AbsoluteError / ((double)sums.Count * count);
            return new(sums.Loss / sums.Weight, error, sums.RSquaredOf(count), (long)sums.Count);
        }
    }

    [SkipLocalsInit]
    private static NetworkStatus ForwardOnStack(float* parameters, float* X, float* probabilities)
    {
        byte* workspace = stackalloc byte[LargestOnStack];
        return NetworkFunctions<TKernels>.Forward(parameters, X, 1, probabilities, workspace, LargestOnStack);
    }

    [SkipLocalsInit]
    private static NetworkStatus ClassifyOnStack(float* parameters, float* X, int* classes)
    {
        byte* workspace = stackalloc byte[LargestOnStack];
        return NetworkFunctions<TKernels>.Classify(parameters, X, 1, classes, workspace, LargestOnStack);
    }

    // What Classify decides of each sample.
    private static int Decisions => TKernels.Output == Output.Softmax ? 1 : TKernels.OutputCount;

    private static string DecisionText => Decisions == 1 ? "one for each sample of X" : "one for each label and each sample of X";

    private void Evaluate(in Samples samples, ref EvaluationSums sums, string name)
    {
        PinnedMemory parameters = EnterInference(name);

        // Others may infer at the same time: memory of its own.
        Targets targets = samples.Targets;
        ReadOnlySpan<float> Y = targets.Normalizes ? samples.Divided(new float[targets.Values.Length], TKernels.OutputCount) : targets.Values;
        PinnedMemory workspace = _memory.Inference.Rent();
        NetworkStatus status;
        fixed (float* x = samples.X, y = Y, w = targets.Weights)
        fixed (int* l = targets.Labels)
        {
            status = NetworkFunctions<TKernels>.Evaluate(
                (float*)parameters.Start, x, BatchTargets.Of(l, y, w), (nuint)samples.Count, workspace.Start, workspace.Size, ref sums);
        }

        _memory.Inference.Return(workspace);
        GC.KeepAlive(parameters);
        CheckIdle(name);
        if (status != NetworkStatus.Ok)
        {
            Throw(status, samples, default);
        }
    }
}
