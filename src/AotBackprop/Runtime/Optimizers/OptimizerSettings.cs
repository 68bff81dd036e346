using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AotBackprop.Runtime;

/// <summary>The numbers of an optimizer. What the optimizer does not use is 0.</summary>
/// <remarks>The layout is that of LIBRARY_options in C, after its size.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal partial struct OptimizerSettings
{
    // Half an ulp of the largest float: an update smaller than this cannot carry a finite parameter to infinity.
    private const double LargestUpdate = (double)(1L << 52) * (1L << 51);

    // Of a derivative that is kept. With memories up to 1 − 2⁻²⁰, rounding included, a sum, m of momentum, then stays
    // below 2⁶¹, a mean, m of Adam, below 2⁴², and a mean of squares, v, below 2⁸², after any number of steps with any
    // settings.
    private const double LargestKept = 1L << 40;

    // So that η m of momentum, and η/(1 − β₁) · m/ε of Adam, stay below the largest update.
    private const double LargestMomentumRate = LargestUpdate / (1L << 62);
    private const double LargestAdamRatio = LargestUpdate / (1L << 42);

    // ηλ where weights decay apart from the gradient: with more, W ← (1 − ηλ)W would grow.
    private const double LargestDecay = 2;

    // What rounding may add to a bound.
    private const double RoundingMargin = 1 + (1.0 / (1 << 20));

    /// <summary>η, finite and not negative.</summary>
    public float LearningRate;

    /// <summary>Which optimizer.</summary>
    public OptimizerKind Kind;

    /// <summary>μ, from 0 to 0.999999.</summary>
    public float Momentum;

    /// <summary>β₁, from 0 to 0.999999.</summary>
    public float Beta1;

    /// <summary>β₂, from 0 to 0.999999.</summary>
    public float Beta2;

    /// <summary>ε, finite, at least 1e-20.</summary>
    public float Epsilon;

    /// <summary>λ, finite and not negative: g = dW + λW takes the place of dW, or W ← (1 − ηλ)W.</summary>
    public float WeightDecay;

    /// <summary>c: a gradient whose norm is above it is shortened to it, by c / (norm + 1e-6). 0 is off.</summary>
    public float ClipNorm;

    /// <summary>Whether the gradients have to be stored before the update can begin.</summary>
    internal readonly bool Clips => ClipNorm > 0;

    /// <summary>Whether they are those of plain gradient descent, the learning rate aside.</summary>
    internal readonly bool ArePlain
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Kind == OptimizerKind.Sgd && Momentum == 0 && Beta1 == 0 && Beta2 == 0 && Epsilon == 0 && WeightDecay == 0 && ClipNorm == 0;
    }

    /// <summary>What the table says of the optimizer.</summary>
    internal readonly OptimizerTraits Traits => OptimizerTraits.Of(Kind);

    /// <summary>Numbers that are kept for each parameter.</summary>
    internal readonly int StateArrays => Traits.StateArrays;

    /// <summary>Whether g = dW + λW takes the place of dW.</summary>
    internal readonly bool DecaysByGradient => WeightDecay > 0 && !Traits.DecaysApart;

    // Of what weights lose in a step that decay apart from the gradient.
    private readonly double DecoupledDecay => Traits.DecaysApart ? (double)LearningRate * WeightDecay : 0;

    /// <summary>
    /// Whether the numbers of an optimizer that keeps something leave a step small, whatever the derivatives are that it
    /// takes. The first step of Adam is its longest, and no other comes before it.
    /// </summary>
    internal readonly bool ArePossible() =>
        DecoupledDecay <= LargestDecay
        && (Traits.Has(OptimizerNumbers.Epsilon)
            ? AdamRate(1) < float.MaxValue && AdamRate(1) / Epsilon < LargestAdamRatio
            : StateArrays == 0 || LearningRate < LargestMomentumRate);

    internal static bool IsMemory(float value) => value is >= 0 and <= OptimizerTable.LargestMemory;

    internal static bool IsMagnitude(float value) => value >= 0 && float.IsFinite(value);

    internal static bool IsEpsilon(float value) => value >= OptimizerTable.SmallestEpsilon && float.IsFinite(value);

    /// <summary>
    /// Whether a step leaves parameters and state finite, if no derivative is larger than the bound. NaN is not.
    /// </summary>
    /// <param name="bound">Of |dW| and |db|.</param>
    /// <param name="largestParameter">The largest |W| and |b|, where weights decay by the gradient.</param>
    internal readonly bool AreSafe(double bound, double largestParameter)
    {
        if (!(bound < float.MaxValue))
        {
            return false;
        }

        bound = Taken(bound, largestParameter);
        return StateArrays switch
        {
            0 => bound < float.MaxValue && bound * LearningRate < LargestUpdate,
            _ => bound < LargestKept,
        };
    }

    /// <summary>The bound of what the optimizer takes for a derivative: clipped, and with what decays.</summary>
    private readonly double Taken(double bound, double largestParameter)
    {
        if (Clips)
        {
            bound = Math.Min(bound, ClipNorm * RoundingMargin);
        }

        return DecaysByGradient ? (bound + (WeightDecay * largestParameter)) * RoundingMargin : bound;
    }

    /// <summary>η / (1 − β₁ᵗ).</summary>
    internal readonly double AdamRate(ulong step) => LearningRate / (1 - Power(Beta1, step));

    /// <summary>
    /// xᵗ by squaring: the same bits on every machine, which a library's power does not promise. What is below 2⁻⁶⁰, and
    /// nothing beside 1, is 0.
    /// </summary>
    internal static double Power(double x, ulong t)
    {
        const double Nothing = 1.0 / (1UL << 60);
        double power = 1;
        for (; t > 0; t >>= 1, x *= x)
        {
            if (x < Nothing)
            {
                return 0;
            }

            // Without a branch: the bits of a count cannot be predicted.
            long taken = -(long)(t & 1);
            power *= BitConverter.Int64BitsToDouble(
                (BitConverter.DoubleToInt64Bits(x) & taken) | (BitConverter.DoubleToInt64Bits(1) & ~taken));
        }

        return power;
    }
}
