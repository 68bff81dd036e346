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
        status = Differentiate(parameters, X, targets, (nint)count, aligned, inputs, out double bound, out loss);
        if (status == NetworkStatus.Ok && !(bound < float.MaxValue))
        {
            status = NetworkStatus.NotFinite;
        }

        if (status == NetworkStatus.Ok)
        {
            TKernels.Gradient(X, inputs.Zeros, (nint)count, aligned, gradient);
        }

        return status;
    }

    /// <summary>One step down a gradient: W ← W − η dW, b ← b − η db, or what the optimizer makes of them.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="gradient">A derivative for each parameter, in their order.</param>
    /// <param name="descent">The optimizer, or η.</param>
    public static NetworkStatus Apply(float* parameters, float* gradient, in Descent descent)
    {
        if (parameters == null || gradient == null)
        {
            return NetworkStatus.NullPointer;
        }

        NetworkStatus status = descent.Validate(TKernels.ParameterCount);
        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        // As a float NaN and infinity are above all others.
        double largest = Scan.Largest(gradient, (nuint)TKernels.ParameterCount);
        if (!double.IsFinite(largest) || !descent.IsSafe(largest, parameters, TKernels.ParameterCount))
        {
            return NetworkStatus.NotFinite;
        }

        ApplyStored(parameters, gradient, descent);
        return NetworkStatus.Ok;
    }

    /// <summary>One step of an optimizer on a batch: the same bits as Gradient and Apply.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="count">N.</param>
    /// <param name="descent">The optimizer, or η.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="workspaceSize">Its bytes, at least <see cref="TrainingWorkspaceSize"/> of N.</param>
    /// <param name="loss">Receives the mean loss before the update.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static NetworkStatus TrainStep(
        float* parameters, float* X, Targets targets, nuint count, in Descent descent, void* workspace, nuint workspaceSize, out double loss)
    {
        loss = 0;
        NetworkStatus status = descent.Validate(TKernels.ParameterCount);
        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        status = ValidateTraining(parameters, X, targets, count, workspace, workspaceSize, out InputFacts inputs);
        return status != NetworkStatus.Ok
            ? status
            : Step(parameters, X, targets, (nint)count, descent, Align(workspace), inputs, out loss);
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
        float* parameters, float* X, Targets targets, nint N, in Descent descent, float* workspace, in InputFacts inputs, out double loss)
    {
        NetworkStatus status = Differentiate(parameters, X, targets, N, workspace, inputs, out double bound, out loss);
        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        if (!descent.IsSafe(bound, parameters, TKernels.ParameterCount))
        {
            return NetworkStatus.NotFinite;
        }

        if (descent.Clips)
        {
            // The norm is known only when the last derivative is: none can be applied as it is finished.
            float* gradient = descent.Gradient(TKernels.ParameterCount);
            TKernels.Gradient(X, inputs.Zeros, N, workspace, gradient);
            ApplyStored(parameters, gradient, descent);
        }
        else
        {
            descent.Step(new Applied(parameters, X, inputs.Zeros, N, workspace), parameters, TKernels.ParameterCount);
        }

        return NetworkStatus.Ok;
    }

    /// <summary>Applies a gradient of which it is known that nothing overflows.</summary>
    private static void ApplyStored(float* parameters, float* gradient, in Descent descent)
    {
        float scale = 1;
        if (descent.Clips)
        {
            double norm = Math.Sqrt(Matrix.SumOfSquares(gradient, (nuint)TKernels.ParameterCount));
            scale = (float)Math.Min(1, descent.ClipNorm / (norm + 1e-6));
        }

        descent.Step(new Stored(parameters, gradient, scale), parameters, TKernels.ParameterCount);
    }

    /// <summary>Forward, loss, and every dZ; parameters are read only. The bound of the gradient may be infinite or NaN.</summary>
    private static NetworkStatus Differentiate(
        float* parameters, float* X, Targets targets, nint N, float* workspace, in InputFacts inputs, out double bound, out double loss)
    {
        bound = 0;
        TKernels.Forward(parameters, X, inputs.Zeros, N, workspace, TKernels.Probabilities(workspace, N));
        loss = TKernels.LossSum(targets, N, workspace, 0) / N;
        if (!double.IsFinite(loss))
        {
            return NetworkStatus.NotFinite;
        }

        TKernels.OutputGradient(targets, N, workspace);
        TKernels.Backward(parameters, N, workspace);
        bound = TKernels.GradientBound(inputs.Largest, N, workspace);
        return NetworkStatus.Ok;
    }

    /// <summary>Finishes the gradient and applies it from the registers.</summary>
    private readonly struct Applied(float* parameters, float* X, Zeros zeros, nint N, float* workspace) : Descent.IPass
    {
        private readonly float* _parameters = parameters;
        private readonly float* _X = X;
        private readonly Zeros _zeros = zeros;
        private readonly nint _N = N;
        private readonly float* _workspace = workspace;

        public void Run<TUpdate>(in TUpdate update)
            where TUpdate : struct, IUpdate => TKernels.Descend(_parameters, _X, _zeros, _N, update, _workspace);
    }

    /// <summary>Applies a gradient that is stored, times a number.</summary>
    private readonly struct Stored(float* parameters, float* gradient, float scale) : Descent.IPass
    {
        private readonly float* _parameters = parameters;
        private readonly float* _gradient = gradient;
        private readonly float _scale = scale;

        public void Run<TUpdate>(in TUpdate update)
            where TUpdate : struct, IUpdate =>
            Matrix.Descend(_parameters, _gradient, TKernels.ParameterCount, _scale, update);
    }
}
