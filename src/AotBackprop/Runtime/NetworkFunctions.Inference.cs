using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

public static unsafe partial class NetworkFunctions<TKernels>
{
    /// <summary>The probabilities of the classes for each sample.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="count">N.</param>
    /// <param name="probabilities">Receives N×C probabilities.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="workspaceSize">Its bytes, at least <see cref="InferenceWorkspaceSize"/> of one sample.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static NetworkStatus Forward(
        float* parameters, float* X, nuint count, float* probabilities, void* workspace, nuint workspaceSize)
    {
        if (IsOne(parameters, X, count, workspace, workspaceSize) && probabilities != null
            && TKernels.ForwardOne(parameters, X, Align(workspace), probabilities))
        {
            return NetworkStatus.Ok;
        }

        NetworkStatus status = ValidateInference(parameters, X, count, workspace, workspaceSize, out nint chunk, out Zeros zeros);
        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        if (probabilities == null)
        {
            return NetworkStatus.NullPointer;
        }

        float* aligned = Align(workspace);
        for (nint n = 0; n < (nint)count; n += chunk)
        {
            nint N = Math.Min(chunk, (nint)count - n);
            if (!ForwardPart(parameters, X, (nint)count, n, N, zeros, aligned, probabilities + (n * TKernels.ClassCount)))
            {
                return NetworkStatus.InputNotFinite;
            }
        }

        return NetworkStatus.Ok;
    }

    /// <summary>The most probable class of each sample, the lowest among equals.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="count">N.</param>
    /// <param name="classes">Receives N class numbers.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="workspaceSize">Its bytes, at least <see cref="InferenceWorkspaceSize"/> of one sample.</param>
    public static NetworkStatus Classify(
        float* parameters, float* X, nuint count, int* classes, void* workspace, nuint workspaceSize)
    {
        if (IsOne(parameters, X, count, workspace, workspaceSize) && classes != null)
        {
            float* one = Align(workspace);
            float* row = TKernels.Probabilities(one, 1);
            if (TKernels.ForwardOne(parameters, X, one, row))
            {
                *classes = IndexOfLargest(row);
                return NetworkStatus.Ok;
            }
        }

        NetworkStatus status = ValidateInference(parameters, X, count, workspace, workspaceSize, out nint chunk, out Zeros zeros);
        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        if (classes == null)
        {
            return NetworkStatus.NullPointer;
        }

        float* aligned = Align(workspace);
        for (nint n = 0; n < (nint)count; n += chunk)
        {
            nint N = Math.Min(chunk, (nint)count - n);
            float* probabilities = TKernels.Probabilities(aligned, N);
            if (!ForwardPart(parameters, X, (nint)count, n, N, zeros, aligned, probabilities))
            {
                return NetworkStatus.InputNotFinite;
            }

            for (nint i = 0; i < N; i++)
            {
                classes[n + i] = IndexOfLargest(probabilities + (i * TKernels.ClassCount));
            }
        }

        return NetworkStatus.Ok;
    }

    /// <summary>The mean loss over samples, and how many are classified correctly.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="count">N.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="workspaceSize">Its bytes, at least <see cref="InferenceWorkspaceSize"/> of one sample.</param>
    /// <param name="evaluation">Receives loss and counts.</param>
    public static NetworkStatus Evaluate(
        float* parameters, float* X, Targets targets, nuint count, void* workspace, nuint workspaceSize, out Evaluation evaluation)
    {
        evaluation = default;
        NetworkStatus status = ValidateInference(parameters, X, count, workspace, workspaceSize, out nint chunk, out Zeros zeros);
        if (status == NetworkStatus.Ok)
        {
            status = ValidateTargets(targets, count);
        }

        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        float* aligned = Align(workspace);
        double loss = 0;
        long correct = 0;
        for (nint n = 0; n < (nint)count; n += chunk)
        {
            nint N = Math.Min(chunk, (nint)count - n);
            Targets part = targets.From(n, TKernels.ClassCount);
            float* probabilities = TKernels.Probabilities(aligned, N);
            if (!ForwardPart(parameters, X, (nint)count, n, N, zeros, aligned, probabilities))
            {
                return NetworkStatus.InputNotFinite;
            }

            // One sample at a time: the order of the sum does not depend on the size of a part.
            TKernels.Losses(part, N, aligned);
            loss = Sum(TKernels.SampleLosses(aligned, N), N, loss);
            correct += CountCorrect(part, N, probabilities);
        }

        if (!double.IsFinite(loss))
        {
            return NetworkStatus.NotFinite;
        }

        evaluation = new Evaluation(loss / count, correct, (long)count);
        return NetworkStatus.Ok;
    }

    /// <summary>Whether there is one sample, and all that it takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOne(float* parameters, float* X, nuint count, void* workspace, nuint workspaceSize) =>
        count == 1 && parameters != null && X != null && workspace != null && workspaceSize >= InferenceWorkspaceSize(1);

    private static NetworkStatus ValidateInference(
        float* parameters, float* X, nuint count, void* workspace, nuint workspaceSize, out nint chunk, out Zeros zeros)
    {
        chunk = 0;
        zeros = Zeros.Few;
        NetworkStatus status = ValidateSamples(parameters, X, count, workspace);
        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        nuint needed = InferenceWorkspaceSize(1);
        if (workspaceSize < needed)
        {
            return NetworkStatus.WorkspaceTooSmall;
        }

        nuint fitting = 1 + ((workspaceSize - needed) / ((nuint)TKernels.InferenceFloats * sizeof(float)));
        chunk = (nint)Math.Min(Math.Min(fitting, LargestChunk), count);
        float largest;
        if (chunk == (nint)count)
        {
            (largest, zeros) = Examine(X, new Part(chunk), Align(workspace));
        }
        else
        {
            largest = Scan.Largest(X, count * (nuint)TKernels.InputCount);
        }

        return float.IsFinite(largest) ? NetworkStatus.Ok : NetworkStatus.InputNotFinite;
    }

    // Where all samples are one part, validation has examined them; what the kernels find out by themselves is then found
    // before anything is written.
    private static bool ForwardPart(
        float* parameters, float* X, nint count, nint first, nint N, Zeros zeros, float* workspace, float* probabilities)
    {
        float* part = X + (first * TKernels.InputCount);
        if (N < count)
        {
            zeros = ZerosOf(part, new Part(N), workspace, out _);
        }

        return TKernels.Forward(parameters, part, zeros, new Part(N), workspace, probabilities);
    }

    private static long CountCorrect(Targets targets, nint N, float* probabilities)
    {
        long correct = 0;
        for (nint n = 0; n < N; n++)
        {
            int wanted = targets.ClassOf(n, TKernels.ClassCount);
            correct += IndexOfLargest(probabilities + (n * TKernels.ClassCount)) == wanted ? 1 : 0;
        }

        return correct;
    }

    private static int IndexOfLargest(float* row) => Targets.IndexOfLargest(row, TKernels.ClassCount);
}
