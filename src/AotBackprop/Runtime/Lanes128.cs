using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

/// <summary>The vocabulary of emitted kernels in vectors of 4 floats. The same words exist for each width.</summary>
/// <remarks>Emitted kernels derive from it, so that the words are theirs and hide nothing that a user declares.</remarks>
public abstract unsafe class Lanes128
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Whether the processor has vectors of this width.</summary>
    public static bool IsAccelerated
    {
        [MethodImpl(Inline)]
        get => Vector128.IsHardwareAccelerated;
    }

    /// <summary>Every lane 0.</summary>
    public static Vector128<float> Zero
    {
        [MethodImpl(Inline)]
        get => Vector128<float>.Zero;
    }

    /// <summary>The same number in every lane.</summary>
    [MethodImpl(Inline)]
    public static Vector128<float> Fill(float value) => Vector128.Create(value);

    /// <summary>The number at p in every lane.</summary>
    [MethodImpl(Inline)]
    public static Vector128<float> Broadcast(float* p) => Vector128.Create(*p);

    /// <summary>4 floats from p on.</summary>
    [MethodImpl(Inline)]
    public static Vector128<float> Load(float* p) => Vector128.Load(p);

    /// <summary>Writes 4 floats from p on.</summary>
    [MethodImpl(Inline)]
    public static void Store(float* p, Vector128<float> v) => v.Store(p);

    /// <summary>The first <paramref name="count"/> lanes (1 to 3) from p on, 0 in the others; nothing behind them is read.</summary>
    /// <remarks>Two floats are moved as one double, which stays in a register.</remarks>
    [MethodImpl(Inline)]
    public static Vector128<float> LoadPart(float* p, int count) => count switch
    {
        1 => Vector128.CreateScalar(*p),
        2 => Vector128.CreateScalar(*(double*)p).AsSingle(),
        _ => Vector128.CreateScalar(*(double*)p).AsSingle().WithElement(2, p[2]),
    };

    /// <summary>Writes the first <paramref name="count"/> lanes (0 to 3); nothing behind them is touched.</summary>
    [MethodImpl(Inline)]
    public static void StorePart(float* p, int count, Vector128<float> v)
    {
        if ((count & 2) != 0)
        {
            *(double*)p = v.AsDouble().ToScalar();
            v = Vector128.Shuffle(v, Vector128.Create(2, 3, 2, 3));
        }

        if ((count & 1) != 0)
        {
            p[count & 2] = v.ToScalar();
        }
    }

    /// <summary>a b + c, rounded once where the level has fused multiply-add.</summary>
    [MethodImpl(Inline)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.MultiplyAddEstimate(a, b, c);

    /// <summary>W ← update(W, dW) for the vector at p.</summary>
    [MethodImpl(Inline)]
    public static void Update<TUpdate>(in TUpdate update, float* p, Vector128<float> gradient)
        where TUpdate : struct, IUpdate => update.Apply<Vectors128, Vector128<float>>(p, gradient, 0);

    /// <summary>W ← update(W, dW) for the first <paramref name="count"/> lanes; nothing behind them is touched.</summary>
    [MethodImpl(Inline)]
    public static void UpdatePart<TUpdate>(in TUpdate update, float* p, int count, Vector128<float> gradient)
        where TUpdate : struct, IUpdate => update.Apply<Vectors128, Vector128<float>>(p, gradient, count);

    /// <summary>The larger of each pair. Of a pair with a NaN it is either.</summary>
    [MethodImpl(Inline)]
    public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) => Vector128.MaxNative(a, b);

    /// <summary>1 in the lane of that number, if there is one, and 0 in the others.</summary>
    [MethodImpl(Inline)]
    public static Vector128<float> OneAt(int lane) =>
        Vector128.Equals(Vector128<int>.Indices, Vector128.Create(lane)).AsSingle() & Vector128<float>.One;

    /// <summary>1 in the lanes in which the numbers from p on are that one, and 0 in the others.</summary>
    [MethodImpl(Inline)]
    public static Vector128<float> OneWhere(int* p, int number) =>
        Vector128.Equals(Vector128.Load(p), Vector128.Create(number)).AsSingle() & Vector128<float>.One;

    /// <summary>Magnitudes.</summary>
    [MethodImpl(Inline)]
    public static Vector128<float> Abs(Vector128<float> v) => Vector128.Abs(v);

    /// <summary>Whether every lane is below a number. NaN is not.</summary>
    [MethodImpl(Inline)]
    public static bool AreBelow(Vector128<float> v, float limit) => Vector128.LessThanAll(v, Vector128.Create(limit));

    /// <summary>ReLU(z): +0 where z ≤ 0, −0 among it, and z elsewhere. NaN is not ≤ 0: it stays.</summary>
    [MethodImpl(Inline)]
    public static Vector128<float> Relu(Vector128<float> z) => Vector128.AndNot(z, Vector128.LessThanOrEqual(z, Zero));

    /// <summary>dA ⊙ ReLU′(Z): dA where A = ReLU(Z) is above 0, which is where Z is; +0 elsewhere.</summary>
    [MethodImpl(Inline)]
    public static Vector128<float> Mask(Vector128<float> dA, Vector128<float> A) => Vector128.GreaterThan(A, Zero) & dA;

    /// <summary>The first lanes of v, and the filling in the others.</summary>
    [MethodImpl(Inline)]
    public static Vector128<float> Keep(Vector128<float> v, int count, float filling) =>
        Vector128.ConditionalSelect(First(count), v, Vector128.Create(filling));

    /// <summary>
    /// eˣ for x ≤ 0, and 0 below −87, where the result would leave the normal numbers. x = n ln 2 + r with |r| ≤ ½ ln 2,
    /// then a polynomial in r (the coefficients are those of Moshier's Cephes, expf) times 2ⁿ. The same sequence for
    /// each width; NaN stays NaN.
    /// </summary>
    [MethodImpl(Inline)]
    public static Vector128<float> Exp(Vector128<float> x)
    {
        // Added to a small number, 1.5·2²³ leaves its nearest integer in the low bits of the sum.
        Vector128<float> shifter = Vector128.Create(12582912f);
        Vector128<float> shifted = MultiplyAdd(x, Vector128.Create(1.44269504f), shifter);
        Vector128<float> n = shifted - shifter;

        // ln 2 in two parts, the first of few enough bits that n times it is exact.
        Vector128<float> r = MultiplyAdd(n, Vector128.Create(-0.693359375f), x);
        r = MultiplyAdd(n, Vector128.Create(2.12194440e-4f), r);

        Vector128<float> p = Vector128.Create(1.9875691500e-4f);
        p = MultiplyAdd(p, r, Vector128.Create(1.3981999507e-3f));
        p = MultiplyAdd(p, r, Vector128.Create(8.3334519073e-3f));
        p = MultiplyAdd(p, r, Vector128.Create(4.1665795894e-2f));
        p = MultiplyAdd(p, r, Vector128.Create(1.6666665459e-1f));
        p = MultiplyAdd(p, r, Vector128.Create(5.0000001201e-1f));
        p = MultiplyAdd(p, r * r, r + Vector128<float>.One);

        Vector128<float> power = ((shifted.AsInt32() << 23) + Vector128.Create(0x3F800000)).AsSingle();
        return Vector128.AndNot(p * power, Vector128.LessThan(x, Vector128.Create(-87f)));
    }

    /// <summary>The largest lane.</summary>
    [MethodImpl(Inline)]
    public static float MaxOf(Vector128<float> v)
    {
        v = Max(v, Vector128.Shuffle(v, Vector128.Create(2, 3, 0, 1)));
        v = Max(v, Vector128.Shuffle(v, Vector128.Create(1, 0, 3, 2)));
        return v.ToScalar();
    }

    /// <summary>The largest of the first <paramref name="count"/> lanes; the others hold nothing larger.</summary>
    [MethodImpl(Inline)]
    public static float MaxOf(Vector128<float> v, int count) => MaxOf(v);

    /// <summary>The sum of the first <paramref name="count"/> lanes by halves, of 16 whose others are 0.</summary>
    [MethodImpl(Inline)]
    public static float Sum(Vector128<float> v, int count) => SumByHalves(v);

    /// <summary>The sum of 16 lanes by halves: 16 to 8, 4, 2, 1.</summary>
    [MethodImpl(Inline)]
    public static float Sum(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) =>
        SumByHalves((a + c) + (b + d));

    [MethodImpl(Inline)]
    internal static float SumByHalves(Vector128<float> four)
    {
        Vector128<float> two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return (two + Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(Inline)]
    private static Vector128<float> First(int count) =>
        Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle();
}
