using System.Runtime.CompilerServices;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

/// <summary>
/// The functions of a network over pointers: validation and order of calls, written once. The members of a generated
/// type throw from the status, the C functions return it. A call validates everything before it writes anything.
/// </summary>
/// <remarks>
/// The caller owns all memory, and nothing here allocates. Parameters and data need no more than a float's alignment;
/// a workspace aligns itself inside. Any number of threads may read the same parameters, each with a workspace of its
/// own; who writes parameters must be alone with them.
/// </remarks>
/// <typeparam name="TKernels">The emitted arithmetic.</typeparam>
[SkipLocalsInit]
internal static unsafe partial class NetworkFunctions<TKernels>
    where TKernels : struct, INetworkKernels
{
    private const nuint Alignment = 64;

    // Samples that inference takes at a time; the bits of a sample do not depend on it.
    private const int LargestChunk = 256;

    /// <summary>Bytes of workspace for training.</summary>
    /// <param name="count">Samples in the largest batch.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint TrainingWorkspaceSize(nuint count) =>
        Bytes(count, (nuint)TKernels.TrainingFloats, (nuint)TKernels.FixedTrainingFloats);

    /// <summary>
    /// Bytes of workspace for inference on some samples at a time. With less, down to the size for one sample,
    /// inference works in more, smaller parts and gives the same bits.
    /// </summary>
    /// <param name="count">Samples at a time.</param>
    public static nuint InferenceWorkspaceSize(nuint count) =>
        Bytes(count, (nuint)TKernels.InferenceFloats, (nuint)TKernels.FixedInferenceFloats);

    /// <summary>Bytes that an optimizer keeps from step to step: zeroed before the first.</summary>
    /// <param name="settings">The optimizer.</param>
    public static nuint OptimizerStateSize(in OptimizerSettings settings) => OptimizerStep.StateSize(settings, TKernels.ParameterCount);

    /// <summary>Draws the parameters from the seed.</summary>
    /// <param name="parameters">Receives the parameters.</param>
    /// <param name="seed">The same seed gives the same bits on every machine.</param>
    /// <param name="initialization">How.</param>
    public static NetworkStatus Initialize(float* parameters, ulong seed, Initialization initialization)
    {
        if (parameters == null)
        {
            return NetworkStatus.NullPointer;
        }

        if (!FirstWeights.Exists(initialization))
        {
            return NetworkStatus.UnknownInitialization;
        }

        FirstWeights.Draw(parameters, TKernels.LayerSizes, initialization, seed);
        return NetworkStatus.Ok;
    }

    /// <summary>Numbers that an evaluation may keep of the outputs in the workspace.</summary>
    public static int OutputSumCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TKernels.Output == Output.Softmax ? 0
            : TKernels.OutputCount * (TKernels.Output == Output.Sigmoid ? 1 : EvaluationSums.OfRegressor);
    }

    /// <summary>Where in a workspace of inference an evaluation may keep sums of each output: at its end.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="size">Its bytes.</param>
    /// <returns>Null where the workspace is too small, or none.</returns>
    public static double* SumsOfOutputs(void* workspace, nuint size)
    {
        nuint bytes = (nuint)OutputSumCount * sizeof(double);
        return workspace == null || size < InferenceWorkspaceSize(1)
            ? null
            : (double*)(((nuint)workspace + size - bytes) & ~(nuint)(sizeof(double) - 1));
    }

    // What the kernels take, a label for each sample from a cache line on, the sums of an evaluation, and a line to align
    // the start.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Bytes(nuint count, nuint floats, nuint fixedFloats)
    {
        nuint slack = (fixedFloats * sizeof(float)) + ((nuint)OutputSumCount * sizeof(double)) + (3 * Alignment);
        nuint sample = (floats * sizeof(float)) + sizeof(int);
        return count > (nuint.MaxValue - slack) / sample ? nuint.MaxValue : (count * sample) + slack;
    }

    /// <summary>The copy of a batch's labels, after the memory of training.</summary>
    private static int* TrainingLabels(void* workspace, nuint count) =>
        Labels(workspace, (count * (nuint)TKernels.TrainingFloats) + (nuint)TKernels.FixedTrainingFloats);

    /// <summary>The copy of a batch's labels, after the memory of inference on this many samples at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int* InferenceLabels(void* workspace, nuint count) =>
        Labels(workspace, (count * (nuint)TKernels.InferenceFloats) + (nuint)TKernels.FixedInferenceFloats);

    private static int* Labels(void* workspace, nuint floats) => (int*)Align(Align(workspace) + floats);

    private static float* Align(void* workspace) => (float*)(((nuint)workspace + Alignment - 1) & ~(Alignment - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static NetworkStatus ValidateSamples(float* parameters, float* X, nuint count, void* workspace)
    {
        if (parameters == null || X == null || workspace == null)
        {
            return NetworkStatus.NullPointer;
        }

        nuint most = (nuint)nint.MaxValue / sizeof(float) / (nuint)Math.Max(TKernels.InputCount, TKernels.OutputCount);
        return count == 0 || count > most ? NetworkStatus.InvalidCount : NetworkStatus.Ok;
    }

    // The class numbers that there are; 0 where targets are values alone.
    private static int LabelCount => Outputs.ClassesOf(TKernels.Output, TKernels.OutputCount);

    /// <summary>
    /// Validates targets. Labels become indices, and their owner may change them meanwhile: they are read once, to a copy,
    /// and from then on <see cref="Taken"/> stands for them. Values are never more than numbers.
    /// </summary>
    /// <param name="targets">What the network should say.</param>
    /// <param name="first">The first sample to look at.</param>
    /// <param name="count">Samples to look at.</param>
    /// <param name="labels">Receives the labels of these samples, each at its place among all.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static NetworkStatus TakeTargets(in BatchTargets targets, nint first, nint count, int* labels)
    {
        BatchTargets own = targets.From(first, TKernels.OutputCount);
        if (own.Weights != null && !Scan.AreWithin(own.Weights, (nuint)count, 0, float.MaxValue))
        {
            return NetworkStatus.InvalidWeights;
        }

        return own.Labels != null
            ? TakeLabels(own, count, labels + first)
            : ValidateValues(own.Values, (nuint)count);
    }

    private static NetworkStatus TakeLabels(in BatchTargets targets, nint count, int* labels)
    {
        if (LabelCount == 0 || targets.Values != null)
        {
            return NetworkStatus.UnsupportedTargets;
        }

        if (!Scan.CopyLabels(targets.Labels, (nuint)count, LabelCount, labels))
        {
            return NetworkStatus.LabelOutOfRange;
        }

        // One event that has a probability: 0 or 1 is the value of its label.
        for (nint n = 0; TKernels.Output != Output.Softmax && n < count; n++)
        {
            ((float*)labels)[n] = labels[n];
        }

        return NetworkStatus.Ok;
    }

    private static NetworkStatus ValidateValues(float* Y, nuint count)
    {
        if (TKernels.Output == Output.Softmax)
        {
            return Scan.AreProbabilities(Y, count, TKernels.OutputCount) ? NetworkStatus.Ok : NetworkStatus.InvalidProbabilities;
        }

        (float least, float most) = TKernels.Output == Output.Sigmoid ? (0f, 1f) : (-float.MaxValue, float.MaxValue);
        return Scan.AreWithin(Y, count * (nuint)TKernels.OutputCount, least, most) ? NetworkStatus.Ok : NetworkStatus.TargetOutOfRange;
    }

    /// <summary>The targets that the kernels are given: labels as they were copied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static BatchTargets Taken(in BatchTargets targets, int* labels) => targets.Labels == null ? targets
        : TKernels.Output == Output.Softmax ? BatchTargets.Of(labels, null, targets.Weights)
        : BatchTargets.Of(null, (float*)labels, targets.Weights);

    /// <summary>
    /// Looks through the inputs of a part, unless the kernels do that themselves. Where nearly all are 0, the workspace
    /// lists the others.
    /// </summary>
    private static InputFacts Examine(float* X, in Part part, float* workspace)
    {
        Zeros zeros = ZerosOf(X, part, workspace, out float largest);
        bool isKnown = zeros == Zeros.NearlyAll || (zeros == Zeros.Few && TKernels.FindsLargestInput);
        int D = TKernels.InputCount;
        return new(isKnown ? largest : Scan.Largest(X + (part.First * D), (nuint)part.Count * (nuint)D), zeros);
    }

    /// <summary>How many inputs of a part are 0. Where nearly all are, the workspace lists the others.</summary>
    /// <param name="X">Inputs of the batch.</param>
    /// <param name="part">The part.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="largest">Receives the largest magnitude where nearly all are 0, else 0.</param>
    private static Zeros ZerosOf(float* X, in Part part, float* workspace, out float largest)
    {
        // Lists hold the numbers of entries, of which a sample has room for one at least, in 31 bits.
        largest = 0;
        if (!TKernels.SkipsZeros || Entries.Capacity(part.N, TKernels.InputCount) > int.MaxValue)
        {
            return Zeros.Few;
        }

        // The first and the last tile stand for all. A list that names nearly every column costs more than it saves: a
        // step from lists of all columns takes some 6 % longer than one without. A tile has no fewer than any row of it.
        int D = TKernels.InputCount;
        nint N = part.Count;
        float* first = X + (part.First * D);
        nint most = 2 * (D - (D / 16));
        bool hasTile = N >= NonZero.Rows;
        if (hasTile && NonZero.Count(first, D) + NonZero.Count(first + ((N - 1) * D), D) > most)
        {
            return Zeros.Few;
        }

        if (TKernels.Entries(part, workspace, out int* columns).Fill(X, part.First, N, D, columns, out largest))
        {
            return Zeros.NearlyAll;
        }

        return hasTile
            && NonZero.ColumnsOf(first, D, null, 0, NonZero.Rows, D, columns)
                + NonZero.ColumnsOf(first, D, null, N - NonZero.Rows, NonZero.Rows, D, columns) <= most
            ? Zeros.Many
            : Zeros.Few;
    }

    /// <summary>Adds each sample's loss to a sum, in order, times its weight if it has one.</summary>
    private static double Sum(double* losses, in BatchTargets targets, nint N, double sum)
    {
        float* weights = targets.Weights;
        for (nint n = 0; n < N; n++)
        {
            sum += weights == null ? losses[n] : weights[n] * losses[n];
        }

        return sum;
    }

    /// <summary>The result of examining inputs.</summary>
    /// <param name="Largest">The largest magnitude, infinite or NaN if any is; 0 where the kernels find it.</param>
    /// <param name="Zeros">How many are 0.</param>
    private readonly record struct InputFacts(float Largest, Zeros Zeros);
}
