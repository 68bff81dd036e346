using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

/// <summary>
/// The bodies of a generated type's members: from spans to the functions over pointers, from status to exception.
/// </summary>
/// <remarks>
/// Inference is safe from many threads at once. Whatever writes parameters or trains is exclusive, and so is
/// <see cref="Dispose"/>. Two such calls at once are always noticed, and one beside inference nearly always; the one that
/// came too late throws.
/// </remarks>
/// <typeparam name="TKernels">The emitted arithmetic.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe partial class NetworkInstance<TKernels> : IDisposable
    where TKernels : struct, INetworkKernels
{
    // Floats of workspace that inference aims at: what an L2 cache holds beside the weights.
    private const int InferenceTarget = 1 << 17;

    private readonly NetworkMemory _memory;
    private readonly TrainingCall _call = new();
    private int _threads = 1;
    private WorkerPool? _pool;

    // An Activity: who holds the object for itself.
    private int _activity;

    /// <summary>Takes memory for the parameters, all 0.</summary>
    public NetworkInstance()
    {
        Guard.Supported(TKernels.IsSupported);
        int samples = Math.Clamp(InferenceTarget / TKernels.InferenceFloats, 8, 128) & ~7;
        _memory = new NetworkMemory(TKernels.ParameterCount, NetworkFunctions<TKernels>.InferenceWorkspaceSize((nuint)samples));
    }

    /// <summary>Takes memory for the parameters and draws them from the seed.</summary>
    /// <param name="seed">The same seed gives the same bits on every machine.</param>
    /// <param name="initialization">How.</param>
    public NetworkInstance(ulong seed, Initialization initialization)
        : this() => Initialize(seed, initialization);

    /// <summary>All parameters. The span keeps their memory alive, and stays valid when the object is disposed.</summary>
    public Span<float> Parameters => OwnParameters().Floats(TKernels.ParameterCount);

    /// <inheritdoc cref="INetwork.Threads"/>
    public int Threads
    {
        get => _threads;
        set
        {
            Guard.InRange(value, 1, Team.MostRanks, nameof(Threads));
            Enter(Activity.Threads);
            if (value != _threads)
            {
                _pool?.Dispose();
                _pool = null;
                _threads = value;
            }

            Leave();
        }
    }

    /// <inheritdoc cref="INetwork.Initialize(ulong, Initialization)"/>
    public void Initialize(ulong seed, Initialization initialization)
    {
        Guard.Exists(initialization, nameof(initialization));
        PinnedMemory parameters = Enter(Activity.Initialize);
        NetworkFunctions<TKernels>.Initialize((float*)parameters.Start, seed, initialization);
        GC.KeepAlive(parameters);
        Leave();
    }

    /// <inheritdoc cref="INetwork.SetParameters"/>
    public void SetParameters(ReadOnlySpan<float> parameters)
    {
        Guard.Length(parameters.Length, TKernels.ParameterCount, nameof(parameters), "one for each weight and bias");
        Guard.Finite(parameters, nameof(parameters));
        Span<float> own = Enter(Activity.SetParameters).Floats(TKernels.ParameterCount);
        parameters.CopyTo(own);
        Leave();
    }

    /// <summary>
    /// Ends the threads; every later call throws <see cref="ObjectDisposedException"/>. A span of the parameters that was
    /// taken before stays valid.
    /// </summary>
    public void Dispose()
    {
        Activity other = (Activity)Interlocked.CompareExchange(ref _activity, (int)Activity.Dispose, (int)Activity.None);
        if (other == Activity.None)
        {
            _pool?.Dispose();
            _memory.Release();
        }
        else if (other != Activity.Dispose)
        {
            ThrowBusy(other, nameof(Dispose));
        }
    }

    /// <summary>Takes the object for this thread alone.</summary>
    /// <returns>The parameters, which whoever computes with their address keeps alive.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PinnedMemory Enter(Activity activity)
    {
        Activity other = (Activity)Interlocked.CompareExchange(ref _activity, (int)activity, (int)Activity.None);
        if (other != Activity.None)
        {
            ThrowBusy(other, activity.ToString());
        }

        return _memory.Parameters!;
    }

    /// <summary>Gives the object back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Leave() => Volatile.Write(ref _activity, (int)Activity.None);

    /// <summary>Begins inference, which runs beside nothing exclusive.</summary>
    /// <returns>The parameters, which whoever computes with their address keeps alive.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PinnedMemory EnterInference(string name)
    {
        CheckIdle(name);
        return OwnParameters();
    }

    /// <summary>Throws if something exclusive runs now: what inference has read may be of no use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckIdle(string name)
    {
        Activity other = (Activity)Volatile.Read(ref _activity);
        if (other != Activity.None)
        {
            ThrowBusy(other, name);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PinnedMemory OwnParameters()
    {
        PinnedMemory? parameters = _memory.Parameters;
        if (parameters is null)
        {
            ThrowBusy(Activity.Dispose, nameof(Parameters));
        }

        return parameters;
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowBusy(Activity other, string wanted)
    {
        throw other == Activity.Dispose ? new ObjectDisposedException(TKernels.NetworkName) : new InvalidOperationException(
            $"{wanted} and {other} ran on one {TKernels.NetworkName} at once, in two threads. Whatever trains or writes "
            + "parameters must be alone with the object: take turns, or give each thread a network of its own.");
    }
}
