using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AotBackprop.Runtime;

/// <summary>The vocabulary of emitted kernels in vectors of 8 floats. The same words exist for each width.</summary>
/// <remarks>Emitted kernels derive from it, so that the words are theirs and hide nothing that a user declares.</remarks>
public abstract unsafe class Lanes256
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Whether the processor has vectors of this width.</summary>
    public static bool IsAccelerated
    {
        [MethodImpl(Inline)]
        get => Vector256.IsHardwareAccelerated;
    }

    /// <summary>Every lane 0.</summary>
    public static Vector256<float> Zero
    {
        [MethodImpl(Inline)]
        get => Vector256<float>.Zero;
    }

    /// <summary>The same number in every lane.</summary>
    [MethodImpl(Inline)]
    public static Vector256<float> Fill(float value) => Vector256.Create(value);

    /// <summary>The number at p in every lane.</summary>
    [MethodImpl(Inline)]
    public static Vector256<float> Broadcast(float* p) => Vector256.Create(*p);

    /// <summary>8 floats from p on.</summary>
    [MethodImpl(Inline)]
    public static Vector256<float> Load(float* p) => Vector256.Load(p);

    /// <summary>Writes 8 floats from p on.</summary>
    [MethodImpl(Inline)]
    public static void Store(float* p, Vector256<float> v) => v.Store(p);

    /// <summary>The first <paramref name="count"/> lanes from p on, 0 in the others; nothing behind them is read.</summary>
    /// <remarks>Where no mask is needed, without: what was just stored can be read from where it waits to be written.</remarks>
    [MethodImpl(Inline)]
    public static Vector256<float> LoadPart(float* p, int count) => count switch
    {
        < 4 => Lanes128.LoadPart(p, count).ToVector256(),
        4 => Vector128.Load(p).ToVector256(),
        _ => Avx.MaskLoad(p, First(count)),
    };

    /// <summary>Writes the first <paramref name="count"/> lanes; nothing behind them is touched.</summary>
    /// <remarks>In whole pieces of 4, 2 and 1: some processors are slow to store under a mask.</remarks>
    [MethodImpl(Inline)]
    public static void StorePart(float* p, int count, Vector256<float> v)
    {
        Vector128<float> four = v.GetLower();
        if ((count & 4) != 0)
        {
            four.Store(p);
            four = v.GetUpper();
        }

        Lanes128.StorePart(p + (count & 4), count & 3, four);
    }

    /// <summary>a b + c, rounded once where the level has fused multiply-add.</summary>
    [MethodImpl(Inline)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.MultiplyAddEstimate(a, b, c);

    /// <summary>W ← update(W, dW) for the vector at p.</summary>
    [MethodImpl(Inline)]
    public static void Update<TUpdate>(in TUpdate update, float* p, Vector256<float> gradient)
        where TUpdate : struct, IUpdate => update.Apply<Vectors256, Vector256<float>>(p, gradient, 0);

    /// <summary>W ← update(W, dW) for the first <paramref name="count"/> lanes; nothing behind them is touched.</summary>
    [MethodImpl(Inline)]
    public static void UpdatePart<TUpdate>(in TUpdate update, float* p, int count, Vector256<float> gradient)
        where TUpdate : struct, IUpdate => update.Apply<Vectors256, Vector256<float>>(p, gradient, count);

    /// <summary>The larger of each pair. Of a pair with a NaN it is either.</summary>
    [MethodImpl(Inline)]
    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => Vector256.MaxNative(a, b);

    /// <summary>1 in the lane of that number, if there is one, and 0 in the others.</summary>
    [MethodImpl(Inline)]
    public static Vector256<float> OneAt(int lane) =>
        Vector256.Equals(Vector256<int>.Indices, Vector256.Create(lane)).AsSingle() & Vector256<float>.One;

    /// <summary>1 in the lanes in which the numbers from p on are that one, and 0 in the others.</summary>
    [MethodImpl(Inline)]
    public static Vector256<float> OneWhere(int* p, int number) =>
        Vector256.Equals(Vector256.Load(p), Vector256.Create(number)).AsSingle() & Vector256<float>.One;

    /// <summary>Magnitudes.</summary>
    [MethodImpl(Inline)]
    public static Vector256<float> Abs(Vector256<float> v) => Vector256.Abs(v);

    /// <summary>Whether every lane is below a number. NaN is not.</summary>
    [MethodImpl(Inline)]
    public static bool AreBelow(Vector256<float> v, float limit) => Vector256.LessThanAll(v, Vector256.Create(limit));

    /// <summary>ReLU(z): +0 where z ≤ 0, −0 among it, and z elsewhere. NaN is not ≤ 0: it stays.</summary>
    /// <remarks>
    /// Of a pair with a NaN, and of two zeros, the instruction gives the second; −0 + 0 is +0. One register holds the zero
    /// of all units, where a comparison would take a new one for each.
    /// </remarks>
    [MethodImpl(Inline)]
    public static Vector256<float> Relu(Vector256<float> z) => Avx.Max(Zero, z) + Zero;

    /// <summary>dA ⊙ ReLU′(Z): dA where A = ReLU(Z) is above 0, which is where Z is; +0 elsewhere.</summary>
    [MethodImpl(Inline)]
    public static Vector256<float> Mask(Vector256<float> dA, Vector256<float> A) => Vector256.GreaterThan(A, Zero) & dA;

    /// <summary>The first lanes of v, and the filling in the others.</summary>
    [MethodImpl(Inline)]
    public static Vector256<float> Keep(Vector256<float> v, int count, float filling) =>
        Vector256.ConditionalSelect(First(count), v, Vector256.Create(filling));

    /// <summary>
    /// eˣ for x ≤ 0, and 0 below −87, where the result would leave the normal numbers. x = n ln 2 + r with |r| ≤ ½ ln 2,
    /// then a polynomial in r (the coefficients are those of Moshier's Cephes, expf) times 2ⁿ. The same sequence for
    /// each width; NaN stays NaN.
    /// </summary>
    [MethodImpl(Inline)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        // Added to a small number, 1.5·2²³ leaves its nearest integer in the low bits of the sum.
        Vector256<float> shifter = Vector256.Create(12582912f);
        Vector256<float> shifted = MultiplyAdd(x, Vector256.Create(1.44269504f), shifter);
        Vector256<float> n = shifted - shifter;

        // ln 2 in two parts, the first of few enough bits that n times it is exact.
        Vector256<float> r = MultiplyAdd(n, Vector256.Create(-0.693359375f), x);
        r = MultiplyAdd(n, Vector256.Create(2.12194440e-4f), r);

        Vector256<float> p = Vector256.Create(1.9875691500e-4f);
        p = MultiplyAdd(p, r, Vector256.Create(1.3981999507e-3f));
        p = MultiplyAdd(p, r, Vector256.Create(8.3334519073e-3f));
        p = MultiplyAdd(p, r, Vector256.Create(4.1665795894e-2f));
        p = MultiplyAdd(p, r, Vector256.Create(1.6666665459e-1f));
        p = MultiplyAdd(p, r, Vector256.Create(5.0000001201e-1f));
        p = MultiplyAdd(p, r * r, r + Vector256<float>.One);

        Vector256<float> power = ((shifted.AsInt32() << 23) + Vector256.Create(0x3F800000)).AsSingle();
        return Vector256.AndNot(p * power, Vector256.LessThan(x, Vector256.Create(-87f)));
    }

    /// <summary>The largest lane.</summary>
    [MethodImpl(Inline)]
    public static float MaxOf(Vector256<float> v) => Lanes128.MaxOf(Lanes128.Max(v.GetLower(), v.GetUpper()));

    /// <summary>The largest of the first <paramref name="count"/> lanes; the others hold nothing larger.</summary>
    [MethodImpl(Inline)]
    public static float MaxOf(Vector256<float> v, int count) => count <= 4 ? Lanes128.MaxOf(v.GetLower()) : MaxOf(v);

    /// <summary>The sum of the first <paramref name="count"/> lanes by halves, of 16 whose others are 0.</summary>
    [MethodImpl(Inline)]
    public static float Sum(Vector256<float> v, int count) => count <= 4 ? Lanes128.SumByHalves(v.GetLower()) : Lanes128.SumByHalves(v.GetLower() + v.GetUpper());

    /// <summary>The sum of 16 lanes by halves: 16 to 8, 4, 2, 1.</summary>
    [MethodImpl(Inline)]
    public static float Sum(Vector256<float> low, Vector256<float> high)
    {
        Vector256<float> eight = low + high;
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        return Lanes128.SumByHalves(four);
    }

    [MethodImpl(Inline)]
    private static Vector256<float> First(int count) =>
        Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();
}
