using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

/// <summary>
/// The bodies of a generated type's members: from spans to the functions over pointers, from status to exception.
/// </summary>
/// <remarks>
/// Inference is safe from many threads at once. Whatever writes parameters or trains is exclusive, and so is
/// <see cref="Dispose"/>: nothing else may run on the object meanwhile.
/// </remarks>
/// <typeparam name="TKernels">The emitted arithmetic.</typeparam>
public sealed unsafe partial class NetworkInstance<TKernels> : IDisposable
    where TKernels : struct, INetworkKernels
{
    // Floats of workspace that inference aims at: what an L2 cache holds beside the weights.
    private const int InferenceTarget = 1 << 17;

    private readonly NetworkMemory _memory;
    private readonly TrainingCall _call = new();
    private int _threads = 1;
    private Crew? _crew;

    /// <summary>Allocates the parameters, all 0.</summary>
    public NetworkInstance()
    {
        int samples = Math.Clamp(InferenceTarget / TKernels.InferenceFloats, 8, 128) & ~7;
        _memory = new NetworkMemory(
            TKernels.ParameterCount,
            NetworkFunctions<TKernels>.InferenceWorkspaceSize((nuint)samples),
            typeof(TKernels).DeclaringType!);
    }

    /// <summary>Allocates the parameters and draws them from the seed.</summary>
    /// <param name="seed">The same seed gives the same bits on every machine.</param>
    public NetworkInstance(ulong seed)
        : this() => Initialize(seed);

    /// <summary>All parameters, valid until the object is disposed.</summary>
    public Span<float> Parameters => new(_memory.Parameters, TKernels.ParameterCount);

    /// <inheritdoc cref="INetwork{TSelf}.Threads"/>
    public int Threads
    {
        get => _threads;
        set
        {
            Guard.InRange(value, 1, Team.MostRanks, nameof(Threads));
            if (value != _threads)
            {
                _crew?.Dispose();
                _crew = null;
                _threads = value;
            }
        }
    }

    /// <inheritdoc cref="INetwork{TSelf}.Initialize"/>
    public void Initialize(ulong seed)
    {
        NetworkFunctions<TKernels>.Initialize(_memory.Parameters, seed);
        GC.KeepAlive(_memory);
    }

    /// <inheritdoc cref="INetwork{TSelf}.SetParameters"/>
    public void SetParameters(ReadOnlySpan<float> parameters)
    {
        Span<float> own = Parameters;
        Guard.Length(parameters.Length, TKernels.ParameterCount, nameof(parameters), "one for each weight and bias");
        Guard.Finite(parameters, nameof(parameters));
        parameters.CopyTo(own);
        GC.KeepAlive(_memory);
    }

    /// <summary>Frees the memory; every later call throws <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _crew?.Dispose();
        _memory.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountSamples(ReadOnlySpan<float> X)
    {
        Guard.WholeSamples(X.Length, TKernels.InputCount, nameof(X));
        return (int)((uint)X.Length / (uint)TKernels.InputCount);
    }

    private static int CountSamples(ReadOnlySpan<float> X, ReadOnlySpan<int> labels)
    {
        int count = CountSamples(X);
        Guard.Length(labels.Length, count, nameof(labels), "one class number for each sample of X");
        return count;
    }

    private static int CountSamples(ReadOnlySpan<float> X, ReadOnlySpan<float> Y)
    {
        int count = CountSamples(X);
        Guard.Length(Y.Length, (long)count * TKernels.ClassCount, nameof(Y), "one probability for each class and each sample of X");
        return count;
    }

    /// <summary>Throws what the status means.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ThrowUnlessOk(
        NetworkStatus status, ReadOnlySpan<float> X, ReadOnlySpan<int> labels, ReadOnlySpan<float> Y, float learningRate)
    {
        if (status != NetworkStatus.Ok)
        {
            Throw(status, X, labels, Y, learningRate);
        }
    }

    /// <summary>The search for the culprit runs only here.</summary>
    [DoesNotReturn]
    private static void Throw(
        NetworkStatus status, ReadOnlySpan<float> X, ReadOnlySpan<int> labels, ReadOnlySpan<float> Y, float learningRate)
    {
        switch (status)
        {
            case NetworkStatus.LabelOutOfRange:
                Guard.Labels(labels, TKernels.ClassCount, nameof(labels));
                break;
            case NetworkStatus.InvalidProbabilities:
                Guard.Probabilities(Y, TKernels.ClassCount, nameof(Y));
                break;
            case NetworkStatus.InputNotFinite:
                Guard.Finite(X, nameof(X));
                break;
            case NetworkStatus.InvalidLearningRate:
                throw new ArgumentOutOfRangeException(
                    nameof(learningRate), learningRate, $"learningRate is {Guard.Text(learningRate)}; wanted a finite number, 0 or more.");
            case NetworkStatus.NotFinite:
                throw new NotFiniteNumberException(
                    "The loss or a gradient is not finite, or an update could overflow: the parameters are left as they were before it. "
                    + "Smaller inputs or a smaller learning rate may help.");
        }

        throw new InvalidOperationException($"Unexpected status {status}.");
    }
}
