using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

/// <summary>The gradient itself is stored: W ← dW.</summary>
internal readonly unsafe struct StoreUpdate : IUpdate
{
    public static bool LeavesWhereGradientIsZero => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TVectors, TVector>(float* p, TVector gradient, int part)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged => TVectors.Store(p, part, gradient);
}

/// <summary>
/// The gradient of a block of samples is added to that of the blocks before, S ← S + dW, for parameters within a range.
/// Sums begin at +0 and are never −0, so that one with a dW of 0 may be left alone.
/// </summary>
/// <param name="first">The sum of the first parameter.</param>
/// <param name="end">The end of the sums.</param>
internal readonly unsafe struct AddUpdate(float* first, float* end) : IUpdate
{
    private readonly float* _first = first;
    private readonly float* _end = end;

    public static bool LeavesWhereGradientIsZero => true;

    public static bool IsOfBlock => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TVectors, TVector>(float* p, TVector gradient, int part)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        if (p >= _first && p < _end)
        {
            TVectors.Store(p, part, TVectors.Add(TVectors.Load(p, part), gradient));
        }
    }
}

/// <summary>Nothing is stored: the largest |dW| and |db| are found.</summary>
/// <param name="largest">For each lane the largest, 0 before the first; infinite or NaN if any is.</param>
internal readonly unsafe struct LargestUpdate(float* largest) : IUpdate
{
    private readonly float* _largest = largest;

    public static bool LeavesWhereGradientIsZero => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TVectors, TVector>(float* p, TVector gradient, int part)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged =>
        TVectors.Store(_largest, part, TVectors.LargerMagnitude(TVectors.Load(_largest, part), gradient));
}
