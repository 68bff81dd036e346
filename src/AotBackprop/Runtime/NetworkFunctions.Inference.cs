using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

internal static unsafe partial class NetworkFunctions<TKernels>
{
    /// <summary>A of the output layer for each sample.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="count">N.</param>
    /// <param name="outputs">Receives N×C outputs.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="workspaceSize">Its bytes, at least <see cref="InferenceWorkspaceSize"/> of one sample.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static NetworkStatus Forward(
        float* parameters, float* X, nuint count, float* outputs, void* workspace, nuint workspaceSize)
    {
        if (ForwardOne(parameters, X, count, outputs, workspace, workspaceSize)
            || ForwardFew(parameters, X, count, outputs, workspace, workspaceSize))
        {
            return NetworkStatus.Ok;
        }

        NetworkStatus status = ValidateInference(parameters, X, count, workspace, workspaceSize, out nint chunk);
        Zeros zeros = Zeros.Few;
        if (status == NetworkStatus.Ok)
        {
            status = outputs == null ? NetworkStatus.NullPointer : ValidateInputs(X, (nint)count, chunk, workspace, out zeros);
        }

        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        float* aligned = Align(workspace);
        for (nint n = 0; n < (nint)count; n += chunk)
        {
            nint N = Math.Min(chunk, (nint)count - n);
            if (!ForwardPart(parameters, X, (nint)count, n, N, zeros, aligned, outputs + (n * TKernels.OutputCount)))
            {
                return NetworkStatus.InputNotFinite;
            }
        }

        return NetworkStatus.Ok;
    }

    /// <summary>
    /// The most probable class of each sample, the lowest among equals; of sigmoid outputs whether each is above ½.
    /// </summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="count">N.</param>
    /// <param name="classes">Receives N class numbers, or N×C of 0 and 1.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="workspaceSize">Its bytes, at least <see cref="InferenceWorkspaceSize"/> of one sample.</param>
    public static NetworkStatus Classify(
        float* parameters, float* X, nuint count, int* classes, void* workspace, nuint workspaceSize)
    {
        if (IsOne(parameters, X, count, workspace, workspaceSize) && classes != null)
        {
            float* one = Align(workspace);
            float* row = TKernels.Outputs(one, 1);
            if (TKernels.ForwardOne(parameters, X, one, row))
            {
                Decide(row, classes);
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
            float* outputs = TKernels.Outputs(aligned, N);
            if (!ForwardPart(parameters, X, (nint)count, n, N, zeros, aligned, outputs))
            {
                return NetworkStatus.InputNotFinite;
            }

            for (nint i = 0; i < N; i++)
            {
                Decide(outputs + (i * TKernels.OutputCount), classes + ((n + i) * Decisions));
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
        float* parameters, float* X, in BatchTargets targets, nuint count, void* workspace, nuint workspaceSize, out Evaluation evaluation)
    {
        EvaluationSums sums = default;
        NetworkStatus status = Evaluate(parameters, X, targets, count, workspace, workspaceSize, ref sums);
        evaluation = status == NetworkStatus.Ok ? new Evaluation(sums.Loss / sums.Weight, (long)sums.Correct, (long)count) : default;
        return status;
    }

    /// <summary>The sums of an evaluation over samples of which one at least counts.</summary>
    /// <inheritdoc cref="Add"/>
    public static NetworkStatus Evaluate(
        float* parameters, float* X, in BatchTargets targets, nuint count, void* workspace, nuint workspaceSize, ref EvaluationSums sums)
    {
        NetworkStatus status = Add(parameters, X, targets, count, workspace, workspaceSize, ref sums);
        return status == NetworkStatus.Ok && sums.Weight == 0 ? NetworkStatus.InvalidWeights : status;
    }

    /// <summary>
    /// Adds each sample to sums, one by one. Samples that are taken in parts, one after the other, leave the bits that they
    /// leave in one call. On an error nothing is added, but perhaps to what is kept of each output.
    /// </summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="count">N.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="workspaceSize">Its bytes, at least <see cref="InferenceWorkspaceSize"/> of one sample.</param>
    /// <param name="sums">The sums, 0 before the first part.</param>
    public static NetworkStatus Add(
        float* parameters,
        float* X,
        in BatchTargets targets,
        nuint count,
        void* workspace,
        nuint workspaceSize,
        ref EvaluationSums sums)
    {
        NetworkStatus status = ValidateInference(parameters, X, count, workspace, workspaceSize, out nint chunk);
        if (status == NetworkStatus.Ok && targets.AreMissing)
        {
            status = NetworkStatus.NullPointer;
        }

        int* labels = InferenceLabels(workspace, (nuint)chunk);
        for (nint n = 0; n < (nint)count && status == NetworkStatus.Ok; n += chunk)
        {
            status = TakeTargets(targets.From(n, TKernels.OutputCount), 0, Math.Min(chunk, (nint)count - n), labels);
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
        EvaluationSums all = sums;
        for (nint n = 0; n < (nint)count; n += chunk)
        {
            nint N = Math.Min(chunk, (nint)count - n);
            BatchTargets part = targets.From(n, TKernels.OutputCount);
            if (N < (nint)count && TakeTargets(part, 0, N, labels) is not NetworkStatus.Ok and NetworkStatus changed)
            {
                return changed;
            }

            if (!ForwardPart(parameters, X, (nint)count, n, N, zeros, aligned, TKernels.Outputs(aligned, N)))
            {
                return NetworkStatus.InputNotFinite;
            }

            AddPart(Taken(part, labels), N, aligned, ref all);
        }

        if (!double.IsFinite(all.Loss))
        {
            return NetworkStatus.NotFinite;
        }

        sums = all;
        return NetworkStatus.Ok;
    }

    /// <summary>
    /// A of the output layer of one sample of a small network, if nothing is wrong. Else nothing is done, and the passes say
    /// what is wrong, if anything is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool ForwardOne(
        float* parameters, float* X, nuint count, float* outputs, void* workspace, nuint workspaceSize) =>
        TKernels.HasOneSample
            && IsOne(parameters, X, count, workspace, workspaceSize)
            && outputs != null
            && TKernels.ForwardOne(parameters, X, Align(workspace), outputs);

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
        float* parameters, float* X, nint count, nint first, nint N, Zeros zeros, float* workspace, float* outputs)
    {
        float* part = X + (first * TKernels.InputCount);
        if (N < count)
        {
            zeros = ZerosOf(part, new Part(N), workspace, out _);
        }

        return (N == 1 && TKernels.ForwardOne(parameters, part, workspace, outputs))
            || TKernels.Forward(parameters, part, zeros, new Part(N), workspace, outputs);
    }

    // One sample at a time: the order of a sum does not depend on the size of a part.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPart(in BatchTargets targets, nint N, float* workspace, ref EvaluationSums sums)
    {
        TKernels.Losses(targets, N, workspace);
        sums.Loss = Sum(TKernels.SampleLosses(workspace, N), targets, N, sums.Loss);
        float* outputs = TKernels.Outputs(workspace, N);
        for (nint n = 0; n < N; n++, outputs += TKernels.OutputCount)
        {
            float* values = targets.Values + (n * TKernels.OutputCount);
            switch (TKernels.Output)
            {
                case Output.Softmax:
                    sums.AddClass(targets.ClassOf(n, TKernels.OutputCount), IndexOfLargest(outputs));
                    break;
                case Output.Sigmoid:
                    sums.Correct += sums.AddLabels(outputs, values, TKernels.OutputCount);
                    break;
                default:
                    sums.AddNumbers(outputs, values, TKernels.OutputCount, isFirst: sums.Count + (nuint)n == 0);
                    break;
            }

            sums.Weight += targets.Weights == null ? 1 : targets.Weights[n];
        }

        sums.Count += (nuint)N;
    }

    // What is decided of each sample: one class, or of each of several labels whether it holds.
    private static int Decisions => TKernels.Output == Output.Softmax ? 1 : TKernels.OutputCount;

    private static void Decide(float* row, int* decisions)
    {
        if (TKernels.Output == Output.Softmax)
        {
            *decisions = IndexOfLargest(row);
            return;
        }

        for (int j = 0; j < TKernels.OutputCount; j++)
        {
            decisions[j] = row[j] > 0.5f ? 1 : 0;
        }
    }

    private static int IndexOfLargest(float* row) => BatchTargets.IndexOfLargest(row, TKernels.OutputCount);
}
