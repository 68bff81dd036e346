using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

public static unsafe partial class NetworkFunctions<TKernels>
{
    /// <summary>The loss of a batch, and its derivative by every parameter.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="count">N.</param>
    /// <param name="gradient">Receives a derivative for each parameter, in their order.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="workspaceSize">Its bytes, at least <see cref="TrainingWorkspaceSize"/> of N.</param>
    /// <param name="loss">Receives the mean loss.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static NetworkStatus Gradient(
        float* parameters, float* X, Targets targets, nuint count, float* gradient, void* workspace, nuint workspaceSize, out double loss)
    {
        loss = 0;
        if (gradient == null)
        {
            return NetworkStatus.NullPointer;
        }

        NetworkStatus status = ValidateTraining(parameters, X, targets, count, workspace, workspaceSize, out InputFacts inputs);
        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        float* aligned = Align(workspace);
        status = Differentiate(parameters, X, targets, (nint)count, aligned, inputs, 0, out loss);
        if (status == NetworkStatus.Ok)
        {
            TKernels.Gradient(X, inputs.Zeros, (nint)count, aligned, gradient);
        }

        return status;
    }

    /// <summary>W ← W − η dW, b ← b − η db.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="gradient">A derivative for each parameter, in their order.</param>
    /// <param name="learningRate">η.</param>
    public static NetworkStatus Apply(float* parameters, float* gradient, float learningRate)
    {
        if (parameters == null || gradient == null)
        {
            return NetworkStatus.NullPointer;
        }

        if (!IsLearningRate(learningRate))
        {
            return NetworkStatus.InvalidLearningRate;
        }

        double largest = Scan.Largest(gradient, (nuint)TKernels.ParameterCount);
        if (!double.IsFinite(largest) || largest * learningRate >= LargestUpdate)
        {
            return NetworkStatus.NotFinite;
        }

        Matrix.Descend(parameters, gradient, TKernels.ParameterCount, learningRate);
        return NetworkStatus.Ok;
    }

    /// <summary>One step of gradient descent on a batch: the same bits as Gradient and Apply.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="count">N.</param>
    /// <param name="learningRate">η.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="workspaceSize">Its bytes, at least <see cref="TrainingWorkspaceSize"/> of N.</param>
    /// <param name="loss">Receives the mean loss before the update.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static NetworkStatus TrainStep(
        float* parameters, float* X, Targets targets, nuint count, float learningRate, void* workspace, nuint workspaceSize, out double loss)
    {
        loss = 0;
        if (!IsLearningRate(learningRate))
        {
            return NetworkStatus.InvalidLearningRate;
        }

        NetworkStatus status = ValidateTraining(parameters, X, targets, count, workspace, workspaceSize, out InputFacts inputs);
        return status != NetworkStatus.Ok
            ? status
            : Step(parameters, X, targets, (nint)count, learningRate, Align(workspace), inputs, out loss);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static NetworkStatus ValidateTraining(
        float* parameters, float* X, Targets targets, nuint count, void* workspace, nuint workspaceSize, out InputFacts inputs)
    {
        inputs = default;
        NetworkStatus status = ValidateSamples(parameters, X, count, workspace);
        if (status == NetworkStatus.Ok && workspaceSize < TrainingWorkspaceSize(count))
        {
            status = NetworkStatus.WorkspaceTooSmall;
        }

        if (status == NetworkStatus.Ok)
        {
            status = ValidateTargets(targets, count);
        }

        if (status == NetworkStatus.Ok)
        {
            inputs = Examine(X, (nint)count, Align(workspace));
            status = float.IsFinite(inputs.Largest) ? NetworkStatus.Ok : NetworkStatus.InputNotFinite;
        }

        return status;
    }

    private static NetworkStatus Step(
        float* parameters, float* X, Targets targets, nint N, float learningRate, float* workspace, in InputFacts inputs, out double loss)
    {
        NetworkStatus status = Differentiate(parameters, X, targets, N, workspace, inputs, learningRate, out loss);
        if (status == NetworkStatus.Ok)
        {
            TKernels.Descend(parameters, X, inputs.Zeros, N, learningRate, workspace);
        }

        return status;
    }

    /// <summary>Forward, loss, and every dZ; parameters are read only. Refuses what could lead out of the finite numbers.</summary>
    private static NetworkStatus Differentiate(
        float* parameters, float* X, Targets targets, nint N, float* workspace, in InputFacts inputs, float learningRate, out double loss)
    {
        TKernels.Forward(parameters, X, inputs.Zeros, N, workspace, TKernels.Probabilities(workspace, N));
        loss = TKernels.LossSum(targets, N, workspace, 0) / N;
        if (!double.IsFinite(loss))
        {
            return NetworkStatus.NotFinite;
        }

        TKernels.OutputGradient(targets, N, workspace);
        TKernels.Backward(parameters, N, workspace);

        // Also false where the bound is NaN.
        double bound = TKernels.GradientBound(inputs.Largest, N, workspace);
        return bound < LargestGradient && bound * learningRate < LargestUpdate ? NetworkStatus.Ok : NetworkStatus.NotFinite;
    }
}
