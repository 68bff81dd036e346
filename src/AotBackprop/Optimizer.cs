using AotBackprop.Runtime;

namespace AotBackprop;

/// <summary>
/// How training moves the parameters, and what it keeps from step to step. g is the gradient of the loss by all
/// parameters, weights and biases alike; t counts the steps from 1.
/// </summary>
/// <remarks>
/// An optimizer belongs to the first network that it trains, and takes memory in that call only. The mathematics,
/// and the defaults, are those of PyTorch.
/// </remarks>
public sealed class Optimizer
{
    private const nuint Alignment = 64;

    private OptimizerSettings _settings;
    private long[] _memory = [];
    private nuint _start;
    private nuint _size;
    private object? _network;

    private Optimizer(OptimizerSettings settings) => _settings = settings;

    /// <summary>η, finite and not negative. It may change between steps.</summary>
    public float LearningRate
    {
        get => _settings.LearningRate;
        set
        {
            Guard.Magnitude(value, nameof(LearningRate));
            _settings.LearningRate = value;
        }
    }

    /// <summary>
    /// λ, finite and not negative: g + λW takes the place of g, and in AdamW each step begins with W ← (1 − ηλ)W.
    /// </summary>
    public float WeightDecay
    {
        get => _settings.WeightDecay;
        init
        {
            Guard.Magnitude(value, nameof(WeightDecay));
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
        new(new OptimizerSettings()) { LearningRate = learningRate, WeightDecay = weightDecay, ClipNorm = clipNorm };

    /// <summary>Gradient descent with momentum: m ← μm + g, W ← W − ηm.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="momentum">μ, from 0 to 0.999999.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="clipNorm">The largest norm of a gradient; 0 is off.</param>
    public static Optimizer Momentum(float learningRate, float momentum = 0.9f, float weightDecay = 0, float clipNorm = 0)
    {
        Guard.Memory(momentum, nameof(momentum));
        OptimizerSettings settings = new() { Kind = OptimizerKind.Momentum, Momentum = momentum };
        return new Optimizer(settings) { LearningRate = learningRate, WeightDecay = weightDecay, ClipNorm = clipNorm };
    }

    /// <summary>Gradient descent with Nesterov's momentum: m ← μm + g, W ← W − η(g + μm).</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="momentum">μ, from 0 to 0.999999.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="clipNorm">The largest norm of a gradient; 0 is off.</param>
    public static Optimizer Nesterov(float learningRate, float momentum = 0.9f, float weightDecay = 0, float clipNorm = 0)
    {
        Guard.Memory(momentum, nameof(momentum));
        OptimizerSettings settings = new() { Kind = OptimizerKind.Nesterov, Momentum = momentum };
        return new Optimizer(settings) { LearningRate = learningRate, WeightDecay = weightDecay, ClipNorm = clipNorm };
    }

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
        float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0, float clipNorm = 0) =>
        Adaptive(OptimizerKind.Adam, learningRate, beta1, beta2, epsilon, weightDecay, clipNorm);

    /// <summary>Adam with decoupled weight decay: W ← (1 − ηλ)W, and then the step of Adam by the gradient alone.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="beta1">β₁, from 0 to 0.999999.</param>
    /// <param name="beta2">β₂, from 0 to 0.999999.</param>
    /// <param name="epsilon">ε, finite, at least 1e-20.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="clipNorm">The largest norm of a gradient; 0 is off.</param>
    public static Optimizer AdamW(
        float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0.01f, float clipNorm = 0) =>
        Adaptive(OptimizerKind.AdamW, learningRate, beta1, beta2, epsilon, weightDecay, clipNorm);

    /// <summary>Forgets all steps, and the network: the next one is the first.</summary>
    public void Reset()
    {
        _network = null;
        Array.Clear(_memory);
    }

    /// <summary>The optimizer with its state, for a step of a network.</summary>
    internal unsafe Descent Of(object network, int parameterCount)
    {
        if (_network != network)
        {
            Take(network, parameterCount);
        }

        // The array is pinned, and this object keeps it.
        fixed (long* memory = _memory)
        {
            return new Descent(_settings, (byte*)memory + _start, _size);
        }
    }

    private unsafe void Take(object network, int parameterCount)
    {
        if (_network is not null)
        {
            throw new InvalidOperationException("The optimizer has trained another network; wanted one for each, or a Reset between them.");
        }

        _size = Descent.StateSize(_settings, parameterCount);
        if (_size > 0)
        {
            _memory = GC.AllocateArray<long>((int)((_size + Alignment) / sizeof(long)), pinned: true);
            fixed (long* memory = _memory)
            {
                _start = (0 - (nuint)memory) & (Alignment - 1);
            }
        }

        _network = network;
    }

    private static Optimizer Adaptive(
        OptimizerKind kind, float learningRate, float beta1, float beta2, float epsilon, float weightDecay, float clipNorm)
    {
        Guard.Memory(beta1, nameof(beta1));
        Guard.Memory(beta2, nameof(beta2));
        Guard.Epsilon(epsilon, nameof(epsilon));
        OptimizerSettings settings = new() { Kind = kind, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon };
        return new Optimizer(settings) { LearningRate = learningRate, WeightDecay = weightDecay, ClipNorm = clipNorm };
    }
}
