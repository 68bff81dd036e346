using System.Reflection;
using AotBackprop.Runtime;

namespace AotBackprop.Tests.Support;

/// <summary><see cref="NetworkFunctions{TKernels}"/> of a network whose type is known only at run time.</summary>
internal abstract unsafe class Functions
{
    public static Functions Of(Type network)
    {
        Type kernels = network.GetField("_instance", BindingFlags.Instance | BindingFlags.NonPublic)!.FieldType.GenericTypeArguments.Single();
        return (Functions)Activator.CreateInstance(typeof(Functions<>).MakeGenericType(kernels))!;
    }

    public abstract nuint TrainingWorkspaceSize(nuint count);

    public abstract nuint InferenceWorkspaceSize(nuint count);

    public abstract nuint EpochWorkspaceSize(nuint count, nuint batchSize);

    public abstract nuint TeamWorkspaceSize(nuint count, nuint ranks);

    public abstract nuint TeamEpochWorkspaceSize(nuint count, nuint batchSize, nuint ranks);

    public abstract int InputCount { get; }

    public abstract int OutputCount { get; }

    public abstract int ParameterCount { get; }

    public abstract int SelfTest();

    public abstract NetworkStatus Initialize(float* parameters, ulong seed);

    public abstract NetworkStatus Forward(float* parameters, float* X, nuint count, float* probabilities, void* workspace, nuint size);

    public abstract NetworkStatus Classify(float* parameters, float* X, nuint count, int* classes, void* workspace, nuint size);

    public abstract NetworkStatus Evaluate(
        float* parameters, float* X, BatchTargets targets, nuint count, void* workspace, nuint size, out Evaluation evaluation);

    public abstract NetworkStatus Gradient(
        float* parameters, float* X, BatchTargets targets, nuint count, float* gradient, void* workspace, nuint size, out double loss);

    public abstract NetworkStatus Apply(float* parameters, float* gradient, OptimizerStep optimizer);

    public NetworkStatus TrainStep(
        float* parameters, float* X, BatchTargets targets, nuint count, OptimizerStep optimizer, void* workspace, nuint size, out double loss) =>
        TrainStep(parameters, X, targets, count, optimizer, Team.Alone, workspace, size, out loss);

    public abstract NetworkStatus TrainStep(
        float* parameters, float* X, BatchTargets targets, nuint count, OptimizerStep optimizer, Team team, void* workspace, nuint size, out double loss);

    public NetworkStatus TrainEpoch(
        float* parameters,
        float* X,
        BatchTargets targets,
        nuint count,
        nuint batchSize,
        OptimizerStep optimizer,
        (ulong Seed, ulong Epoch) order,
        (nuint First, nuint Count) batches,
        int* stop,
        void* workspace,
        nuint size,
        out double loss,
        out nuint done) =>
        TrainEpoch(parameters, X, targets, count, batchSize, optimizer, order, batches, stop, Team.Alone, workspace, size, out loss, out done);

    public abstract NetworkStatus TrainEpoch(
        float* parameters,
        float* X,
        BatchTargets targets,
        nuint count,
        nuint batchSize,
        OptimizerStep optimizer,
        (ulong Seed, ulong Epoch) order,
        (nuint First, nuint Count) batches,
        int* stop,
        Team team,
        void* workspace,
        nuint size,
        out double loss,
        out nuint done);
}

internal sealed unsafe class Functions<TKernels> : Functions
    where TKernels : struct, INetworkKernels
{
    public override int InputCount => TKernels.InputCount;

    public override int OutputCount => TKernels.OutputCount;

    public override int ParameterCount => TKernels.ParameterCount;

    public override nuint TeamWorkspaceSize(nuint count, nuint ranks) => NetworkFunctions<TKernels>.TeamWorkspaceSize(count, ranks);

    public override nuint TeamEpochWorkspaceSize(nuint count, nuint batchSize, nuint ranks) =>
        NetworkFunctions<TKernels>.TeamEpochWorkspaceSize(count, batchSize, ranks);

    public override nuint TrainingWorkspaceSize(nuint count) => NetworkFunctions<TKernels>.TrainingWorkspaceSize(count);

    public override nuint InferenceWorkspaceSize(nuint count) => NetworkFunctions<TKernels>.InferenceWorkspaceSize(count);

    public override nuint EpochWorkspaceSize(nuint count, nuint batchSize) => NetworkFunctions<TKernels>.EpochWorkspaceSize(count, batchSize);

    public override int SelfTest() => Native.SelfTest.Run<TKernels>();

    public override NetworkStatus Initialize(float* parameters, ulong seed) =>
        NetworkFunctions<TKernels>.Initialize(parameters, seed, Initializations.Default);

    public override NetworkStatus Forward(float* parameters, float* X, nuint count, float* probabilities, void* workspace, nuint size) =>
        NetworkFunctions<TKernels>.Forward(parameters, X, count, probabilities, workspace, size);

    public override NetworkStatus Classify(float* parameters, float* X, nuint count, int* classes, void* workspace, nuint size) =>
        NetworkFunctions<TKernels>.Classify(parameters, X, count, classes, workspace, size);

    public override NetworkStatus Evaluate(
        float* parameters, float* X, BatchTargets targets, nuint count, void* workspace, nuint size, out Evaluation evaluation) =>
        NetworkFunctions<TKernels>.Evaluate(parameters, X, targets, count, workspace, size, out evaluation);

    public override NetworkStatus Gradient(
        float* parameters, float* X, BatchTargets targets, nuint count, float* gradient, void* workspace, nuint size, out double loss) =>
        NetworkFunctions<TKernels>.Gradient(parameters, X, targets, count, gradient, workspace, size, out loss);

    public override NetworkStatus Apply(float* parameters, float* gradient, OptimizerStep optimizer) =>
        NetworkFunctions<TKernels>.Apply(parameters, gradient, optimizer);

    public override NetworkStatus TrainStep(
        float* parameters, float* X, BatchTargets targets, nuint count, OptimizerStep optimizer, Team team, void* workspace, nuint size, out double loss) =>
        NetworkFunctions<TKernels>.TrainStep(parameters, X, targets, count, optimizer, team, workspace, size, out loss);

    public override NetworkStatus TrainEpoch(
        float* parameters,
        float* X,
        BatchTargets targets,
        nuint count,
        nuint batchSize,
        OptimizerStep optimizer,
        (ulong Seed, ulong Epoch) order,
        (nuint First, nuint Count) batches,
        int* stop,
        Team team,
        void* workspace,
        nuint size,
        out double loss,
        out nuint done)
    {
        double lossSum = 0;
        return NetworkFunctions<TKernels>.TrainEpoch(
            parameters, X, targets, count, batchSize, optimizer, order.Seed, order.Epoch, batches.First, batches.Count, stop, team, workspace, size, ref lossSum, out loss, out done);
    }
}
