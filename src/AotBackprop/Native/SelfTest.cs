using System.ComponentModel;
using System.Runtime.CompilerServices;
using AotBackprop.Numerics;
using AotBackprop.Runtime;

namespace AotBackprop.Native;

/// <summary>Checks on the machine at hand what tests have checked elsewhere.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class SelfTest
{
    private const int Samples = 5;
    private const int EntriesOfEachTensor = 4;

    /// <summary>
    /// Whether the processor rounds as it should, and the gradient of a network agrees with the differences of its
    /// loss at a few entries of each W and b.
    /// </summary>
    /// <typeparam name="TKernels">The emitted arithmetic.</typeparam>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Run<TKernels>()
        where TKernels : struct, INetworkKernels
    {
        if (!FloatingPointEnvironment.IsDefault())
        {
            return (int)NetworkStatus.FloatingPointEnvironment;
        }

        nuint parameters = (nuint)TKernels.ParameterCount;
        nuint workspaceSize = NetworkFunctions<TKernels>.TrainingWorkspaceSize(Samples);
        nuint floats = (2 * parameters) + (Samples * (nuint)TKernels.InputCount) + (Samples * (nuint)TKernels.OutputCount);
        void* memory = HostSystem.TryAllocate((floats * sizeof(float)) + workspaceSize);
        if (memory == null)
        {
            return (int)NetworkStatus.OutOfMemory;
        }

        float* values = (float*)memory;
        float* gradient = values + parameters;
        float* X = gradient + parameters;
        float* Y = X + (Samples * (nuint)TKernels.InputCount);
        void* workspace = Y + (Samples * (nuint)TKernels.OutputCount);
        int status = (int)Check<TKernels>(values, gradient, X, Y, workspace, workspaceSize);
        HostSystem.Free(memory);
        return status;
    }

    private static NetworkStatus Check<TKernels>(
        float* parameters, float* gradient, float* X, float* Y, void* workspace, nuint workspaceSize)
        where TKernels : struct, INetworkKernels
    {
        Xoshiro256 random = new(1);
        NetworkFunctions<TKernels>.Initialize(parameters, 1, Initialization.He);
        for (int i = 0; i < Samples * TKernels.InputCount; i++)
        {
            X[i] = (float)random.NextUnit();
        }

        // One class in turn, which also are numbers from 0 to 1.
        for (int n = 0; n < Samples; n++)
        {
            for (int j = 0; j < TKernels.OutputCount; j++)
            {
                Y[(n * TKernels.OutputCount) + j] = n % Math.Max(2, TKernels.OutputCount) == j ? 1 : 0;
            }
        }

        BatchTargets targets = BatchTargets.Of(Y);
        NetworkStatus status = NetworkFunctions<TKernels>.Gradient(
            parameters, X, targets, Samples, gradient, workspace, workspaceSize, out _);
        int offset = 0;
        int inputs = 0;
        foreach (int outputs in TKernels.LayerSizes)
        {
            for (int e = 0; inputs > 0 && e < EntriesOfEachTensor && status == NetworkStatus.Ok; e++)
            {
                int weight = offset + (int)random.NextBelow((ulong)inputs * (ulong)outputs);
                int bias = offset + (inputs * outputs) + (int)random.NextBelow((ulong)outputs);
                bool agrees = Agrees<TKernels>(parameters, gradient, X, targets, weight, workspace, workspaceSize)
                    && Agrees<TKernels>(parameters, gradient, X, targets, bias, workspace, workspaceSize);
                status = agrees ? NetworkStatus.Ok : NetworkStatus.SelfTestFailed;
            }

            offset += inputs > 0 ? (inputs + 1) * outputs : 0;
            inputs = outputs;
        }

        return status;
    }

    /// <summary>
    /// Whether ∂L/∂θ is near (L(θ + h) − L(θ − h)) / 2h. A step that crosses a kink of a ReLU does not tell: then a
    /// smaller one is tried.
    /// </summary>
    private static bool Agrees<TKernels>(
        float* parameters, float* gradient, float* X, BatchTargets targets, int index, void* workspace, nuint workspaceSize)
        where TKernels : struct, INetworkKernels
    {
        float kept = parameters[index];
        bool agrees = false;
        for (float h = 1f / 64; h >= 1f / 4096 && !agrees; h /= 4)
        {
            parameters[index] = kept + h;
            double width = parameters[index];
            NetworkFunctions<TKernels>.Evaluate(parameters, X, targets, Samples, workspace, workspaceSize, out Evaluation above);
            parameters[index] = kept - h;
            width -= parameters[index];
            NetworkFunctions<TKernels>.Evaluate(parameters, X, targets, Samples, workspace, workspaceSize, out Evaluation below);
            double difference = (above.Loss - below.Loss) / width;

            // Sums in float leave about 1e-6 in a loss, and in a large one as much of it.
            double tolerance = (2e-2 * Math.Abs(gradient[index])) + (3e-6 * Math.Max(1, above.Loss) / h);
            agrees = Math.Abs(difference - gradient[index]) <= tolerance;
        }

        parameters[index] = kept;
        return agrees;
    }
}
