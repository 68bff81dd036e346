using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

public sealed unsafe partial class NetworkInstance<TKernels>
{
    // A workspace up to this size lies on the stack where there is one sample: to rent one takes as long as a small network.
    private const int LargestOnStack = 4096;

    private static bool FitsStack
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => NetworkFunctions<TKernels>.InferenceWorkspaceSize(1) <= LargestOnStack;
    }

    /// <inheritdoc cref="INetwork{TSelf}.Forward"/>
    public void Forward(ReadOnlySpan<float> X, Span<float> probabilities)
    {
        float* parameters = _memory.Parameters;
        int count = CountSamples(X);
        Guard.Length(probabilities.Length, (long)count * TKernels.ClassCount, nameof(probabilities), "one for each class and each sample of X");
        NetworkStatus status;
        fixed (float* x = X, a = probabilities)
        {
            if (count == 1 && FitsStack)
            {
                status = ForwardOnStack(parameters, x, a);
            }
            else
            {
                void* workspace = _memory.RentInference();
                status = NetworkFunctions<TKernels>.Forward(parameters, x, (nuint)count, a, workspace, _memory.InferenceSize);
                _memory.ReturnInference(workspace);
            }
        }

        GC.KeepAlive(_memory);
        ThrowUnlessOk(status, X, default, default, 0);
    }

    /// <inheritdoc cref="INetwork{TSelf}.Classify"/>
    public void Classify(ReadOnlySpan<float> X, Span<int> classes)
    {
        float* parameters = _memory.Parameters;
        int count = CountSamples(X);
        Guard.Length(classes.Length, count, nameof(classes), "one for each sample of X");
        NetworkStatus status;
        fixed (float* x = X)
        fixed (int* c = classes)
        {
            if (count == 1 && FitsStack)
            {
                status = ClassifyOnStack(parameters, x, c);
            }
            else
            {
                void* workspace = _memory.RentInference();
                status = NetworkFunctions<TKernels>.Classify(parameters, x, (nuint)count, c, workspace, _memory.InferenceSize);
                _memory.ReturnInference(workspace);
            }
        }

        GC.KeepAlive(_memory);
        ThrowUnlessOk(status, X, default, default, 0);
    }

    /// <inheritdoc cref="INetwork{TSelf}.Evaluate(ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public Evaluation Evaluate(ReadOnlySpan<float> X, ReadOnlySpan<int> labels)
    {
        fixed (int* l = labels)
        {
            return Evaluate(CountSamples(X, labels), X, Targets.Of(l), labels, default);
        }
    }

    /// <inheritdoc cref="INetwork{TSelf}.Evaluate(ReadOnlySpan{float}, ReadOnlySpan{float})"/>
    public Evaluation Evaluate(ReadOnlySpan<float> X, ReadOnlySpan<float> Y)
    {
        fixed (float* y = Y)
        {
            return Evaluate(CountSamples(X, Y), X, Targets.Of(y), default, Y);
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

    private Evaluation Evaluate(int count, ReadOnlySpan<float> X, Targets targets, ReadOnlySpan<int> labels, ReadOnlySpan<float> Y)
    {
        float* parameters = _memory.Parameters;
        void* workspace = _memory.RentInference();
        NetworkStatus status;
        Evaluation evaluation;
        fixed (float* x = X)
        {
            status = NetworkFunctions<TKernels>.Evaluate(
                parameters, x, targets, (nuint)count, workspace, _memory.InferenceSize, out evaluation);
        }

        _memory.ReturnInference(workspace);
        GC.KeepAlive(_memory);
        ThrowUnlessOk(status, X, labels, Y, 0);
        return evaluation;
    }
}
