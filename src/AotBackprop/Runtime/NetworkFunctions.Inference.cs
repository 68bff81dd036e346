using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

internal static unsafe partial class NetworkFunctions<TKernels>
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
        if (ForwardOne(parameters, X, count, probabilities, workspace, workspaceSize))
        {
            return NetworkStatus.Ok;
        }

        NetworkStatus status = ValidateInference(parameters, X, count, workspace, workspaceSize, out nint chunk);
        Zeros zeros = Zeros.Few;
        if (status == NetworkStatus.Ok)
        {
            status = probabilities == null ? NetworkStatus.NullPointer : ValidateInputs(X, (nint)count, chunk, workspace, out zeros);
        }

        if (status != NetworkStatus.Ok)
        {
            return status;
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

        NetworkStatus status = ValidateInference(parameters, X, count, workspace, workspaceSize, out nint chunk);
        Zeros zeros = Zeros.Few;
        if (status == NetworkStatus.Ok)
        {
            status = classes == null ? NetworkStatus.NullPointer : ValidateInputs(X, (nint)count, chunk, workspace, out zeros);
        }

        if (status != NetworkStatus.Ok)
        {
            return status;
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NetworkStatus Evaluate(
        float* parameters, float* X, Targets targets, nuint count, void* workspace, nuint workspaceSize, out Evaluation evaluation)
    {
        double sum = 0;
        nuint correct = 0;
        NetworkStatus status = AddLosses(parameters, X, targets, count, workspace, workspaceSize, ref sum, ref correct);
        evaluation = status == NetworkStatus.Ok ? new Evaluation(sum / count, (long)correct, (long)count) : default;
        return status;
    }

    /// <summary>
    /// Adds the loss of each sample to a sum, one by one, and how many are classified correctly. Samples that are taken in
    /// parts, one after the other, leave the bits that they leave in one call; the sum over their number is their mean loss.
    /// On an error nothing is added.
    /// </summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="count">N.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="workspaceSize">Its bytes, at least <see cref="InferenceWorkspaceSize"/> of one sample.</param>
    /// <param name="sum">The sum, 0 before the first part.</param>
    /// <param name="correct">How many are correct, 0 before the first part.</param>
    public static NetworkStatus AddLosses(
        float* parameters,
        float* X,
        Targets targets,
        nuint count,
        void* workspace,
        nuint workspaceSize,
        ref double sum,
        ref nuint correct)
    {
        NetworkStatus status = ValidateInference(parameters, X, count, workspace, workspaceSize, out nint chunk);
        if (status == NetworkStatus.Ok && targets.AreMissing)
        {
            status = NetworkStatus.NullPointer;
        }

        int* labels = InferenceLabels(workspace, (nuint)chunk);
        for (nint n = 0; n < (nint)count && status == NetworkStatus.Ok; n += chunk)
        {
            status = TakeTargets(targets.From(n, TKernels.ClassCount), 0, Math.Min(chunk, (nint)count - n), labels);
        }

        Zeros zeros = Zeros.Few;
        if (status == NetworkStatus.Ok)
        {
            status = ValidateInputs(X, (nint)count, chunk, workspace, out zeros);
        }

        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        float* aligned = Align(workspace);
        double loss = sum;
        nuint right = correct;
        for (nint n = 0; n < (nint)count; n += chunk)
        {
            nint N = Math.Min(chunk, (nint)count - n);
            Targets part = targets.From(n, TKernels.ClassCount);
            if (N < (nint)count && TakeTargets(part, 0, N, labels) is not NetworkStatus.Ok and NetworkStatus changed)
            {
                return changed;
            }

            if (!ForwardPart(parameters, X, (nint)count, n, N, zeros, aligned, TKernels.Probabilities(aligned, N)))
            {
                return NetworkStatus.InputNotFinite;
            }

            AddPart(Taken(part, labels), N, aligned, ref loss, ref right);
        }

        if (!double.IsFinite(loss))
        {
            return NetworkStatus.NotFinite;
        }

        sum = loss;
        correct = right;
        return NetworkStatus.Ok;
    }

    /// <summary>
    /// The probabilities of one sample of a small network, if nothing is wrong. Else nothing is done, and the passes say
    /// what is wrong, if anything is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool ForwardOne(
        float* parameters, float* X, nuint count, float* probabilities, void* workspace, nuint workspaceSize) =>
        TKernels.HasOneSample
            && IsOne(parameters, X, count, workspace, workspaceSize)
            && probabilities != null
            && TKernels.ForwardOne(parameters, X, Align(workspace), probabilities);

    /// <summary>Whether there is one sample, and all that it takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOne(float* parameters, float* X, nuint count, void* workspace, nuint workspaceSize) =>
        count == 1 && parameters != null && X != null && workspace != null && workspaceSize >= InferenceWorkspaceSize(1);

    private static NetworkStatus ValidateInference(
        float* parameters, float* X, nuint count, void* workspace, nuint workspaceSize, out nint chunk)
    {
        chunk = 0;
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

        nuint fitting = 1 + ((workspaceSize - needed) / (((nuint)TKernels.InferenceFloats * sizeof(float)) + sizeof(int)));
        chunk = (nint)Math.Min(Math.Min(fitting, LargestChunk), count);
        return NetworkStatus.Ok;
    }

    private static NetworkStatus ValidateInputs(float* X, nint count, nint chunk, void* workspace, out Zeros zeros)
    {
        float largest;
        if (chunk == count)
        {
            (largest, zeros) = Examine(X, new Part(chunk), Align(workspace));
        }
        else
        {
            zeros = Zeros.Few;
            largest = Scan.Largest(X, (nuint)count * (nuint)TKernels.InputCount);
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

        return (N == 1 && TKernels.ForwardOne(parameters, part, workspace, probabilities))
            || TKernels.Forward(parameters, part, zeros, new Part(N), workspace, probabilities);
    }

    // One sample at a time: the order of the sum does not depend on the size of a part.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPart(Targets targets, nint N, float* workspace, ref double sum, ref nuint correct)
    {
        TKernels.Losses(targets, N, workspace);
        sum = Sum(TKernels.SampleLosses(workspace, N), N, sum);
        float* probabilities = TKernels.Probabilities(workspace, N);
        for (nint n = 0; n < N; n++)
        {
            int wanted = targets.ClassOf(n, TKernels.ClassCount);
            correct += IndexOfLargest(probabilities + (n * TKernels.ClassCount)) == wanted ? 1u : 0;
        }
    }

    private static int IndexOfLargest(float* row) => Targets.IndexOfLargest(row, TKernels.ClassCount);
}
