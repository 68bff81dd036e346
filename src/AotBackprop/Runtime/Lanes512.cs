using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AotBackprop.Runtime;

/// <summary>The vocabulary of emitted kernels in vectors of 16 floats. The same words exist for each width.</summary>
/// <remarks>Emitted kernels derive from it, so that the words are theirs and hide nothing that a user declares.</remarks>
public abstract unsafe class Lanes512
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Whether the processor has vectors of this width.</summary>
    public static bool IsAccelerated
    {
        [MethodImpl(Inline)]
        get => Vector512.IsHardwareAccelerated;
    }

    /// <summary>Every lane 0.</summary>
    public static Vector512<float> Zero
    {
        [MethodImpl(Inline)]
        get => Vector512<float>.Zero;
    }

    /// <summary>The same number in every lane.</summary>
    [MethodImpl(Inline)]
    public static Vector512<float> Fill(float value) => Vector512.Create(value);

    /// <summary>The number at p in every lane.</summary>
    [MethodImpl(Inline)]
    public static Vector512<float> Broadcast(float* p) => Vector512.Create(*p);

    /// <summary>16 floats from p on.</summary>
    [MethodImpl(Inline)]
    public static Vector512<float> Load(float* p) => Vector512.Load(p);

    /// <summary>Writes 16 floats from p on.</summary>
    [MethodImpl(Inline)]
    public static void Store(float* p, Vector512<float> v) => v.Store(p);

    /// <summary>The first <paramref name="count"/> lanes from p on, 0 in the others; nothing behind them is read.</summary>
    /// <remarks>Where no mask is needed, without: what was just stored can be read from where it waits to be written.</remarks>
    [MethodImpl(Inline)]
    public static Vector512<float> LoadPart(float* p, int count) => count switch
    {
        <= 4 => Lanes256.LoadPart(p, count).ToVector512(),
        8 => Vector256.Load(p).ToVector512(),
        _ => Avx512F.MaskLoad(p, First(count), Zero),
    };

    /// <summary>Writes the first <paramref name="count"/> lanes; nothing behind them is touched.</summary>
    /// <remarks>In whole pieces of 8, 4, 2 and 1: some processors are slow to store under a mask.</remarks>
    [MethodImpl(Inline)]
    public static void StorePart(float* p, int count, Vector512<float> v)
    {
        Vector256<float> eight = v.GetLower();
        if ((count & 8) != 0)
        {
            eight.Store(p);
            eight = v.GetUpper();
        }

        Vector128<float> four = eight.GetLower();
        if ((count & 4) != 0)
        {
            four.Store(p + (count & 8));
            four = eight.GetUpper();
        }

        Lanes128.StorePart(p + (count & 12), count & 3, four);
    }

    /// <summary>a b + c, rounded once where the level has fused multiply-add.</summary>
    [MethodImpl(Inline)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.MultiplyAddEstimate(a, b, c);

    /// <summary>W ← update(W, dW) for the vector at p.</summary>
    [MethodImpl(Inline)]
    public static void Update<TUpdate>(in TUpdate update, float* p, Vector512<float> gradient)
        where TUpdate : struct, IUpdate => update.Apply<Vectors512, Vector512<float>>(p, gradient, 0);

    /// <summary>W ← update(W, dW) for the first <paramref name="count"/> lanes; nothing behind them is touched.</summary>
    [MethodImpl(Inline)]
    public static void UpdatePart<TUpdate>(in TUpdate update, float* p, int count, Vector512<float> gradient)
        where TUpdate : struct, IUpdate => update.Apply<Vectors512, Vector512<float>>(p, gradient, count);

    /// <summary>The larger of each pair. Of a pair with a NaN it is either.</summary>
    [MethodImpl(Inline)]
    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Vector512.MaxNative(a, b);

    /// <summary>1 in the lane of that number, if there is one, and 0 in the others.</summary>
    [MethodImpl(Inline)]
    public static Vector512<float> OneAt(int lane) =>
        Vector512.Equals(Vector512<int>.Indices, Vector512.Create(lane)).AsSingle() & Vector512<float>.One;

    /// <summary>1 in the lanes in which the numbers from p on are that one, and 0 in the others.</summary>
    [MethodImpl(Inline)]
    public static Vector512<float> OneWhere(int* p, int number) =>
        Vector512.Equals(Vector512.Load(p), Vector512.Create(number)).AsSingle() & Vector512<float>.One;

    /// <summary>Magnitudes.</summary>
    [MethodImpl(Inline)]
    public static Vector512<float> Abs(Vector512<float> v) => Vector512.Abs(v);

    /// <summary>Whether every lane is below a number. NaN is not.</summary>
    [MethodImpl(Inline)]
    public static bool AreBelow(Vector512<float> v, float limit) => Vector512.LessThanAll(v, Vector512.Create(limit));

    /// <summary>ReLU(z): +0 where z ≤ 0, −0 among it, and z elsewhere. NaN is not ≤ 0: it stays.</summary>
    /// <remarks>
    /// Of a pair with a NaN, and of two zeros, the instruction gives the second; −0 + 0 is +0. A comparison would go
    /// through a mask register, which takes longer.
    /// </remarks>
    [MethodImpl(Inline)]
    public static Vector512<float> Relu(Vector512<float> z) => Avx512F.Max(Zero, z) + Zero;

    /// <summary>dA ⊙ ReLU′(Z): dA where A = ReLU(Z) is above 0, which is where Z is; +0 elsewhere.</summary>
    [MethodImpl(Inline)]
    public static Vector512<float> Mask(Vector512<float> dA, Vector512<float> A) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(A, Zero), dA, Zero);

    /// <summary>The first lanes of v, and the filling in the others.</summary>
    [MethodImpl(Inline)]
    public static Vector512<float> Keep(Vector512<float> v, int count, float filling) =>
        Vector512.ConditionalSelect(First(count), v, Vector512.Create(filling));

    /// <summary>
    /// eˣ for x ≤ 0, and 0 below −87, where the result would leave the normal numbers. x = n ln 2 + r with |r| ≤ ½ ln 2,
    /// then a polynomial in r (the coefficients are those of Moshier's Cephes, expf) times 2ⁿ. The same sequence for
    /// each width; NaN stays NaN.
    /// </summary>
    [MethodImpl(Inline)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // Added to a small number, 1.5·2²³ leaves its nearest integer in the low bits of the sum.
        Vector512<float> shifter = Vector512.Create(12582912f);
        Vector512<float> shifted = MultiplyAdd(x, Vector512.Create(1.44269504f), shifter);
        Vector512<float> n = shifted - shifter;

        // ln 2 in two parts, the first of few enough bits that n times it is exact.
        Vector512<float> r = MultiplyAdd(n, Vector512.Create(-0.693359375f), x);
        r = MultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);

        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = MultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = MultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = MultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = MultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = MultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = MultiplyAdd(p, r * r, r + Vector512<float>.One);

        Vector512<float> power = ((shifted.AsInt32() << 23) + Vector512.Create(0x3F800000)).AsSingle();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-87f)), Zero, p * power);
    }

    /// <summary>The largest lane.</summary>
    [MethodImpl(Inline)]
    public static float MaxOf(Vector512<float> v) => Lanes256.MaxOf(Lanes256.Max(v.GetLower(), v.GetUpper()));

    /// <summary>The largest of the first <paramref name="count"/> lanes; the others hold nothing larger.</summary>
    [MethodImpl(Inline)]
    public static float MaxOf(Vector512<float> v, int count) => count <= 8 ? Lanes256.MaxOf(v.GetLower(), count) : MaxOf(v);

    /// <summary>The sum of the first <paramref name="count"/> lanes by halves, of 16 whose others are 0.</summary>
    [MethodImpl(Inline)]
    public static float Sum(Vector512<float> v, int count) => count <= 8 ? Lanes256.Sum(v.GetLower(), count) : Sum(v);

    /// <summary>The sum of 16 lanes by halves: 16 to 8, 4, 2, 1.</summary>
    [MethodImpl(Inline)]
    public static float Sum(Vector512<float> v) => Lanes256.Sum(v.GetLower(), v.GetUpper());

    [MethodImpl(Inline)]
    private static Vector512<float> First(int count) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
}
