using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

/// <summary>The update of each optimizer.</summary>
internal static class Updates
{
    /// <summary>Runs a pass over the parameters with an optimizer's update.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="settings">The optimizer.</param>
    /// <param name="step">The number of the step, from 1 on.</param>
    /// <param name="first">Bytes from a parameter to the first number that is kept of it.</param>
    /// <param name="second">Bytes from a parameter to the second.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TPass>(TPass pass, in OptimizerSettings settings, ulong step, nint first, nint second)
        where TPass : struct, OptimizerStep.IPass
    {
        switch (settings.Kind)
        {
            case OptimizerKind.Sgd when settings.WeightDecay > 0:
                pass.Run(new DecayingSgdUpdate(settings));
                break;
            case OptimizerKind.Sgd:
                pass.Run(new SgdUpdate(settings.LearningRate));
                break;
            case OptimizerKind.Momentum or OptimizerKind.Nesterov:
                pass.Run(new MomentumUpdate(settings, first));
                break;
            case OptimizerKind.Lion:
                pass.Run(new LionUpdate(settings, first));
                break;
            default:
                pass.Run(new AdamUpdate(settings, step, first, second));
                break;
        }
    }
}

/// <summary>Gradient descent: W ← W − η dW.</summary>
internal readonly unsafe struct SgdUpdate(float learningRate) : IUpdate
{
    private readonly float _rate = -learningRate;

    public static bool LeavesWhereGradientIsZero => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TVectors, TVector>(float* p, TVector gradient, int part)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged =>
        TVectors.Store(p, part, TVectors.MultiplyAdd(TVectors.Fill(_rate), gradient, TVectors.Load(p, part)));
}

/// <summary>Gradient descent with weight decay: g = dW + λW, W ← W − ηg.</summary>
internal readonly unsafe struct DecayingSgdUpdate(in OptimizerSettings settings) : IUpdate
{
    private readonly float _rate = -settings.LearningRate;
    private readonly float _decay = settings.WeightDecay;

    public static bool LeavesWhereGradientIsZero => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TVectors, TVector>(float* p, TVector gradient, int part)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector w = TVectors.Load(p, part);
        TVector g = TVectors.MultiplyAdd(TVectors.Fill(_decay), w, gradient);
        TVectors.Store(p, part, TVectors.MultiplyAdd(TVectors.Fill(_rate), g, w));
    }
}

/// <summary>
/// Momentum: g = dW + λW, m ← μm + g, W ← W − ηm. Nesterov's goes by g + μm in place of m: both are a g + b m, with
/// (a, b) = (0, 1) or (1, μ).
/// </summary>
/// <param name="settings">η, μ, λ.</param>
/// <param name="offset">Bytes from a parameter to its m.</param>
internal readonly unsafe struct MomentumUpdate(in OptimizerSettings settings, nint offset) : IUpdate
{
    private readonly nint _offset = offset;
    private readonly float _rate = -settings.LearningRate;
    private readonly float _momentum = settings.Momentum;
    private readonly float _decay = settings.WeightDecay;
    private readonly float _a = settings.Kind == OptimizerKind.Nesterov ? 1 : 0;
    private readonly float _b = settings.Kind == OptimizerKind.Nesterov ? settings.Momentum : 1;

    public static bool LeavesWhereGradientIsZero => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TVectors, TVector>(float* p, TVector gradient, int part)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        float* pm = (float*)((byte*)p + _offset);
        TVector w = TVectors.Load(p, part);
        TVector g = TVectors.MultiplyAdd(TVectors.Fill(_decay), w, gradient);
        TVector m = TVectors.MultiplyAdd(TVectors.Fill(_momentum), TVectors.Load(pm, part), g);
        TVectors.Store(pm, part, m);
        TVector step = TVectors.MultiplyAdd(TVectors.Fill(_b), m, TVectors.Multiply(TVectors.Fill(_a), g));
        TVectors.Store(p, part, TVectors.MultiplyAdd(TVectors.Fill(_rate), step, w));
    }
}

