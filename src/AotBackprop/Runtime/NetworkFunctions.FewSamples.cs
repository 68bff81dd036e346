using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

internal static unsafe partial class NetworkFunctions<TKernels>
{
    /// <summary>
    /// A step of plain gradient descent on few samples of a small network, if nothing is wrong. Else nothing is done, and
    /// the passes say what is wrong, if anything is.
    /// </summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="count">N.</param>
    /// <param name="rate">η.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="workspaceSize">Its bytes.</param>
    /// <param name="loss">Receives the mean loss before the update.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool StepFew(
        float* parameters, float* X, in BatchTargets targets, nuint count, float rate, void* workspace, nuint workspaceSize, out double loss)
    {
        loss = 0;
        return IsFew(parameters, X, count, workspace)
            && workspaceSize >= TrainingWorkspaceSize(count)
            && rate is >= 0 and <= Part.LargestRateOfFew
            && targets.Labels != null && targets.Values == null && targets.Weights == null
            && StepFew(parameters, X, targets.Labels, (nint)count, rate, workspace, out loss);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsFew(float* parameters, float* X, nuint count, void* workspace) =>
        count > 1 && count <= (nuint)TKernels.FewSamples && parameters != null && X != null && workspace != null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool StepFew(
        float* parameters, float* X, int* labels, nint N, float rate, void* workspace, out double loss)
    {
        loss = 0;

        // The labels are read once: they may change meanwhile.
        int* own = TrainingLabels(workspace, (nuint)N);
        return Scan.CopyLabels(labels, (nuint)N, LabelCount, own)
            && TKernels.StepFew(parameters, X, own, N, new SgdUpdate(rate), Align(workspace), out loss);
    }

    /// <summary>Forward for few samples of a small network, if nothing is wrong.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="count">N.</param>
    /// <param name="outputs">Receives N×C outputs.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="workspaceSize">Its bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool ForwardFew(
        float* parameters, float* X, nuint count, float* outputs, void* workspace, nuint workspaceSize) =>
        IsFew(parameters, X, count, workspace)
        && outputs != null
        && workspaceSize >= InferenceWorkspaceSize(count)
        && TKernels.ForwardFew(parameters, X, (nint)count, Align(workspace), outputs);
}
