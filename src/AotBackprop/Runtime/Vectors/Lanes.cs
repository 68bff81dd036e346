using System.ComponentModel;
using System.Runtime.CompilerServices;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

/// <summary>The words that emitted kernels are written in, for vectors of any width.</summary>
/// <remarks>Kernels derive from the class of their width, so that the words are theirs and hide nothing that a user declares.</remarks>
/// <typeparam name="TVectors">The operations of the width.</typeparam>
/// <typeparam name="TVector">A vector of the width.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe class Lanes<TVectors, TVector>
    where TVectors : struct, IVectors<TVectors, TVector>
    where TVector : unmanaged
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Whether the processor has vectors of this width.</summary>
    public static bool IsAccelerated
    {
        [MethodImpl(Inline)]
        get => TVectors.IsAccelerated;
    }

    /// <summary>0 in every lane.</summary>
    public static TVector Zero
    {
        [MethodImpl(Inline)]
        get => TVectors.Zero;
    }

    /// <summary>A number in every lane.</summary>
    [MethodImpl(Inline)]
    public static TVector Fill(float value) => TVectors.Fill(value);

    /// <summary>The number at p in every lane.</summary>
    [MethodImpl(Inline)]
    public static TVector Broadcast(float* p) => TVectors.Fill(*p);

    /// <summary>The floats from p on.</summary>
    [MethodImpl(Inline)]
    public static TVector Load(float* p) => TVectors.Load(p);

    /// <summary>Writes a vector, from p on.</summary>
    [MethodImpl(Inline)]
    public static void Store(float* p, TVector v) => TVectors.Store(p, v);

    /// <summary>
    /// The first <paramref name="count"/> lanes from p on, at least 1 and not all, and 0 in the others, whose memory is not
    /// read.
    /// </summary>
    [MethodImpl(Inline)]
    public static TVector LoadPart(float* p, int count) => TVectors.LoadPart(p, count);

    /// <summary>Writes the first <paramref name="count"/> lanes, not all; the memory after them is not touched.</summary>
    [MethodImpl(Inline)]
    public static void StorePart(float* p, int count, TVector v) => TVectors.StorePart(p, count, v);

    /// <summary>a b + c, rounded once where the processor has fused multiply-add.</summary>
    [MethodImpl(Inline)]
    public static TVector MultiplyAdd(TVector a, TVector b, TVector c) => TVectors.MultiplyAdd(a, b, c);

    /// <summary>W ← update(W, dW) for the vector at p.</summary>
    [MethodImpl(Inline)]
    public static void Update<TUpdate>(in TUpdate update, float* p, TVector gradient)
        where TUpdate : struct, IUpdate => update.Apply<TVectors, TVector>(p, gradient, 0);

    /// <summary>W ← update(W, dW) for the first <paramref name="count"/> lanes; the memory after them is not touched.</summary>
    [MethodImpl(Inline)]
    public static void UpdatePart<TUpdate>(in TUpdate update, float* p, int count, TVector gradient)
        where TUpdate : struct, IUpdate => update.Apply<TVectors, TVector>(p, gradient, count);

    /// <summary>The larger of each pair. Of a pair with a NaN it is either.</summary>
    [MethodImpl(Inline)]
    public static TVector Max(TVector a, TVector b) => TVectors.Max(a, b);

    /// <summary>Magnitudes.</summary>
    [MethodImpl(Inline)]
    public static TVector Abs(TVector v) => TVectors.Abs(v);

    /// <summary>ReLU(z): +0 where z ≤ 0, which −0 is, and z elsewhere. NaN stays NaN.</summary>
    [MethodImpl(Inline)]
    public static TVector Relu(TVector z) => TVectors.Relu(z);

    /// <summary>dA ⊙ ReLU′(Z): dA where A = ReLU(Z) is above 0, as Z then is; +0 elsewhere.</summary>
    [MethodImpl(Inline)]
    public static TVector Mask(TVector dA, TVector A) => TVectors.Mask(dA, A);

    /// <summary>eˣ for x ≤ 0.</summary>
    [MethodImpl(Inline)]
    public static TVector Exp(TVector x) => Exponential.Of<TVectors, TVector>(x);

    /// <summary>1 in one lane, if there is one of that number, and 0 in the others.</summary>
    [MethodImpl(Inline)]
    public static TVector OneAt(int lane) => TVectors.OneAt(lane);

    /// <summary>1 in the lanes in which the numbers from p on equal <paramref name="number"/>, and 0 in the others.</summary>
    [MethodImpl(Inline)]
    public static TVector OneWhere(int* p, int number) => TVectors.OneWhere(p, number);

    /// <summary>The first lanes of v, and the filling in the others.</summary>
    [MethodImpl(Inline)]
    public static TVector Keep(TVector v, int count, float filling) => TVectors.Keep(v, count, filling);

    /// <summary>Whether every lane is below a limit. NaN is not.</summary>
    [MethodImpl(Inline)]
    public static bool AreBelow(TVector v, float limit) => TVectors.AreBelow(v, limit);

    /// <summary>The largest lane.</summary>
    [MethodImpl(Inline)]
    public static float MaxOf(TVector v) => TVectors.MaxOf(v);

    /// <summary>The largest of the first <paramref name="count"/> lanes; the others hold nothing larger.</summary>
    [MethodImpl(Inline)]
    public static float MaxOf(TVector v, int count) => TVectors.MaxOf(v, count);

    /// <summary>
    /// The sum of the first <paramref name="count"/> lanes of 16, whose others are 0, by halves: 16 to 8, 4, 2, 1.
    /// </summary>
    [MethodImpl(Inline)]
    public static float Sum(TVector v, int count) => TVectors.Sum(v, count);
}
