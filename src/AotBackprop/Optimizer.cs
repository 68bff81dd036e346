using AotBackprop.Runtime;

namespace AotBackprop;

/// <summary>
/// How training moves the parameters, and what it keeps from step to step. g is the gradient of the loss by all
/// parameters, weights and biases alike; t counts the steps from 1.
/// </summary>
/// <remarks>
/// An optimizer belongs to the first network that it trains, and takes memory in that call only. The mathematics,
/// and the defaults, are those of PyTorch, Lion's those of its paper.
/// </remarks>
public sealed class Optimizer
{
    private OptimizerSettings _settings;
    private State? _state;

    private Optimizer(OptimizerSettings settings) => _settings = settings;

    /// <summary>η, finite and not negative. It may change between steps.</summary>
    public float LearningRate
    {
        get => _settings.LearningRate;
        set
        {
            Guard.Magnitude(value, nameof(LearningRate));
            Guard.Possible(_settings with { LearningRate = value }, nameof(LearningRate));
            _settings.LearningRate = value;
        }
    }

    /// <summary>
    /// λ, finite and not negative: g + λW takes the place of g; in AdamW and Lion a step begins with W ← (1 − ηλ)W.
    /// </summary>
    public float WeightDecay
    {
        get => _settings.WeightDecay;
        init
        {
            Guard.Magnitude(value, nameof(WeightDecay));
            Guard.Possible(_settings with { WeightDecay = value }, nameof(WeightDecay));
            _settings.WeightDecay = value;
        }
    }

    /// <summary>c: a gradient whose norm ‖g‖ is above it is shortened, g ← g · min(1, c / (‖g‖ + 1e-6)). 0 is off.</summary>
    public float ClipNorm
    {
        get => _settings.ClipNorm;
        init
        {
            Guard.Magnitude(value, nameof(ClipNorm));
            _settings.ClipNorm = value;
        }
    }

    /// <summary>Gradient descent: W ← W − ηg.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="clipNorm">The largest norm of a gradient; 0 is off.</param>
    public static Optimizer Sgd(float learningRate, float weightDecay = 0, float clipNorm = 0) =>
        Create(new() { LearningRate = learningRate, WeightDecay = weightDecay, ClipNorm = clipNorm });

    /// <summary>Gradient descent with momentum: m ← μm + g, W ← W − ηm.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="momentum">μ, from 0 to 0.999999.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="clipNorm">The largest norm of a gradient; 0 is off.</param>
    public static Optimizer Momentum(
        float learningRate, float momentum = 0.9f, float weightDecay = 0, float clipNorm = 0) => Create(new()
        {
            Kind = OptimizerKind.Momentum,
            LearningRate = learningRate,
            Momentum = momentum,
            WeightDecay = weightDecay,
            ClipNorm = clipNorm,
        });

    /// <summary>Gradient descent with Nesterov's momentum: m ← μm + g, W ← W − η(g + μm).</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="momentum">μ, from 0 to 0.999999.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="clipNorm">The largest norm of a gradient; 0 is off.</param>
    public static Optimizer Nesterov(
        float learningRate, float momentum = 0.9f, float weightDecay = 0, float clipNorm = 0) => Create(new()
        {
            Kind = OptimizerKind.Nesterov,
            LearningRate = learningRate,
            Momentum = momentum,
            WeightDecay = weightDecay,
            ClipNorm = clipNorm,
        });

    /// <summary>
    /// Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², W ← W − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε).
    /// </summary>
    /// <param name="learningRate">η.</param>
    /// <param name="beta1">β₁, from 0 to 0.999999.</param>
    /// <param name="beta2">β₂, from 0 to 0.999999.</param>
    /// <param name="epsilon">ε, finite, at least 1e-20.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="clipNorm">The largest norm of a gradient; 0 is off.</param>
    public static Optimizer Adam(
        float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f,
        float epsilon = 1e-8f, float weightDecay = 0, float clipNorm = 0) => Create(new()
        {
            Kind = OptimizerKind.Adam,
            LearningRate = learningRate,
            Beta1 = beta1,
            Beta2 = beta2,
            Epsilon = epsilon,
            WeightDecay = weightDecay,
            ClipNorm = clipNorm,
        });

    /// <summary>Adam with decoupled weight decay: W ← (1 − ηλ)W, and then the step of Adam by the gradient alone.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="beta1">β₁, from 0 to 0.999999.</param>
    /// <param name="beta2">β₂, from 0 to 0.999999.</param>
    /// <param name="epsilon">ε, finite, at least 1e-20.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="clipNorm">The largest norm of a gradient; 0 is off.</param>
    public static Optimizer AdamW(
        float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f,
        float epsilon = 1e-8f, float weightDecay = 0.01f, float clipNorm = 0) => Create(new()
        {
            Kind = OptimizerKind.AdamW,
            LearningRate = learningRate,
            Beta1 = beta1,
            Beta2 = beta2,
            Epsilon = epsilon,
            WeightDecay = weightDecay,
            ClipNorm = clipNorm,
        });

    /// <summary>
    /// Lion (Chen and others, 2023): c = β₁m + (1 − β₁)g, W ← (1 − ηλ)W − η sign(c), m ← β₂m + (1 − β₂)g. Each
    /// parameter moves by η, so that the learning rate is a fraction of Adam's.
    /// </summary>
    /// <param name="learningRate">η.</param>
    /// <param name="beta1">β₁, from 0 to 0.999999.</param>
    /// <param name="beta2">β₂, from 0 to 0.999999.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="clipNorm">The largest norm of a gradient; 0 is off.</param>
    public static Optimizer Lion(
        float learningRate = 1e-4f,
        float beta1 = 0.9f,
        float beta2 = 0.99f,
        float weightDecay = 0,
        float clipNorm = 0) => Create(new()
        {
            Kind = OptimizerKind.Lion,
            LearningRate = learningRate,
            Beta1 = beta1,
            Beta2 = beta2,
            WeightDecay = weightDecay,
            ClipNorm = clipNorm,
        });

