using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

internal static unsafe partial class NetworkFunctions<TKernels>
{
    // Samples between the one that is copied and the one that is fetched.
    private const nuint GatherAhead = 3;

    /// <summary>Bytes of workspace for an epoch.</summary>
    /// <param name="count">Samples in all.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    public static nuint EpochWorkspaceSize(nuint count, nuint batchSize)
    {
        nuint batch = Math.Min(count, batchSize);
        nuint training = TrainingWorkspaceSize(batch);
        nuint sample = (nuint)(TKernels.InputCount + TKernels.OutputCount + 1) * sizeof(float);

        // The order of the samples, and their labels.
        nuint lists = 2 * count * sizeof(int);
        return count > int.MaxValue || training > nuint.MaxValue - lists || batch > (nuint.MaxValue - lists - training) / sample
            ? nuint.MaxValue
            : training + (batch * sample) + lists;
    }

    /// <summary>
    /// The batches from one number on of an epoch, in the shuffled order of seed and epoch. Where it stops early, the
    /// updates of the batches before stay: <paramref name="batchesDone"/> counts them.
    /// </summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs of the whole training set.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="count">N, below 2³¹.</param>
    /// <param name="batchSize">Samples in a batch; the last may be short.</param>
    /// <param name="optimizer">The optimizer, or η.</param>
    /// <param name="seed">With the epoch, decides the order of the samples.</param>
    /// <param name="epoch">The number of the epoch.</param>
    /// <param name="firstBatch">The first batch of the range.</param>
    /// <param name="batchCount">Batches in the range.</param>
    /// <param name="stop">Read before each batch; any number but 0 ends the range. May be null.</param>
    /// <param name="team">The thread, and those that make the same call at once.</param>
    /// <param name="workspace">Scratch memory, of the whole team.</param>
    /// <param name="workspaceSize">Its bytes, at least <see cref="TeamEpochWorkspaceSize"/>.</param>
    /// <param name="lossSum">
    /// Where the loss of each batch, times the sum of its weights, is added one by one; 0 before the first range of an epoch. Its ranges
    /// then leave the sum of the whole, to the bit.
    /// </param>
    /// <param name="loss">Receives the mean over the range's samples of the loss before each one's update.</param>
    /// <param name="batchesDone">Receives the number of batches trained on.</param>
    public static NetworkStatus TrainEpoch(
        float* parameters,
        float* X,
        in BatchTargets targets,
        nuint count,
        nuint batchSize,
        in OptimizerStep optimizer,
        ulong seed,
        ulong epoch,
        nuint firstBatch,
        nuint batchCount,
        int* stop,
        in Team team,
        void* workspace,
        nuint workspaceSize,
        ref double lossSum,
        out double loss,
        out nuint batchesDone)
    {
        loss = 0;
        batchesDone = 0;
        NetworkStatus status = ValidateEpoch(
            parameters, X, targets, count, batchSize, optimizer, firstBatch, batchCount, team, workspace, workspaceSize);
        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        nuint batch = Math.Min(batchSize, count);
        float* training = Align(workspace);
        float* batchX = (float*)((byte*)workspace + TrainingWorkspaceSize(batch));
        float* batchTargets = batchX + (batch * (nuint)TKernels.InputCount);
        float* batchWeights = batchTargets + (batch * (nuint)TKernels.OutputCount);
        int* order = (int*)(batchWeights + batch);
        int* labels = order + count;
        Worker worker = Worker.Of(team, workspace, EpochWorkspaceSize(count, batchSize), batch);
        status = AgreeOnData(X, targets, labels, count, worker, order, seed, epoch);
        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        BatchTargets taken = Taken(targets, labels);
        BatchTargets gathered = BatchTargets.Of(
            taken.Labels == null ? null : (int*)batchTargets,
            taken.Labels == null ? batchTargets : null,
            taken.Weights == null ? null : batchWeights);
        double sum = 0;
        double weight = 0;
        for (; batchesDone < batchCount; batchesDone++)
        {
            nuint first = (firstBatch + batchesDone) * batchSize;
            nuint N = Math.Min(batchSize, count - first);
            Part part = worker.Part((nint)N);
            Findings findings = default;
            double batchLoss;
            double batchWeight = taken.TotalOf((nint)N, order + first);
            if (worker.IsFirst && stop != null && Volatile.Read(ref *stop) != 0)
            {
                // The others learn of it when all agree.
                if (worker.IsAlone)
                {
                    break;
                }

                findings.Stops = 1;
            }
            else
            {
                float largest = Gather(X, taken, order + first, part, count - first, batchX, gathered);
                if (worker.IsAlone
                    && (N == 1
                        ? StepOne(parameters, batchX, gathered, optimizer, training, out batchLoss)
                        : optimizer.IsPlain && StepFew(
                            parameters, batchX, gathered, N, optimizer.LearningRate, training, TrainingWorkspaceSize(N), out batchLoss)))
                {
                    sum += batchLoss * batchWeight;
                    lossSum += batchLoss * batchWeight;
                    weight += batchWeight;
                    continue;
                }

                findings = FindOfValid(parameters, batchX, largest, part, optimizer, training);
                findings.TotalWeight = batchWeight;
            }

            status = Step(parameters, batchX, gathered, optimizer, worker, findings, part, training, out batchLoss, out bool stops);
            if (status == NetworkStatus.InvalidWeights)
            {
                // None of the batch counts, and there is no step.
                status = NetworkStatus.Ok;
                continue;
            }

            if (status != NetworkStatus.Ok || stops)
            {
                break;
            }

            sum += batchLoss * batchWeight;
            lossSum += batchLoss * batchWeight;
            weight += batchWeight;
        }

        loss = weight == 0 ? 0 : sum / weight;
        return status;
    }

