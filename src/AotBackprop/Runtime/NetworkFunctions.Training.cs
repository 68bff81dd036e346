using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

internal static unsafe partial class NetworkFunctions<TKernels>
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
        float* parameters, float* X, in BatchTargets targets, nuint count, float* gradient, void* workspace, nuint workspaceSize, out double loss)
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

        BatchTargets taken = Taken(targets, TrainingLabels(workspace, count)).Weighed((nint)count);
        if (taken.WeighNothing)
        {
            return NetworkStatus.InvalidWeights;
        }

        float* aligned = Align(workspace);
        Part part = new((nint)count);
        Worker worker = new(Team.Alone, null, 0);
        TKernels.Differentiate(parameters, X, taken, inputs.Zeros, part, aligned);
        status = Loss(taken, (nint)count, aligned, worker, inputs.Largest, out loss, out double bound);
        if (status == NetworkStatus.Ok
            && !(bound < float.MaxValue)
            && !float.IsFinite(LargestDerivative(parameters, X, taken, worker, inputs.Zeros, part, aligned)))
        {
            status = NetworkStatus.NotFinite;
        }

        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        StoreGradient(gradient, X, inputs.Zeros, part, aligned);
        return NetworkStatus.Ok;
    }

    /// <summary>One step down a gradient: W ← W − η dW, b ← b − η db, or what the optimizer makes of them.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="gradient">A derivative for each parameter, in their order.</param>
    /// <param name="optimizer">The optimizer, or η.</param>
    public static NetworkStatus Apply(float* parameters, float* gradient, in OptimizerStep optimizer)
    {
        if (parameters == null || gradient == null)
        {
            return NetworkStatus.NullPointer;
        }

        NetworkStatus status = optimizer.Validate(TKernels.ParameterCount);
        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        // As a float NaN and infinity are above all others.
        double largest = Scan.Largest(gradient, (nuint)TKernels.ParameterCount);
        ulong step = optimizer.NextStep;
        if (!double.IsFinite(largest) || !optimizer.IsSafe(largest, optimizer.LargestParameter(parameters, TKernels.ParameterCount)))
        {
            return NetworkStatus.NotFinite;
        }

        ApplyStored(parameters, gradient, optimizer, step, new Part(1));
        optimizer.Count(TKernels.ParameterCount);
        return NetworkStatus.Ok;
    }

    /// <summary>One step of an optimizer on a batch: the same bits as Gradient and Apply.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">N×D inputs.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="count">N.</param>
    /// <param name="optimizer">The optimizer, or η.</param>
    /// <param name="team">The thread, and those that make the same call at once.</param>
    /// <param name="workspace">Scratch memory, of the whole team.</param>
    /// <param name="workspaceSize">Its bytes, at least <see cref="TeamWorkspaceSize"/> of N.</param>
    /// <param name="loss">Receives the mean loss before the update.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static NetworkStatus TrainStep(
        float* parameters,
        float* X,
        in BatchTargets targets,
        nuint count,
        in OptimizerStep optimizer,
        in Team team,
        void* workspace,
        nuint workspaceSize,
        out double loss)
    {
        if (count == 1 && team.IsAlone && team.IsFirst && parameters != null && X != null && workspace != null
            && workspaceSize >= TrainingWorkspaceSize(1)
            && StepOne(parameters, X, targets, optimizer, Align(workspace), out loss))
        {
            return NetworkStatus.Ok;
        }

        if (team.IsAlone && team.IsFirst && optimizer.IsPlain
            && StepFew(parameters, X, targets, count, optimizer.LearningRate, workspace, workspaceSize, out loss))
        {
            return NetworkStatus.Ok;
        }

        return TrainBatch(parameters, X, targets, count, optimizer, team, workspace, workspaceSize, out loss);
    }

    // Apart from the step on one sample, which needs no more than a small frame.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static NetworkStatus TrainBatch(
        float* parameters,
        float* X,
        in BatchTargets targets,
        nuint count,
        in OptimizerStep optimizer,
        in Team team,
        void* workspace,
        nuint workspaceSize,
        out double loss)
    {
        loss = 0;
        NetworkStatus status = optimizer.Validate(TKernels.ParameterCount);
        if (status == NetworkStatus.Ok)
        {
            status = team.Validate();
        }

        if (status == NetworkStatus.Ok)
        {
            status = ValidateSamples(parameters, X, count, workspace);
        }

        nuint alone = TrainingWorkspaceSize(count);
        if (status == NetworkStatus.Ok && workspaceSize < WithShares(alone, count, (nuint)team.Ranks))
        {
            status = NetworkStatus.WorkspaceTooSmall;
        }

        if (status == NetworkStatus.Ok && targets.AreMissing)
        {
            status = NetworkStatus.NullPointer;
        }

        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        // From here on a team decides together.
        float* aligned = Align(workspace);
        Worker worker = Worker.Of(team, workspace, alone, count);
        Part part = worker.Part((nint)count);
        int* labels = TrainingLabels(workspace, count);
        Findings findings = Find(parameters, X, targets, labels, part, optimizer, aligned);
        findings.TotalWeight = worker.IsFirst ? targets.TotalOf((nint)count, null) : 0;
        return Step(parameters, X, Taken(targets, labels), optimizer, worker, findings, part, aligned, out loss, out _);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static NetworkStatus ValidateTraining(
        float* parameters, float* X, in BatchTargets targets, nuint count, void* workspace, nuint workspaceSize, out InputFacts inputs)
    {
        inputs = default;
        NetworkStatus status = ValidateSamples(parameters, X, count, workspace);
        if (status == NetworkStatus.Ok && workspaceSize < TrainingWorkspaceSize(count))
        {
            status = NetworkStatus.WorkspaceTooSmall;
        }

        if (status == NetworkStatus.Ok && targets.AreMissing)
        {
            status = NetworkStatus.NullPointer;
        }

        if (status == NetworkStatus.Ok)
        {
            status = TakeTargets(targets, 0, (nint)count, TrainingLabels(workspace, count));
        }

        if (status == NetworkStatus.Ok)
        {
            inputs = Examine(X, new Part((nint)count), Align(workspace));
            status = float.IsFinite(inputs.Largest) ? NetworkStatus.Ok : NetworkStatus.InputNotFinite;
        }

        return status;
    }

    /// <summary>
    /// A step on one sample of a small network, if nothing is wrong. Else nothing is done, and the passes say what is
    /// wrong, if anything is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool StepOne(
        float* parameters, float* X, in BatchTargets targets, in OptimizerStep optimizer, float* workspace, out double loss)
    {
        loss = 0;
        if (!TKernels.HasOneSample || !TakesOne(targets))
        {
            return false;
        }

        // The label is read once: it may change meanwhile.
        int label = targets.Labels == null ? 0 : *targets.Labels;
        return optimizer.IsPlain
            ? StepOne(parameters, X, label, targets.Values, optimizer.LearningRate, workspace, out loss)
            : StepOneWith(optimizer, parameters, X, label, targets.Values, workspace, out loss);
    }

    /// <summary>Whether these are such targets as a step on one sample takes; a weight, whichever it is, changes no mean.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TakesOne(in BatchTargets targets) =>
        (TKernels.Output == Output.Softmax
            ? targets.Labels != null && targets.Values == null
            : targets.Values != null && targets.Labels == null)
            && (targets.Weights == null || *targets.Weights is > 0 and <= float.MaxValue);

    /// <summary>
    /// A step of plain gradient descent on one sample, with an aligned workspace for it, if the network has a method for
    /// that.
    /// </summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="X">D inputs.</param>
    /// <param name="label">The class, of a network that ends in a softmax.</param>
    /// <param name="Y">C values, of another.</param>
    /// <param name="rate">η.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="loss">Receives the loss before the update.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool StepOne(
        float* parameters, float* X, int label, float* Y, float rate, float* workspace, out double loss)
    {
        loss = 0;
        return rate is >= 0 and < Part.LargestOfOneSample
            && IsValidOne(label, Y)
            && TKernels.StepOne(parameters, X, label, Y, Part.LargestOfOneSample, -rate, true, workspace, out loss);
    }

    // A value of a linear output that is not finite makes a dZ that is not, which the kernel refuses.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsValidOne(int label, float* Y) => TKernels.Output == Output.Softmax
        ? (uint)label < (uint)TKernels.OutputCount
        : TKernels.Output == Output.Linear || ValidateValues(Y, 1) == NetworkStatus.Ok;

    /// <summary>The same, with what a caller gave: nothing is done where a pointer is null or the workspace too small.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool StepOne(
        float* parameters, float* X, in BatchTargets targets, float rate, void* workspace, nuint workspaceSize, out double loss)
    {
        loss = 0;
        return parameters != null && X != null && workspace != null && TakesOne(targets)
            && workspaceSize >= TrainingWorkspaceSize(1)
            && StepOne(
                parameters, X, targets.Labels == null ? 0 : *targets.Labels, targets.Values, rate, Align(workspace), out loss);
    }

    /// <summary>
    /// A step of another optimizer, which needs no more than that derivatives are below a limit: the gradient is formed
    /// in the workspace, and applied as a whole.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool StepOneWith(
        in OptimizerStep optimizer, float* parameters, float* X, int label, float* Y, float* workspace, out double loss)
    {
        // A derivative is a product of two numbers below the limit.
        const float Limit = Part.LargestKeptOfOneSample;
        loss = 0;
        if (!IsValidOne(label, Y)
            || optimizer.DecaysByGradient
            || optimizer.Validate(TKernels.ParameterCount) != NetworkStatus.Ok
            || !optimizer.IsSafe((double)Limit * Limit, 0))
        {
            return false;
        }

        if (!TKernels.StepOne(parameters, X, label, Y, Limit, 0, false, workspace, out loss))
        {
            return false;
        }

        ApplyStored(parameters, TKernels.GradientOfOne(X, workspace), optimizer, optimizer.NextStep, new Part(1));
        optimizer.Count(TKernels.ParameterCount);
        return true;
    }

    /// <summary>What a thread finds out about its part of a batch, and what it prepares of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Findings Find(
        float* parameters, float* X, in BatchTargets targets, int* labels, in Part part, in OptimizerStep optimizer, float* workspace)
    {
        NetworkStatus status = TakeTargets(targets, part.First, part.Count, labels);
        if (status != NetworkStatus.Ok)
        {
            return new Findings { Status = status };
        }

        Findings findings = Prepare(parameters, Examine(X, part, workspace), part, optimizer, workspace);
        if (!float.IsFinite(findings.LargestInput))
        {
            findings.Status = NetworkStatus.InputNotFinite;
        }

        return findings;
    }

    /// <summary>What a thread finds out about validated data with a known largest input.</summary>
    private static Findings FindOfValid(
        float* parameters, float* X, float largest, in Part part, in OptimizerStep optimizer, float* workspace) =>
        Prepare(parameters, new InputFacts(largest, ZerosOf(X, part, workspace, out _)), part, optimizer, workspace);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Findings Prepare(float* parameters, InputFacts inputs, in Part part, in OptimizerStep optimizer, float* workspace)
    {
        part.Share(TKernels.ParameterCount, 16, out int first, out int end);
        if (part.IsShared)
        {
            TKernels.Prepare(parameters, part, workspace);
        }

        return new Findings
        {
            LargestInput = inputs.Largest,
            Zeros = inputs.Zeros,
            LargestParameter = optimizer.LargestParameter(parameters + first, end - first),
        };
    }

    /// <summary>A step on a batch that every thread of a team takes together.</summary>
    private static NetworkStatus Step(
        float* parameters,
        float* X,
        in BatchTargets targets,
        in OptimizerStep optimizer,
        in Worker worker,
        in Findings own,
        in Part part,
        float* workspace,
        out double loss,
        out bool stops)
    {
        loss = 0;
        ulong step = optimizer.NextStep;
        Findings findings = worker.AllReduce(own);
        NetworkStatus status = findings.Status;
        stops = findings.Stops != 0;
        BatchTargets weighed = targets.WithTotal(findings.TotalWeight);
        if (status == NetworkStatus.Ok && !stops && weighed.WeighNothing)
        {
            status = NetworkStatus.InvalidWeights;
        }

        if (status == NetworkStatus.Ok && !stops)
        {
            TKernels.Differentiate(parameters, X, weighed, findings.Zeros, part, workspace);
            worker.Wait();
            status = Loss(weighed, part.N, workspace, worker, findings.LargestInput, out loss, out double bound);
            if (status == NetworkStatus.Ok && !optimizer.IsSafe(bound, findings.LargestParameter))
            {
                // The bound may be far above the largest derivative, by which the gradient's application decides.
                float largest = LargestDerivative(parameters, X, weighed, worker, findings.Zeros, part, workspace);
                bool isSafe = optimizer.IsSafe(largest, findings.LargestParameter);
                status = isSafe ? NetworkStatus.Ok : NetworkStatus.NotFinite;
            }

            if (status == NetworkStatus.Ok)
            {
                Descend(parameters, X, optimizer, step, worker, findings.Zeros, part, workspace);
            }
        }

        // Nobody leaves before all have read and written what they share.
        worker.Wait();
        return status;
    }

    /// <summary>
    /// The largest |dW| and |db| of a batch: infinite or NaN if any is. Every thread of a team finds the same. The
    /// workspace is left as <see cref="INetworkKernels.Differentiate"/> leaves it.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float LargestDerivative(
        float* parameters, float* X, in BatchTargets targets, in Worker worker, Zeros zeros, in Part part, float* workspace)
    {
        float* largest = stackalloc float[16];
        Matrix.Clear(largest, 16);
        if (part.N <= Part.BlockSamples)
        {
            TKernels.Descend(parameters, X, zeros, part, new LargestUpdate(largest), workspace);
            return worker.AllReduce(new Findings { LargestDerivative = Scan.Largest(largest, 16) }).LargestDerivative;
        }

        for (BlockSums sums = new(X, zeros, part, workspace); sums.Next();)
        {
            *largest = Math.Max(*largest, Scan.Largest(sums.Values, (nuint)sums.Count));
        }

        Findings findings = worker.AllReduce(new Findings { LargestDerivative = *largest });

        // The sums have taken the place of what they are formed from.
        if (part.IsShared)
        {
            TKernels.Prepare(parameters, part, workspace);
            worker.Wait();
        }

        TKernels.Differentiate(parameters, X, targets, zeros, part, workspace);
        worker.Wait();
        return findings.LargestDerivative;
    }

    private static void Descend(
        float* parameters, float* X, in OptimizerStep optimizer, ulong step, in Worker worker, Zeros zeros, in Part part, float* workspace)
    {
        if (optimizer.Clips)
        {
            // The norm is known only when the last derivative is: none can be applied as it is finished.
            float* gradient = optimizer.Gradient(TKernels.ParameterCount);
            StoreGradient(gradient, X, zeros, part, workspace);
            worker.Wait();
            ApplyStored(parameters, gradient, optimizer, step, part);
        }
        else if (part.N <= Part.BlockSamples)
        {
            optimizer.Run(new Applied(parameters, X, zeros, part, workspace), parameters, TKernels.ParameterCount, step);
        }
        else
        {
            DescendByBlocks(parameters, X, optimizer, step, zeros, part, workspace);
        }

        if (worker.IsFirst)
        {
            optimizer.Count(TKernels.ParameterCount);
        }
    }

    // Not inlined, so that its locals are not cleared in each step on a small batch.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DescendByBlocks(
        float* parameters, float* X, in OptimizerStep optimizer, ulong step, Zeros zeros, in Part part, float* workspace)
    {
        for (BlockSums sums = new(X, zeros, part, workspace); sums.Next();)
        {
            Stored pass = new(parameters + sums.First, sums.Values, sums.Count, 1);
            optimizer.Run(pass, parameters, TKernels.ParameterCount, step);
        }
    }

    /// <summary>Writes the gradient, of a part its share.</summary>
    private static void StoreGradient(float* gradient, float* X, Zeros zeros, in Part part, float* workspace)
    {
        if (part.N <= Part.BlockSamples)
        {
            TKernels.Descend(gradient, X, zeros, part, default(StoreUpdate), workspace);
            return;
        }

        for (BlockSums sums = new(X, zeros, part, workspace); sums.Next();)
        {
            Matrix.Descend(gradient + sums.First, sums.Values, sums.Count, 1, default(StoreUpdate));
        }
    }

    /// <summary>Applies a gradient of which it is known that nothing overflows, to the parameters of a part.</summary>
    private static void ApplyStored(float* parameters, float* gradient, in OptimizerStep optimizer, ulong step, in Part part)
    {
        float scale = 1;
        if (optimizer.Clips)
        {
            double norm = Math.Sqrt(Matrix.SumOfSquares(gradient, (nuint)TKernels.ParameterCount));
            scale = (float)Math.Min(1, optimizer.ClipNorm / (norm + 1e-6));
        }

        part.Share(TKernels.ParameterCount, 16, out int first, out int end);
        Stored pass = new(parameters + first, gradient + first, end - first, scale);
        optimizer.Run(pass, parameters, TKernels.ParameterCount, step);
    }

    /// <summary>
    /// The mean loss, from what <see cref="INetworkKernels.Differentiate"/> has left of every sample, and a bound of the
    /// gradient: |dW| ≤ N max|A| max|dZ|, and |db| ≤ N max|dZ|; twice that, which rounding cannot exceed. It may be
    /// infinite or NaN.
    /// </summary>
    /// <param name="targets">What the network should say.</param>
    /// <param name="N">Samples of the batch.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="worker">The thread.</param>
    /// <param name="largestInput">The largest input, where the kernels do not find it.</param>
    /// <param name="loss">Receives the mean loss, or 0 where an input is not finite.</param>
    /// <param name="bound">Receives the bound.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static NetworkStatus Loss(
        in BatchTargets targets, nint N, float* workspace, in Worker worker, float largestInput, out double loss, out double bound)
    {
        loss = 0;
        bound = 0;
        largestInput = Math.Max(largestInput, worker.MaxAbs(workspace, 1));
        if (!float.IsFinite(largestInput))
        {
            return NetworkStatus.InputNotFinite;
        }

        double largest = 0;
        for (int i = 0; i < MaxAbsCount; i += 2)
        {
            double A = i == 0 ? largestInput : worker.MaxAbs(workspace, i + 1);
            largest = Math.Max(largest, worker.MaxAbs(workspace, i) * Math.Max(1.0, A));
        }

        bound = 2.0 * N * largest;
        double* losses = TKernels.SampleLosses(workspace, N);
        double sum = Sum(losses, targets, N, 0);
        double unweighted = targets.Weights == null ? sum : Sum(losses, default, N, 0);

        // Of one sample w·L/w may have another last bit than L, which a step on one sample gives.
        loss = N == 1 ? unweighted : sum / (targets.Weights == null ? N : targets.TotalWeight);

        // Valid weights decide nothing of it, and those that change meanwhile must not part the threads of a team.
        return double.IsFinite(unweighted) ? NetworkStatus.Ok : NetworkStatus.NotFinite;
    }

    /// <summary>Finishes the gradient and applies it from the registers. The part stays where it is as long as this is used.</summary>
    private readonly struct Applied(float* parameters, float* X, Zeros zeros, in Part part, float* workspace) : OptimizerStep.IPass
    {
        private readonly float* _parameters = parameters;
        private readonly float* _X = X;
        private readonly Zeros _zeros = zeros;
        private readonly Part* _part = (Part*)Unsafe.AsPointer(in part);
        private readonly float* _workspace = workspace;

        // Not inlined, so that the choice of an update needs no frame for all of them.
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<TUpdate>(in TUpdate update)
            where TUpdate : struct, IUpdate => TKernels.Descend(_parameters, _X, _zeros, *_part, update, _workspace);
    }

    /// <summary>Applies a gradient that is stored, times a number.</summary>
    private readonly struct Stored(float* parameters, float* gradient, int count, float scale) : OptimizerStep.IPass
    {
        private readonly float* _parameters = parameters;
        private readonly float* _gradient = gradient;
        private readonly int _count = count;
        private readonly float _scale = scale;

        public void Run<TUpdate>(in TUpdate update)
            where TUpdate : struct, IUpdate => Matrix.Descend(_parameters, _gradient, _count, _scale, update);
    }
}