    /// <summary>Forgets all steps, and the network: the next one is the first.</summary>
    public void Reset() => Volatile.Write(ref _state, null);

    /// <summary>The bytes of <see cref="GetState"/>: 0 before the first step, and where nothing is kept.</summary>
    /// <exception cref="OverflowException">They are more than a span can hold.</exception>
    public int StateSize => checked((int)(Kept?.Size ?? 0));

    /// <summary>
    /// Copies what the optimizer keeps from step to step, in the bytes of C and Python: a head of 64 bytes, which begins with
    /// the number of steps (8 bytes), what is kept (4) and the number of parameters (4); m and v of each parameter as floats,
    /// each padded to a multiple of 16; where it clips, as many for the gradient of the last step.
    /// </summary>
    /// <remarks>Nothing may train with the optimizer meanwhile.</remarks>
    /// <param name="state">Receives <see cref="StateSize"/> bytes.</param>
    public unsafe void GetState(Span<byte> state)
    {
        PinnedMemory? memory = Kept;
        Guard.Length(state.Length, (long)(memory?.Size ?? 0), nameof(state), "StateSize");
        if (memory is not null)
        {
            new ReadOnlySpan<byte>(memory.Start, state.Length).CopyTo(state);
            GC.KeepAlive(memory);
        }
    }

    /// <summary>
    /// Goes on from a state that <see cref="GetState"/>, C or Python has told: the next network that it trains is the one
    /// whose steps these were. An empty one is a <see cref="Reset"/>.
    /// </summary>
    /// <param name="state">The bytes.</param>
    /// <exception cref="ArgumentException">They are no state of this optimizer, or not whole, or hold numbers that none would keep.</exception>
    public unsafe void SetState(ReadOnlySpan<byte> state)
    {
        PinnedMemory? memory = null;
        if (state.Length > 0 && _settings.StateArrays > 0)
        {
            memory = new(OptimizerStep.RequireState(_settings, state), "the optimizer's state", cleared: true);

            // Room for a gradient, which is formed anew in each step, may be in one and not in the other.
            int count = (int)Math.Min(memory.Size, (nuint)state.Length);
            state[..count].CopyTo(new Span<byte>(memory.Start, count));
            GC.KeepAlive(memory);
        }

        Volatile.Write(ref _state, memory is null ? null : new State(null, memory));
    }

    // Before the first step, or where the first was refused, there may be memory, but nothing is kept in it.
    private PinnedMemory? Kept =>
        Volatile.Read(ref _state)?.Memory is { } memory && OptimizerStep.HasSteps(memory) ? memory : null;

    /// <summary>The numbers.</summary>
    internal OptimizerSettings Settings => _settings;

    /// <summary>The same numbers, with no step done.</summary>
    internal Optimizer Anew() => new(_settings);

    /// <summary>An optimizer of any kind, whose numbers are looked at one by one and together.</summary>
    internal static Optimizer Create(in OptimizerSettings settings)
    {
        // What an optimizer does not use is 0, which is in the range of all but ε.
        Guard.Memory(settings.Momentum, "momentum");
        Guard.Memory(settings.Beta1, "beta1");
        Guard.Memory(settings.Beta2, "beta2");
        if (settings.Traits.Has(OptimizerNumbers.Epsilon))
        {
            Guard.Epsilon(settings.Epsilon, "epsilon");
        }

        return new Optimizer(settings with { LearningRate = 0, WeightDecay = 0, ClipNorm = 0 })
        {
            LearningRate = settings.LearningRate,
            WeightDecay = settings.WeightDecay,
            ClipNorm = settings.ClipNorm,
        };
    }

    /// <summary>The optimizer with its state, for a step of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="parameterCount">Its weights and biases in all.</param>
    /// <param name="memory">Receives the memory of the state, to be kept alive until the end of the step.</param>
    internal unsafe OptimizerStep Of(object network, int parameterCount, out PinnedMemory? memory)
    {
        // One object, so that another thread's Reset takes nothing away in the middle of a step.
        State? known = Volatile.Read(ref _state);
        State state = known?.Network is null ? Take(known, network, parameterCount) : known;
        if (state.Network != network)
        {
            throw new InvalidOperationException("The optimizer has trained another network; wanted one for each, or a Reset between them.");
        }

        memory = state.Memory;
        return memory is null ? new OptimizerStep(_settings, null, 0) : new OptimizerStep(_settings, memory.Start, memory.Size);
    }

    /// <summary>
    /// State for the first step, or one that was told and is the network's from here on. Where two networks come at once one
    /// of them has it.
    /// </summary>
    private State Take(State? told, object network, int parameterCount)
    {
        PinnedMemory? memory = told?.Memory;
        if (memory is not null)
        {
            OptimizerStep.RequireOf(memory, parameterCount);
        }
        else if (OptimizerStep.StateSize(_settings, parameterCount) is > 0 and nuint size)
        {
            memory = new(size, "the optimizer's state", cleared: true);
        }

        State state = new(network, memory);
        State? other = Interlocked.CompareExchange(ref _state, state, told);
        return ReferenceEquals(other, told) ? state : other ?? Take(null, network, parameterCount);
    }

    /// <summary>What is kept from step to step.</summary>
    private sealed class State(object? network, PinnedMemory? memory)
    {
        /// <summary>Whose steps these are; null of a state that was told, until the first step from it.</summary>
        public object? Network { get; } = network;

        /// <summary>The numbers that are kept, or null where there are none.</summary>
        public PinnedMemory? Memory { get; } = memory;
    }
}
