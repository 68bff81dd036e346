namespace AotBackprop.Runtime;

/// <summary>
/// The emitted arithmetic of a network. It trusts its arguments: <see cref="NetworkFunctions{TKernels}"/> validates
/// before it calls. A workspace begins at a multiple of 64 bytes.
/// </summary>
public unsafe interface INetworkKernels
{
    /// <summary>The number of inputs, of the units of each hidden layer, and of classes.</summary>
    static abstract ReadOnlySpan<int> LayerSizes { get; }

    /// <summary>D, the floats of a sample.</summary>
    static abstract int InputCount { get; }

    /// <summary>C, the probabilities of a sample.</summary>
    static abstract int ClassCount { get; }

    /// <summary>Weights and biases in all.</summary>
    static abstract int ParameterCount { get; }

    /// <summary>Floats of workspace that inference takes for each sample.</summary>
    static abstract int InferenceFloats { get; }

    /// <summary>Floats of workspace that training takes for each sample, those of inference among them.</summary>
    static abstract int TrainingFloats { get; }

    /// <summary>Floats of workspace that inference takes once.</summary>
    static abstract int FixedInferenceFloats { get; }

    /// <summary>Floats of workspace that training takes once, those of inference among them.</summary>
    static abstract int FixedTrainingFloats { get; }

    /// <summary>Draws W1, W2, … in this order, and sets the biases to 0.</summary>
    static abstract void Initialize(float* parameters, ulong seed);

    /// <summary>Whether the first layer can skip inputs that are 0; if not, it takes all as <see cref="Zeros.Few"/>.</summary>
    static abstract bool SkipsZeros { get; }

    /// <summary>Where the entries of X are listed for <see cref="Zeros.NearlyAll"/>, and a list of D columns.</summary>
    static abstract Entries Entries(float* workspace, nint N, out int* columns);

    /// <summary>From X through each Z and A to the probabilities, N×C and dense.</summary>
    static abstract void Forward(float* parameters, float* X, Zeros zeros, nint N, float* workspace, float* probabilities);

    /// <summary>Where <see cref="Forward"/> may leave the probabilities in the workspace itself.</summary>
    static abstract float* Probabilities(float* workspace, nint N);

    /// <summary>Adds each sample's loss to a sum, in order, from what <see cref="Forward"/> has left.</summary>
    static abstract double LossSum(Targets targets, nint N, float* workspace, double sum);

    /// <summary>dZ of the output layer, (A − Y)/N, from the probabilities in the workspace.</summary>
    static abstract void OutputGradient(Targets targets, nint N, float* workspace);

    /// <summary>dA and dZ of each hidden layer, the last first.</summary>
    static abstract void Backward(float* parameters, nint N, float* workspace);

    /// <summary>A bound for the magnitude of every dW and db; infinite or NaN where a dZ is.</summary>
    static abstract double GradientBound(float largestInput, nint N, float* workspace);

    /// <summary>dW and db of each layer, stored.</summary>
    static abstract void Gradient(float* X, Zeros zeros, nint N, float* workspace, float* gradient);

    /// <summary>dW and db of each layer, applied as they are finished: W ← update(W, dW), b ← update(b, db).</summary>
    static abstract void Descend<TUpdate>(float* parameters, float* X, Zeros zeros, nint N, in TUpdate update, float* workspace)
        where TUpdate : struct, IUpdate;

    /// <summary>The intermediates of a layer, counted from 1.</summary>
    static abstract LayerView Layer(int number, nint N, float* workspace);
}