    /// <summary>Validates all of the data, each thread its share of it, while the first one draws the order of the samples.</summary>
    private static NetworkStatus AgreeOnData(
        float* X, in BatchTargets targets, int* labels, nuint count, in Worker worker, int* order, ulong seed, ulong epoch)
    {
        Part part = worker.Part((nint)count);
        Findings findings = default;
        findings.Status = TakeTargets(targets, part.First, part.Count, labels);
        if (findings.Status == NetworkStatus.Ok
            && !float.IsFinite(Scan.Largest(X + (part.First * TKernels.InputCount), (nuint)part.Count * (nuint)TKernels.InputCount)))
        {
            findings.Status = NetworkStatus.InputNotFinite;
        }

        if (worker.IsFirst)
        {
            findings.TotalWeight = targets.TotalOf((nint)count, null);
            Shuffle.Fill(order, (int)count, seed, epoch);
        }

        Findings all = worker.AllReduce(findings);
        NetworkStatus status = all.Status;
        if (status == NetworkStatus.Ok && targets.WithTotal(all.TotalWeight).WeighNothing)
        {
            status = NetworkStatus.InvalidWeights;
        }

        worker.Wait();
        return status;
    }

    private static NetworkStatus ValidateEpoch(
        float* parameters,
        float* X,
        in BatchTargets targets,
        nuint count,
        nuint batchSize,
        in OptimizerStep optimizer,
        nuint firstBatch,
        nuint batchCount,
        in Team team,
        void* workspace,
        nuint workspaceSize)
    {
        NetworkStatus status = optimizer.Validate(TKernels.ParameterCount);
        if (status == NetworkStatus.Ok)
        {
            status = team.Validate();
        }

        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        status = ValidateSamples(parameters, X, count, workspace);
        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        if (count > int.MaxValue)
        {
            return NetworkStatus.InvalidCount;
        }

        if (batchSize == 0)
        {
            return NetworkStatus.InvalidBatch;
        }

        nuint batches = Quotient.Of(count - 1, batchSize) + 1;
        if (firstBatch > batches || batchCount > batches - firstBatch)
        {
            return NetworkStatus.InvalidBatchRange;
        }

        if (workspaceSize < TeamEpochWorkspaceSize(count, batchSize, (nuint)team.Ranks))
        {
            return NetworkStatus.WorkspaceTooSmall;
        }

        return targets.AreMissing ? NetworkStatus.NullPointer : NetworkStatus.Ok;
    }

    /// <summary>Copies the samples of a part of a batch, in the order of the epoch, to consecutive rows.</summary>
    /// <returns>The largest magnitude of their inputs.</returns>
    private static float Gather(float* X, in BatchTargets targets, int* order, in Part part, nuint left, float* batchX, in BatchTargets gathered)
    {
        nuint inputs = (nuint)TKernels.InputCount;
        nuint end = (nuint)(part.First + part.Count);
        float largest = 0;
        for (nuint n = (nuint)part.First; n < end; n++)
        {
            nuint sample = (nuint)order[n];
            nuint coming = (nuint)order[Math.Min(n + GatherAhead, left - 1)];
            largest = Math.Max(largest, Scan.Copy(X + (sample * inputs), batchX + (n * inputs), inputs, X + (coming * inputs)));
            if (targets.Labels != null)
            {
                gathered.Labels[n] = targets.Labels[sample];
            }
            else
            {
                nuint outputs = (nuint)TKernels.OutputCount;
                float* row = targets.Values + (sample * outputs);
                Scan.Copy(row, gathered.Values + (n * outputs), outputs, row);
            }

            if (targets.Weights != null)
            {
                gathered.Weights[n] = targets.Weights[sample];
            }
        }

        return largest;
    }
}
