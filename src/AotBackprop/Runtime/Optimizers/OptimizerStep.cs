using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

/// <summary>An optimizer's settings with the memory of its state.</summary>
/// <remarks>
/// The state is a head, what the optimizer keeps of each parameter, and room for the gradient, if it is clipped.
/// Zeroed before the first step, it may be copied between steps; nothing else may write to it.
/// </remarks>
/// <param name="settings">The optimizer.</param>
/// <param name="state">Its state, or null where it keeps none. A float's alignment will do; 64 bytes are fastest.</param>
/// <param name="stateSize">Its bytes, at least <see cref="StateSize"/>.</param>
internal readonly unsafe struct OptimizerStep(OptimizerSettings settings, void* state, nuint stateSize)
{
    // A cache line, so that the arrays after it are as aligned as the state.
    private const nuint HeadSize = 64;

    private readonly OptimizerSettings _settings = settings;
    private readonly void* _state = state;
    private readonly nuint _size = stateSize;

    /// <summary>Plain gradient descent.</summary>
    /// <param name="learningRate">η.</param>
    public static implicit operator OptimizerStep(float learningRate) =>
        new(new OptimizerSettings { LearningRate = learningRate }, null, 0);

    /// <summary>What is to be done for each vector of parameters, once the update is known.</summary>
    internal interface IPass
    {
        void Run<TUpdate>(in TUpdate update)
            where TUpdate : struct, IUpdate;
    }

    internal float LearningRate => _settings.LearningRate;

    /// <summary>Whether this is gradient descent and nothing else, the learning rate aside.</summary>
    internal bool IsPlain
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _settings.ArePlain;
    }

    internal float ClipNorm => _settings.ClipNorm;

    internal bool Clips => _settings.Clips;

    internal bool DecaysByGradient => _settings.DecaysByGradient;

    private Head* State => (Head*)_state;

    /// <summary>Bytes of state.</summary>
    /// <param name="settings">The optimizer.</param>
    /// <param name="parameterCount">Weights and biases in all.</param>
    public static nuint StateSize(in OptimizerSettings settings, int parameterCount)
    {
        nuint arrays = (nuint)settings.StateArrays + (settings.Clips ? 1u : 0);
        return arrays == 0 ? 0
            : ArraySize(parameterCount) > Quotient.Of(nuint.MaxValue - HeadSize, arrays) ? nuint.MaxValue
            : HeadSize + (arrays * ArraySize(parameterCount));
    }

    /// <summary>Refuses what is no state of an optimizer that keeps something, as the steps of any network would leave it.</summary>
    /// <param name="settings">The optimizer.</param>
    /// <param name="state">Its bytes, with room for a gradient or without.</param>
    /// <returns>The bytes that a state has with these numbers.</returns>
    internal static nuint RequireState(in OptimizerSettings settings, ReadOnlySpan<byte> state)
    {
        Head head = state.Length > (int)HeadSize ? MemoryMarshal.Read<Head>(state) : default;
        bool isOurs = head.Count > 0 && head.Steps > 0 && head.Memory == (int)settings.Traits.Memory;
        int kept = isOurs ? (int)HeadSize + (settings.StateArrays * (int)ArraySize(head.Count)) : 0;
        if (!isOurs || (state.Length != kept && state.Length != kept + (int)ArraySize(head.Count)))
        {
            throw new ArgumentException(
                $"{state.Length} bytes are no state of {OptimizerTable.All[(int)settings.Kind].Title}; "
                + "wanted those that GetState has told of such an optimizer.",
                nameof(state));
        }

        ReadOnlySpan<float> numbers = MemoryMarshal.Cast<byte, float>(state[(int)HeadSize..kept]);
        bool hasSquares = settings.Traits.Memory == OptimizerMemory.Moments;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!float.IsFinite(numbers[i]) || (hasSquares && i >= numbers.Length / 2 && numbers[i] < 0))
            {
                throw new ArgumentException($"Number {i} of the state is {Guard.Text(numbers[i])}; wanted one that steps can have left.", nameof(state));
            }
        }

        return StateSize(settings, head.Count);
    }

    /// <summary>Whether a state is one that steps have left.</summary>
    internal static bool HasSteps(PinnedMemory state)
    {
        ulong steps = ((Head*)state.Start)->Steps;
        GC.KeepAlive(state);
        return steps > 0;
    }

    /// <summary>Refuses the state of another network.</summary>
    internal static void RequireOf(PinnedMemory state, int parameterCount)
    {
        int count = ((Head*)state.Start)->Count;
        GC.KeepAlive(state);
        if (count != parameterCount)
        {
            throw new InvalidOperationException(
                $"The optimizer's state is of a network of {count} weights and biases; wanted one of {parameterCount}, or a Reset.");
        }
    }

    /// <summary>Whether the optimizer exists and its state can hold what it keeps.</summary>
    internal NetworkStatus Validate(int parameterCount)
    {
        NetworkStatus status = _settings.Validate(out _);
        if (status != NetworkStatus.Ok)
        {
            return status;
        }

        nuint needed = StateSize(_settings, parameterCount);
        if (_size < needed)
        {
            return NetworkStatus.OptimizerStateTooSmall;
        }

        if (needed > 0 && _state == null)
        {
            return NetworkStatus.NullPointer;
        }

        if (_settings.StateArrays == 0 || (State->Steps == 0 && State->Memory == 0 && State->Count == 0))
        {
            return NetworkStatus.Ok;
        }

        return State->Memory == (int)_settings.Traits.Memory && State->Count == parameterCount
            ? NetworkStatus.Ok
            : NetworkStatus.InvalidOptimizerState;
    }

    /// <summary>The largest |W| and |b|, where the update depends on it.</summary>
    internal float LargestParameter(float* parameters, int parameterCount) =>
        _settings.DecaysByGradient ? Scan.Largest(parameters, (nuint)parameterCount) : 0;

    /// <summary>The number of the coming step, counted from 1; of an optimizer that keeps nothing, 1.</summary>
    internal ulong NextStep => _settings.StateArrays == 0 ? 1 : State->Steps + 1;

    /// <summary>Whether a step leaves parameters and state finite, if no derivative is larger than the bound.</summary>
    internal bool IsSafe(double bound, float largestParameter) => _settings.AreSafe(bound, largestParameter);

    /// <summary>Why a step is not safe, in words.</summary>
    internal string? WhyUnsafe(string what, double bound, float largestParameter) => _settings.WhyUnsafe(what, bound, largestParameter);

    /// <summary>Where a gradient is stored that has to be clipped.</summary>
    internal float* Gradient(int parameterCount) => Array(_settings.StateArrays, parameterCount);

    /// <summary>Runs a pass over the parameters with the update of a step.</summary>
    internal void Run<TPass>(TPass pass, float* parameters, int parameterCount, ulong step)
        where TPass : struct, IPass
    {
        nint first = (nint)((byte*)Array(0, parameterCount) - (byte*)parameters);
        Updates.Run(pass, _settings, step, first, first + (nint)ArraySize(parameterCount));
    }

    /// <summary>Counts a step.</summary>
    internal void Count(int parameterCount)
    {
        if (_settings.StateArrays > 0)
        {
            State->Steps++;
            State->Memory = (int)_settings.Traits.Memory;
            State->Count = parameterCount;
        }
    }

    private static nuint ArraySize(int parameterCount) => (((nuint)parameterCount + 15) & ~(nuint)15) * sizeof(float);

    private float* Array(int number, int parameterCount) =>
        (float*)((byte*)_state + HeadSize + ((nuint)number * ArraySize(parameterCount)));

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Head
    {
        public ulong Steps;
        public int Memory;
        public int Count;
    }
}
