using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AotBackprop.Runtime;

/// <summary>The numbers of an optimizer. What the optimizer does not use is 0.</summary>
/// <remarks>Its fields lie as those of LIBRARY_options do in C, behind the size.</remarks>
[StructLayout(LayoutKind.Sequential)]
public struct OptimizerSettings
{
    // Of momentum and betas. Up to here what they keep stays below a multiple of the largest derivative for ever.
    private const float LargestMemory = 0.999999f;

    private const float SmallestEpsilon = 1e-20f;

    // Half an ulp of the largest float: an update smaller than this cannot carry a finite parameter to infinity.
    private const double LargestUpdate = (double)(1L << 52) * (1L << 51);

    // Of a derivative that is kept. With memories up to 1 − 2⁻²⁰, rounding included, m of momentum then stays below
    // 2⁶¹, and m and v of Adam below 2⁴² and 2⁸², after any number of steps with any settings.
    private const double LargestKept = 1L << 40;

    // What rounding may add to a bound.
    private const double Slack = 1 + (1.0 / (1 << 20));

    /// <summary>η, finite and not negative.</summary>
    public float LearningRate;

    /// <summary>Which optimizer.</summary>
    public OptimizerKind Kind;

    /// <summary>μ of momentum, from 0 to 0.999999.</summary>
    public float Momentum;

    /// <summary>β₁ of Adam, from 0 to 0.999999.</summary>
    public float Beta1;

    /// <summary>β₂ of Adam, from 0 to 0.999999.</summary>
    public float Beta2;

    /// <summary>ε of Adam, finite, at least 1e-20.</summary>
    public float Epsilon;

    /// <summary>λ, finite and not negative: g = dW + λW takes the place of dW, but in AdamW.</summary>
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

    /// <summary>Numbers that are kept for each parameter.</summary>
    internal readonly int Kept => Kind switch
    {
        OptimizerKind.Sgd => 0,
        OptimizerKind.Momentum or OptimizerKind.Nesterov => 1,
        _ => 2,
    };

    /// <summary>Whether g = dW + λW takes the place of dW.</summary>
    internal readonly bool DecaysByGradient => WeightDecay > 0 && Kind != OptimizerKind.AdamW;

    private readonly bool IsAdam => Kind is OptimizerKind.Adam or OptimizerKind.AdamW;

    /// <summary>Whether there is such an optimizer, the learning rate aside.</summary>
    internal readonly bool AreValid() =>
        IsMagnitude(WeightDecay)
        && IsMagnitude(ClipNorm)
        && (Kind == OptimizerKind.Sgd ? Momentum == 0 && Beta1 == 0 && Beta2 == 0 && Epsilon == 0 : AreValidOfOthers());

    private readonly bool AreValidOfOthers() =>
        Kind is > OptimizerKind.Sgd and <= OptimizerKind.AdamW
        && (Kept == 1 ? IsMemory(Momentum) : Momentum == 0)
        && (IsAdam
            ? IsMemory(Beta1) && IsMemory(Beta2) && IsEpsilon(Epsilon)
            : Beta1 == 0 && Beta2 == 0 && Epsilon == 0);

    internal static bool IsMemory(float value) => value is >= 0 and <= LargestMemory;

    internal static bool IsMagnitude(float value) => value >= 0 && float.IsFinite(value);

    internal static bool IsEpsilon(float value) => value >= SmallestEpsilon && float.IsFinite(value);

    /// <summary>
    /// Whether a step leaves parameters and state finite, if no derivative is larger than the bound. NaN is not.
    /// </summary>
    /// <param name="bound">Of |dW| and |db|.</param>
    /// <param name="largestParameter">The largest |W| and |b|, where weights decay by the gradient.</param>
    /// <param name="step">The number of the step, from 1 on.</param>
    internal readonly bool AreSafe(double bound, double largestParameter, ulong step)
    {
        if (!(bound < float.MaxValue))
        {
            return false;
        }

        if (Clips)
        {
            bound = Math.Min(bound, ClipNorm * Slack);
        }

        if (DecaysByGradient)
        {
            bound = (bound + (WeightDecay * largestParameter)) * Slack;
        }

        return Kept switch
        {
            0 => bound < float.MaxValue && bound * LearningRate < LargestUpdate,
            1 => bound < LargestKept && LearningRate * (double)(1L << 62) < LargestUpdate,
            _ => bound < LargestKept
                && AdamRate(step) < float.MaxValue
                && AdamRate(step) / Epsilon * (1L << 42) < LargestUpdate
                && (Kind != OptimizerKind.AdamW || (double)LearningRate * WeightDecay <= 2),
        };
    }

    /// <summary>η / (1 − β₁ᵗ).</summary>
    internal readonly double AdamRate(ulong step) => LearningRate / (1 - Power(Beta1, step));

    /// <summary>xᵗ by squaring: the same bits on every machine, which a library's power does not promise.</summary>
    internal static double Power(double x, ulong t)
    {
        double power = 1;
        for (; t > 0; t >>= 1, x *= x)
        {
            if ((t & 1) != 0)
            {
                power *= x;
            }
        }

        return power;
    }
}
