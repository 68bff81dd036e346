using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

/// <summary>The memory of one network: parameters, the workspace of training, and idle workspaces of inference.</summary>
internal sealed class NetworkMemory(int parameterCount, nuint inferenceSize)
{
    private PinnedMemory? _parameters = new((nuint)parameterCount * sizeof(float), "the parameters", cleared: true);
    private PinnedMemory? _training;
    private float[] _targets = [];

    /// <summary>The parameters, or null once they have been let go.</summary>
    public PinnedMemory? Parameters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _parameters;
    }

    /// <summary>The workspace of training, which is exclusive; grown, never shrunk.</summary>
    public PinnedMemory Training(nuint size)
    {
        if (TrainingOf(size) is { } training)
        {
            return training;
        }

        // What there was goes first, so that there is room.
        _training = null;
        return _training = new PinnedMemory(size, "the workspace of training", cleared: false);
    }

    /// <summary>The workspace of training, if it is large enough already; else null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PinnedMemory? TrainingOf(nuint size) => _training is { } training && training.Size >= size ? training : null;

    /// <summary>Floats for a batch's targets, for training, which is exclusive; grown, never shrunk.</summary>
    public Span<float> Targets(int count)
    {
        if (_targets.Length < count)
        {
            _targets = GC.AllocateUninitializedArray<float>(count);
        }

        return _targets.AsSpan(0, count);
    }

    /// <summary>Workspaces of inference.</summary>
    public IdleWorkspaces Inference { get; private set; } = new(inferenceSize);

    /// <summary>Releases all of it; memory that is still referenced stays alive.</summary>
    public void Release()
    {
        _parameters = null;
        _training = null;
        Inference = new IdleWorkspaces(inferenceSize);
        _targets = [];
    }
}
