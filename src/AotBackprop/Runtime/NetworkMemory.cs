using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AotBackprop.Runtime;

/// <summary>The native memory of one network: parameters, the workspace of training, and one idle workspace of inference.</summary>
/// <remarks>
/// Who computes with one of its pointers keeps this object alive until the end (<see cref="GC.KeepAlive"/>), so that
/// its finalizer cannot free the memory in the middle.
/// </remarks>
internal sealed unsafe class NetworkMemory : IDisposable
{
    private const nuint Alignment = 64;

    private readonly nuint _inferenceSize;
    private readonly Type _owner;
    private float* _parameters;
    private void* _training;
    private nuint _trainingSize;
    private nint _idleInference;

    public NetworkMemory(int parameterCount, nuint inferenceSize, Type owner)
    {
        _inferenceSize = inferenceSize;
        _owner = owner;
        _parameters = (float*)NativeMemory.AlignedAlloc((nuint)parameterCount * sizeof(float), Alignment);
        new Span<float>(_parameters, parameterCount).Clear();
    }

    ~NetworkMemory() => Free();

    public nuint InferenceSize => _inferenceSize;

    /// <summary>Begins at a multiple of 64 bytes.</summary>
    public float* Parameters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ObjectDisposedException.ThrowIf(_parameters == null, _owner);
            return _parameters;
        }
    }

    /// <summary>The workspace of training, which is exclusive; grown, never shrunk.</summary>
    public void* Training(nuint size)
    {
        if (size > _trainingSize)
        {
            NativeMemory.AlignedFree(_training);
            _training = null;
            _trainingSize = 0;
            _training = NativeMemory.AlignedAlloc(size, Alignment);
            _trainingSize = size;
        }

        return _training;
    }

    /// <summary>A workspace of inference for one call: the idle one, or where another thread has that, a new one.</summary>
    public void* RentInference()
    {
        nint idle = Interlocked.Exchange(ref _idleInference, 0);
        return idle != 0 ? (void*)idle : NativeMemory.AlignedAlloc(_inferenceSize, Alignment);
    }

    /// <summary>Gives a workspace of inference back.</summary>
    public void ReturnInference(void* workspace)
    {
        nint other = Interlocked.Exchange(ref _idleInference, (nint)workspace);
        NativeMemory.AlignedFree((void*)other);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_parameters);
        NativeMemory.AlignedFree(_training);
        NativeMemory.AlignedFree((void*)_idleInference);
        _parameters = null;
        _training = null;
        _trainingSize = 0;
        _idleInference = 0;
    }
}
