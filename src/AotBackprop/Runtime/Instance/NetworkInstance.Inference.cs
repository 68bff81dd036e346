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

    /// <inheritdoc cref="INetwork{TSelf}.Forward"/>
    public void Forward(ReadOnlySpan<float> X, Span<float> probabilities)
    {
        PinnedMemory parameters = EnterInference(nameof(Forward));
        int count = Samples.CountOf(X, TKernels.InputCount);
        Guard.Length(probabilities.Length, (long)count * TKernels.ClassCount, nameof(probabilities), "one for each class and each sample of X");
        NetworkStatus status;
        fixed (float* x = X, a = probabilities)
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

    /// <inheritdoc cref="INetwork{TSelf}.Classify"/>
    public void Classify(ReadOnlySpan<float> X, Span<int> classes)
    {
        PinnedMemory parameters = EnterInference(nameof(Classify));
        int count = Samples.CountOf(X, TKernels.InputCount);
        Guard.Length(classes.Length, count, nameof(classes), "one for each sample of X");
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

    /// <inheritdoc cref="INetwork{TSelf}.Evaluate(ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public Evaluation Evaluate(ReadOnlySpan<float> X, ReadOnlySpan<int> labels) => Evaluate(SamplesOf(X, labels));

    /// <inheritdoc cref="INetwork{TSelf}.Evaluate(ReadOnlySpan{float}, ReadOnlySpan{float}, bool)"/>
    public Evaluation Evaluate(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, bool normalize) => Evaluate(SamplesOf(X, Y, normalize));

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

    private Evaluation Evaluate(in Samples samples)
    {
        PinnedMemory parameters = EnterInference(nameof(Evaluate));

        // Others may infer at the same time: memory of its own.
        ReadOnlySpan<float> Y = samples.Normalizes ? samples.Divided(new float[samples.Y.Length], TKernels.ClassCount) : samples.Y;
        PinnedMemory workspace = _memory.Inference.Rent();
        NetworkStatus status;
        Evaluation evaluation;
        fixed (float* x = samples.X, y = Y)
        fixed (int* l = samples.Labels)
        {
            status = NetworkFunctions<TKernels>.Evaluate(
                (float*)parameters.Start, x, TargetsOf(l, y), (nuint)samples.Count, workspace.Start, workspace.Size, out evaluation);
        }

        _memory.Inference.Return(workspace);
        GC.KeepAlive(parameters);
        CheckIdle(nameof(Evaluate));
        if (status != NetworkStatus.Ok)
        {
            Throw(status, samples, default);
        }

        return evaluation;
    }
}
