using System.ComponentModel;

namespace AotBackprop.Runtime;

/// <summary>
/// The emitted arithmetic of a network. It trusts its arguments: <see cref="NetworkFunctions{TKernels}"/> validates
/// before it calls. A workspace begins at a multiple of 64 bytes.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe interface INetworkKernels
{
    /// <summary>The name of the network's type, without its namespace.</summary>
    static abstract string NetworkName { get; }

    /// <summary>The number of inputs, of the units of each hidden layer, and of outputs.</summary>
    static abstract ReadOnlySpan<int> LayerSizes { get; }

    /// <summary>In how many sums, which take turns and are then joined, 16 by halves, Z of each layer is formed.</summary>
    static abstract ReadOnlySpan<int> ForwardSums { get; }

    /// <summary>The same of dA of each layer but the last, from the layer above it.</summary>
    static abstract ReadOnlySpan<int> BackwardSums { get; }

    /// <summary>Whether the processor has vectors of a width that kernels were emitted for; if not, none may be called.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>D, the floats of a sample.</summary>
    static abstract int InputCount { get; }

    /// <summary>C, the outputs of a sample.</summary>
    static abstract int OutputCount { get; }

    /// <summary>What the output layer makes of its Z, and the loss.</summary>
    static abstract Output Output { get; }

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

    /// <summary>Floats of scratch that each of several threads has for itself, for each sample of a batch.</summary>
    static abstract int ThreadFloats { get; }

    /// <summary>Floats of scratch that each of several threads has for itself, once.</summary>
    static abstract int FixedThreadFloats { get; }

    /// <summary>Whether the first layer has sparse kernels; if not, every batch is <see cref="Zeros.Few"/>.</summary>
    static abstract bool SkipsZeros { get; }

    /// <summary>
    /// Whether <see cref="Forward"/> and <see cref="Differentiate"/> compute max|X| on the dense path
    /// (<see cref="Zeros.Few"/>). If not, the caller has checked that X is finite.
    /// </summary>
    static abstract bool FindsLargestInput { get; }

    /// <summary>The memory of X in CSR form, for <see cref="Zeros.NearlyAll"/>, and the part's own list of D columns.</summary>
    static abstract Entries Entries(in Part part, float* workspace, out int* columns);

    /// <summary>
    /// From X through each Z and A to A of the output layer, N×C and dense, of a part that is all of a batch. Where it
    /// finds an input that is not finite, it writes no output and returns false.
    /// </summary>
    static abstract bool Forward(float* parameters, float* X, Zeros zeros, in Part part, float* workspace, float* outputs);

    /// <summary>Where <see cref="Forward"/> may leave A of the output layer in the workspace itself.</summary>
    static abstract float* Outputs(float* workspace, nint N);

    /// <summary>The loss of each sample, from what <see cref="Forward"/> has left.</summary>
    static abstract void Losses(in BatchTargets targets, nint N, float* workspace);

    /// <summary>Where <see cref="Losses"/> and <see cref="Differentiate"/> leave the loss of each sample.</summary>
    static abstract double* SampleLosses(float* workspace, nint N);

    /// <summary>
    /// Writes a part's share of the transposed weights, which several threads need before
    /// <see cref="Differentiate"/>.
    /// </summary>
    static abstract void Prepare(float* parameters, in Part part, float* workspace);

    /// <summary>
    /// For each sample of a part: forward, its loss, and back to every dZ. Parameters are read only. The workspace
    /// of the part then begins with the largest |dZ| and |A| of each layer, dZ1 and X first; that of X is 0 where it is
    /// not found. Of inputs that are not finite nothing else can be trusted.
    /// </summary>
    static abstract void Differentiate(float* parameters, float* X, in BatchTargets targets, Zeros zeros, in Part part, float* workspace);

    /// <summary>dA and dZ of each hidden layer, the last first, once more, from what <see cref="Differentiate"/> has left.</summary>
    static abstract void Backward(nint N, float* workspace);

    /// <summary>
    /// dW and db of each layer, applied as they are finished: W ← update(W, dW), b ← update(b, db); of a part, its
    /// share of them, over the samples of its block. With an update that stores or adds, other memory takes the place
    /// of the parameters.
    /// </summary>
    static abstract void Descend<TUpdate>(float* parameters, float* X, Zeros zeros, in Part part, in TUpdate update, float* workspace)
        where TUpdate : struct, IUpdate;

    /// <summary>
    /// Forward for one sample in one method, where the network is so small that there is one: the bits of
    /// <see cref="Forward"/>, and what <see cref="Losses"/> takes. Else, and where an input is larger than
    /// <see cref="Part.LargestOfOneSample"/> or not finite, it writes nothing and returns false.
    /// </summary>
    static abstract bool ForwardOne(float* parameters, float* X, float* workspace, float* outputs);

    /// <summary>
    /// Forward and back for one sample in one method, and if wanted a step of gradient descent, W ← W + rate dW, where
    /// the network is so small that there is such a method: the bits of the passes, A and dZ where <see cref="Layer"/>
    /// has them, and the loss. Else, and where the sum of some inputs', activations' and derivatives' magnitudes is not
    /// below a limit, it writes no parameter and returns false. After a softmax the label counts, else Y.
    /// </summary>
    static abstract bool StepOne(
        float* parameters, float* X, int label, float* Y, float limit, float rate, bool descends, float* workspace, out double loss);

    /// <summary>Whether <see cref="ForwardOne"/> and <see cref="StepOne"/> may do something.</summary>
    static abstract bool HasOneSample { get; }

    /// <summary>The gradient of one sample, from what <see cref="StepOne"/> has left; null without <see cref="HasOneSample"/>.</summary>
    static abstract float* GradientOfOne(float* X, float* workspace);

    /// <summary>The most samples that <see cref="ForwardFew"/> and <see cref="StepFew"/> take; 0 where they do nothing.</summary>
    static virtual int FewSamples => 0;

    /// <summary>
    /// Forward for few samples in one method: the bits of <see cref="Forward"/>. Where an input is not finite, it writes
    /// nothing and returns false.
    /// </summary>
    static virtual bool ForwardFew(float* parameters, float* X, nint N, float* workspace, float* outputs) => false;

    /// <summary>
    /// A step on few samples that have class numbers, by a rate of up to <see cref="Part.LargestRateOfFew"/>: the bits of
    /// the passes. Where an input or a parameter is large, it writes no parameter and returns false.
    /// </summary>
    static virtual bool StepFew<TUpdate>(
        float* parameters, float* X, int* labels, nint N, in TUpdate update, float* workspace, out double loss)
        where TUpdate : struct, IUpdate
    {
        loss = 0;
        return false;
    }

    /// <summary>The intermediates of a layer, counted from 1.</summary>
    static abstract LayerView Layer(int number, nint N, float* workspace);
}
