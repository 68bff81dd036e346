using System.ComponentModel;
using System.Runtime.CompilerServices;
using AotBackprop.Numerics;
using AotBackprop.Runtime;

namespace AotBackprop.Native;

/// <summary>
/// The functions of a network in the shapes of C. Each emitted export does nothing but call one of them: an export
/// itself must not reserve much stack memory, because the runtime, where there is one, may start only within it.
/// </summary>
/// <typeparam name="TKernels">The emitted arithmetic.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
[SkipLocalsInit]
public static unsafe class NativeFunctions<TKernels>
    where TKernels : struct, INetworkKernels
{
    private const MethodImplOptions Body = MethodImplOptions.NoInlining;

    /// <summary>First weights.</summary>
    [MethodImpl(Body)]
    public static int Initialize(float* parameters, ulong seed, int initialization)
    {
        if (parameters == null)
        {
            return (int)NetworkStatus.NullPointer;
        }

        return FloatingPointEnvironment.IsDefault()
            ? (int)NetworkFunctions<TKernels>.Initialize(parameters, seed, (Initialization)initialization)
            : (int)NetworkStatus.FloatingPointEnvironment;
    }

    /// <summary>Which network this is.</summary>
    /// <param name="fingerprint">The number that the generator has computed.</param>
    [MethodImpl(Body)]
    public static ulong Fingerprint(ulong fingerprint) => fingerprint;

    /// <summary>Bytes for training on batches of this size; enough for inference on any number of samples.</summary>
    [MethodImpl(Body)]
    public static nuint WorkspaceSize(nuint batch) => NetworkFunctions<TKernels>.TrainingWorkspaceSize(batch);

    /// <summary>Bytes for an epoch.</summary>
    [MethodImpl(Body)]
    public static nuint EpochWorkspaceSize(nuint count, nuint batch) => NetworkFunctions<TKernels>.EpochWorkspaceSize(count, batch);

    /// <summary>Bytes for a team that trains on batches of this size.</summary>
    [MethodImpl(Body)]
    public static nuint TeamWorkspaceSize(nuint batch, nuint threads) => NetworkFunctions<TKernels>.TeamWorkspaceSize(batch, threads);

    /// <summary>Bytes for an epoch of a team.</summary>
    [MethodImpl(Body)]
    public static nuint TeamEpochWorkspaceSize(nuint count, nuint batch, nuint threads) =>
        NetworkFunctions<TKernels>.TeamEpochWorkspaceSize(count, batch, threads);

    /// <summary>Bytes of the optimizer's state: none for gradient descent that does not clip.</summary>
    [MethodImpl(Body)]
    public static nuint OptimizerStateSize(NativeOptions* options) =>
        NativeOptions.Validate(options, out OptimizerSettings settings, out _) is NetworkStatus.Ok or NetworkStatus.InvalidLearningRate
            ? NetworkFunctions<TKernels>.OptimizerStateSize(settings)
            : nuint.MaxValue;

    /// <summary>Probabilities.</summary>
    /// <remarks>Inlined, so that one sample is two calls: the export and the kernel.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Forward(float* parameters, float* X, nuint count, float* probabilities, void* workspace, nuint size) =>
        NetworkFunctions<TKernels>.ForwardOne(parameters, X, count, probabilities, workspace, size)
            || NetworkFunctions<TKernels>.ForwardFew(parameters, X, count, probabilities, workspace, size)
            ? (int)NetworkStatus.Ok
            : ForwardBatch(parameters, X, count, probabilities, workspace, size);

    [MethodImpl(Body)]
    private static int ForwardBatch(float* parameters, float* X, nuint count, float* probabilities, void* workspace, nuint size) =>
        (int)NetworkFunctions<TKernels>.Forward(parameters, X, count, probabilities, workspace, size);

    /// <summary>Class numbers.</summary>
    [MethodImpl(Body)]
    public static int Classify(float* parameters, float* X, nuint count, int* classes, void* workspace, nuint size) =>
        (int)NetworkFunctions<TKernels>.Classify(parameters, X, count, classes, workspace, size);

    /// <summary>Loss and accuracy of a classifier.</summary>
    [MethodImpl(Body)]
    public static int Evaluate(
        float* parameters, float* X, NativeTargets* targets, nuint count, void* workspace, nuint size, double* loss, nuint* correct)
    {
        EvaluationSums sums = default;
        NetworkStatus status = Evaluate(parameters, X, targets, count, workspace, size, ref sums);
        if (status == NetworkStatus.Ok)
        {
            Write(loss, sums.Loss / sums.Weight);
            Write(correct, sums.Correct);
        }

        return (int)status;
    }

    /// <summary>Loss, and how often each of several labels is right.</summary>
    [MethodImpl(Body)]
    public static int LabelsEvaluate(
        float* parameters, float* X, NativeTargets* targets, nuint count, void* workspace, nuint size, double* loss, nuint* correct)
    {
        EvaluationSums sums = new() { Outputs = SumsOfOutputs(workspace, size) };
        NetworkStatus status = Evaluate(parameters, X, targets, count, workspace, size, ref sums);
        if (status == NetworkStatus.Ok)
        {
            Write(loss, sums.Loss / sums.Weight);
            AddTo(correct, sums.Outputs, isFirst: true);
        }

        return (int)status;
    }

    /// <summary>Loss, mean absolute error and R² of a regressor.</summary>
    [MethodImpl(Body)]
    public static int NumbersEvaluate(
        float* parameters,
        float* X,
        NativeTargets* targets,
        nuint count,
        void* workspace,
        nuint size,
        double* loss,
        double* meanAbsoluteError,
        double* rSquared)
    {
        EvaluationSums sums = new() { Outputs = SumsOfOutputs(workspace, size) };
        NetworkStatus status = Evaluate(parameters, X, targets, count, workspace, size, ref sums);
        if (status == NetworkStatus.Ok)
        {
            Write(loss, sums.Loss / sums.Weight);
            Write(meanAbsoluteError, sums.AbsoluteError / ((double)count * TKernels.OutputCount));
            Write(rSquared, sums.RSquaredOf(TKernels.OutputCount));
        }

        return (int)status;
    }

    /// <summary>Losses and correct samples of a classifier, added to those of the samples before.</summary>
    [MethodImpl(Body)]
    public static int AddLosses(
        float* parameters, float* X, NativeTargets* targets, nuint count, void* workspace, nuint size, double* sum, nuint* correct)
    {
        EvaluationSums sums = new() { Loss = sum == null ? 0 : *sum, Correct = correct == null ? 0 : *correct };
        NetworkStatus status = Add(parameters, X, targets, count, workspace, size, ref sums);
        if (status == NetworkStatus.Ok)
        {
            Write(sum, sums.Loss);
            Write(correct, sums.Correct);
        }

        return (int)status;
    }

    /// <summary>Losses and correct labels, added to those of the samples before.</summary>
    [MethodImpl(Body)]
    public static int LabelsAddLosses(
        float* parameters, float* X, NativeTargets* targets, nuint count, void* workspace, nuint size, double* sum, nuint* correct)
    {
        EvaluationSums sums = new() { Loss = sum == null ? 0 : *sum, Outputs = SumsOfOutputs(workspace, size) };
        NetworkStatus status = Add(parameters, X, targets, count, workspace, size, ref sums);
        if (status == NetworkStatus.Ok)
        {
            Write(sum, sums.Loss);
            AddTo(correct, sums.Outputs, isFirst: false);
        }

        return (int)status;
    }

    /// <summary>Losses of a regressor, added to those of the samples before.</summary>
    [MethodImpl(Body)]
    public static int NumbersAddLosses(
        float* parameters, float* X, NativeTargets* targets, nuint count, void* workspace, nuint size, double* sum)
    {
        EvaluationSums sums = new() { Loss = sum == null ? 0 : *sum };
        NetworkStatus status = Add(parameters, X, targets, count, workspace, size, ref sums);
        if (status == NetworkStatus.Ok)
        {
            Write(sum, sums.Loss);
        }

        return (int)status;
    }

    /// <summary>Loss and its derivatives.</summary>
    [MethodImpl(Body)]
    public static int Gradient(
        float* parameters, float* X, NativeTargets* targets, nuint count, float* gradient, void* workspace, nuint size, double* loss)
    {
        NetworkStatus status = NativeTargets.Read(targets, out BatchTargets wanted);
        if (status != NetworkStatus.Ok)
        {
            return (int)status;
        }

        status = NetworkFunctions<TKernels>.Gradient(
            parameters, X, wanted, count, gradient, workspace, size, out double value);
        if (status == NetworkStatus.Ok)
        {
            Write(loss, value);
        }

        return (int)status;
    }

    /// <summary>One step down a gradient.</summary>
    [MethodImpl(Body)]
    public static int Apply(float* parameters, float* gradient, NativeOptions* options, void* state, nuint stateSize)
    {
        NetworkStatus status = NativeOptions.Read(options, out OptimizerSettings settings);
        return status != NetworkStatus.Ok
            ? (int)status
            : (int)NetworkFunctions<TKernels>.Apply(parameters, gradient, new OptimizerStep(settings, state, stateSize));
    }

    /// <summary>One step on a batch, by one of the threads of a team.</summary>
    /// <remarks>Inlined, so that a step on one sample is two calls: the export and the kernel.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TrainStep(
        float* parameters,
        float* X,
        NativeTargets* targets,
        nuint count,
        NativeOptions* options,
        void* state,
        nuint stateSize,
        nuint rank,
        nuint threads,
        Team.Barrier* barrier,
        void* workspace,
        nuint size,
        double* loss)
    {
        if (TKernels.HasOneSample && count <= Math.Max(1, (nuint)TKernels.FewSamples) && threads == 1 && rank == 0
            && NativeOptions.ArePlain(options, out float rate)
            && NativeTargets.TryRead(targets, out BatchTargets wanted)
            && (count == 1
                ? NetworkFunctions<TKernels>.StepOne(parameters, X, wanted, rate, workspace, size, out double of)
                : NetworkFunctions<TKernels>.StepFew(parameters, X, wanted, count, rate, workspace, size, out of)))
        {
            Write(loss, of);
            return (int)NetworkStatus.Ok;
        }

        return TrainBatch(
            parameters, X, targets, count, options, state, stateSize, rank, threads, barrier, workspace, size, loss);
    }

    // Apart from the step on one sample, which needs no more than a small frame.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int TrainBatch(
        float* parameters,
        float* X,
        NativeTargets* targets,
        nuint count,
        NativeOptions* options,
        void* state,
        nuint stateSize,
        nuint rank,
        nuint threads,
        Team.Barrier* barrier,
        void* workspace,
        nuint size,
        double* loss)
    {
        NetworkStatus status = NativeOptions.Read(options, out OptimizerSettings settings);
        if (status != NetworkStatus.Ok)
        {
            return (int)status;
        }

        status = NativeTargets.Read(targets, out BatchTargets wanted);
        if (status != NetworkStatus.Ok)
        {
            return (int)status;
        }

        status = NetworkFunctions<TKernels>.TrainStep(
            parameters, X, wanted, count, new OptimizerStep(settings, state, stateSize), new Team(rank, threads, barrier), workspace, size, out double value);
        if (status == NetworkStatus.Ok)
        {
            Write(loss, value);
        }

        return (int)status;
    }

    /// <summary>An epoch, or some of its batches, by one of the threads of a team.</summary>
    [MethodImpl(Body)]
    public static int TrainEpoch(
        float* parameters,
        float* X,
        NativeTargets* targets,
        nuint count,
        NativeEpoch* epoch,
        NativeOptions* options,
        void* state,
        nuint stateSize,
        nuint rank,
        nuint threads,
        Team.Barrier* barrier,
        void* workspace,
        nuint size,
        double* loss,
        nuint* batchesDone)
    {
        NetworkStatus status = NativeOptions.Read(options, out OptimizerSettings settings);
        if (status != NetworkStatus.Ok)
        {
            return (int)status;
        }

        status = NativeEpoch.Read(epoch, out NativeEpoch range);
        if (status != NetworkStatus.Ok)
        {
            return (int)status;
        }

        status = NativeTargets.Read(targets, out BatchTargets wanted);
        if (status != NetworkStatus.Ok)
        {
            return (int)status;
        }

        nuint batchCount = range.BatchCount;
        nuint batchSize = range.BatchSize;
        if (batchCount == 0 && batchSize != 0 && count != 0)
        {
            nuint batches = Quotient.Of(count - 1, batchSize) + 1;
            batchCount = batches > range.FirstBatch ? batches - range.FirstBatch : 0;
        }

        // The threads of a team may share the struct: one of them keeps the sum.
        double* lossSum = rank == 0 ? range.LossSum : null;
        double sum = lossSum == null ? 0 : *lossSum;
        status = NetworkFunctions<TKernels>.TrainEpoch(
            parameters,
            X,
            wanted,
            count,
            batchSize,
            new OptimizerStep(settings, state, stateSize),
            range.Seed,
            range.Epoch,
            range.FirstBatch,
            batchCount,
            range.Stop,
            new Team(rank, threads, barrier),
            workspace,
            size,
            ref sum,
            out double value,
            out nuint done);
        if (status is NetworkStatus.Ok or NetworkStatus.NotFinite)
        {
            Write(loss, value);
            Write(lossSum, sum);
            Write(batchesDone, done);
        }

        return (int)status;
    }

    private static NetworkStatus Evaluate(
        float* parameters, float* X, NativeTargets* targets, nuint count, void* workspace, nuint size, ref EvaluationSums sums)
    {
        NetworkStatus status = NativeTargets.Read(targets, out BatchTargets wanted);
        return status == NetworkStatus.Ok
            ? NetworkFunctions<TKernels>.Evaluate(parameters, X, wanted, count, workspace, size, ref sums)
            : status;
    }

    private static NetworkStatus Add(
        float* parameters, float* X, NativeTargets* targets, nuint count, void* workspace, nuint size, ref EvaluationSums sums)
    {
        NetworkStatus status = NativeTargets.Read(targets, out BatchTargets wanted);
        return status == NetworkStatus.Ok
            ? NetworkFunctions<TKernels>.Add(parameters, X, wanted, count, workspace, size, ref sums)
            : status;
    }

    // All 0; null where the workspace is none, which is an error that validation finds.
    private static double* SumsOfOutputs(void* workspace, nuint size)
    {
        double* sums = NetworkFunctions<TKernels>.SumsOfOutputs(workspace, size);
        for (int i = 0; sums != null && i < NetworkFunctions<TKernels>.OutputSumCount; i++)
        {
            sums[i] = 0;
        }

        return sums;
    }

    private static void AddTo(nuint* counts, double* sums, bool isFirst)
    {
        for (int j = 0; counts != null && j < TKernels.OutputCount; j++)
        {
            counts[j] = (isFirst ? 0 : counts[j]) + (nuint)sums[j];
        }
    }

    private static void Write<T>(T* target, T value)
        where T : unmanaged
    {
        if (target != null)
        {
            *target = value;
        }
    }
}
