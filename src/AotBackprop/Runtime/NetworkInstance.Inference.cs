namespace AotBackprop.Runtime;

public sealed unsafe partial class NetworkInstance<TKernels>
{
    /// <inheritdoc cref="INetwork{TSelf}.Forward"/>
    public void Forward(ReadOnlySpan<float> X, Span<float> probabilities)
    {
        float* parameters = _memory.Parameters;
        int count = CountSamples(X);
        Guard.Length(probabilities.Length, (long)count * TKernels.ClassCount, nameof(probabilities), "one for each class and each sample of X");
        void* workspace = _memory.RentInference();
        NetworkStatus status;
        fixed (float* x = X, a = probabilities)
        {
            status = NetworkFunctions<TKernels>.Forward(parameters, x, (nuint)count, a, workspace, _memory.InferenceSize);
        }

        _memory.ReturnInference(workspace);
        GC.KeepAlive(_memory);
        ThrowUnlessOk(status, X, default, default, 0);
    }

    /// <inheritdoc cref="INetwork{TSelf}.Classify"/>
    public void Classify(ReadOnlySpan<float> X, Span<int> classes)
    {
        float* parameters = _memory.Parameters;
        int count = CountSamples(X);
        Guard.Length(classes.Length, count, nameof(classes), "one for each sample of X");
        void* workspace = _memory.RentInference();
        NetworkStatus status;
        fixed (float* x = X)
        fixed (int* c = classes)
        {
            status = NetworkFunctions<TKernels>.Classify(parameters, x, (nuint)count, c, workspace, _memory.InferenceSize);
        }

        _memory.ReturnInference(workspace);
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