/// <summary>
/// Adam: g = dW + λW, m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², W ← W − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε) in
/// step t. AdamW takes g = dW, and shrinks W by 1 − ηλ instead.
/// </summary>
internal readonly unsafe struct AdamUpdate : IUpdate
{
    private readonly nint _firstOffset;
    private readonly nint _secondOffset;
    private readonly float _decay;
    private readonly float _shrink;
    private readonly float _beta1;
    private readonly float _beta2;
    private readonly float _rest1;
    private readonly float _rest2;
    private readonly float _rate;
    private readonly float _scale;
    private readonly float _epsilon;

    /// <param name="settings">η, β₁, β₂, ε, λ.</param>
    /// <param name="step">t, from 1 on.</param>
    /// <param name="firstOffset">Bytes from a parameter to its m.</param>
    /// <param name="secondOffset">Bytes from a parameter to its v.</param>
    public AdamUpdate(in OptimizerSettings settings, ulong step, nint firstOffset, nint secondOffset)
    {
        bool decoupled = settings.Kind == OptimizerKind.AdamW;
        _firstOffset = firstOffset;
        _secondOffset = secondOffset;
        _decay = decoupled ? 0 : settings.WeightDecay;
        _shrink = decoupled ? (float)(1 - ((double)settings.LearningRate * settings.WeightDecay)) : 1;
        _beta1 = settings.Beta1;
        _beta2 = settings.Beta2;
        _rest1 = (float)(1 - (double)settings.Beta1);
        _rest2 = (float)(1 - (double)settings.Beta2);
        _rate = (float)-settings.AdamRate(step);
        _scale = (float)(1 / Math.Sqrt(1 - OptimizerSettings.Power(settings.Beta2, step)));
        _epsilon = settings.Epsilon;
    }

    public static bool LeavesWhereGradientIsZero => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TVectors, TVector>(float* p, TVector gradient, int part)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        float* pm = (float*)((byte*)p + _firstOffset);
        float* pv = (float*)((byte*)p + _secondOffset);
        TVector w = TVectors.Load(p, part);
        TVector g = TVectors.MultiplyAdd(TVectors.Fill(_decay), w, gradient);
        TVector m = TVectors.MultiplyAdd(
            TVectors.Fill(_rest1), g, TVectors.Multiply(TVectors.Fill(_beta1), TVectors.Load(pm, part)));
        TVector v = TVectors.MultiplyAdd(
            TVectors.Multiply(TVectors.Fill(_rest2), g), g, TVectors.Multiply(TVectors.Fill(_beta2), TVectors.Load(pv, part)));
        TVectors.Store(pm, part, m);
        TVectors.Store(pv, part, v);
        TVector root = TVectors.MultiplyAdd(TVectors.SquareRoot(v), TVectors.Fill(_scale), TVectors.Fill(_epsilon));
        TVectors.Store(p, part, TVectors.MultiplyAdd(
            TVectors.Fill(_rate), TVectors.Divide(m, root), TVectors.Multiply(TVectors.Fill(_shrink), w)));
    }
}

/// <summary>
/// Lion: c = β₁m + (1 − β₁)g, W ← (1 − ηλ)W − η sign(c), m ← β₂m + (1 − β₂)g. sign(0) is 0. (Chen and others, "Symbolic
/// discovery of optimization algorithms", 2023.)
/// </summary>
/// <param name="settings">η, β₁, β₂, λ.</param>
/// <param name="offset">Bytes from a parameter to its m.</param>
internal readonly unsafe struct LionUpdate(in OptimizerSettings settings, nint offset) : IUpdate
{
    private readonly nint _offset = offset;
    private readonly float _rate = -settings.LearningRate;
    private readonly float _shrink = (float)(1 - ((double)settings.LearningRate * settings.WeightDecay));
    private readonly float _beta1 = settings.Beta1;
    private readonly float _beta2 = settings.Beta2;
    private readonly float _rest1 = (float)(1 - (double)settings.Beta1);
    private readonly float _rest2 = (float)(1 - (double)settings.Beta2);

    public static bool LeavesWhereGradientIsZero => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TVectors, TVector>(float* p, TVector gradient, int part)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        float* pm = (float*)((byte*)p + _offset);
        TVector w = TVectors.Load(p, part);
        TVector m = TVectors.Load(pm, part);
        TVector c = TVectors.MultiplyAdd(
            TVectors.Fill(_rest1), gradient, TVectors.Multiply(TVectors.Fill(_beta1), m));
        TVectors.Store(pm, part, TVectors.MultiplyAdd(
            TVectors.Fill(_rest2), gradient, TVectors.Multiply(TVectors.Fill(_beta2), m)));

        // −η sign(c) without a product: float.Epsilon is the smallest number above 0.
        TVector rate = TVectors.Fill(_rate);
        TVector step = TVectors.Subtract(
            TVectors.ZeroBelow(rate, c, float.Epsilon),
            TVectors.ZeroBelow(rate, TVectors.Subtract(TVectors.Fill(0), c), float.Epsilon));
        TVectors.Store(p, part, TVectors.Add(step, TVectors.Multiply(TVectors.Fill(_shrink), w)));
    }
}
