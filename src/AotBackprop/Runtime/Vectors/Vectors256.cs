using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Floats = System.Runtime.Intrinsics.Vector256<float>;
using IVectors = AotBackprop.Runtime.IVectors<AotBackprop.Runtime.Vectors256, System.Runtime.Intrinsics.Vector256<float>>;

namespace AotBackprop.Runtime;

/// <summary>Vectors of 8 floats.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Vectors256 : IVectors
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    static bool IVectors.IsAccelerated
    {
        [MethodImpl(Inline)]
        get => Vector256.IsHardwareAccelerated;
    }

    static Floats IVectors.Zero
    {
        [MethodImpl(Inline)]
        get => Floats.Zero;
    }

    [MethodImpl(Inline)]
    static Floats IVectors.Fill(float value) => Vector256.Create(value);

    [MethodImpl(Inline)]
    static Floats IVectors.Load(float* p) => Vector256.Load(p);

    [MethodImpl(Inline)]
    static void IVectors.Store(float* p, Floats v) => v.Store(p);

    // A mask only where it is needed: without one, a load can be forwarded from a store before it.
    [MethodImpl(Inline)]
    static Floats IVectors.LoadPart(float* p, int count) => count switch
    {
        < 4 => Lanes128.LoadPart(p, count).ToVector256(),
        4 => Vector128.Load(p).ToVector256(),
        _ => Avx.MaskLoad(p, First(count)),
    };

    // In pieces of 4, 2 and 1: some processors are slow to store under a mask.
    [MethodImpl(Inline)]
    static void IVectors.StorePart(float* p, int count, Floats v)
    {
        Vector128<float> four = v.GetLower();
        if ((count & 4) != 0)
        {
            four.Store(p);
            four = v.GetUpper();
        }

        Lanes128.StorePart(p + (count & 4), count & 3, four);
    }

    [MethodImpl(Inline)]
    static Floats IVectors.MultiplyAdd(Floats a, Floats b, Floats c) => Vector256.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Inline)]
    static Floats IVectors.Add(Floats a, Floats b) => a + b;

    [MethodImpl(Inline)]
    static Floats IVectors.Subtract(Floats a, Floats b) => a - b;

    [MethodImpl(Inline)]
    static Floats IVectors.Multiply(Floats a, Floats b) => a * b;

    [MethodImpl(Inline)]
    static Floats IVectors.Divide(Floats a, Floats b) => a / b;

    [MethodImpl(Inline)]
    static Floats IVectors.SquareRoot(Floats a) => Vector256.Sqrt(a);

    [MethodImpl(Inline)]
    static Floats IVectors.Max(Floats a, Floats b) => Vector256.MaxNative(a, b);

    [MethodImpl(Inline)]
    static Floats IVectors.Abs(Floats v) => Vector256.Abs(v);

    // Of a pair with a NaN, and of two zeros, the instruction gives the second; −0 + 0 is +0. One register holds the zero
    // of all units, where a comparison would take a new one for each.
    [MethodImpl(Inline)]
    static Floats IVectors.Relu(Floats z) => Avx.Max(Floats.Zero, z) + Floats.Zero;

    [MethodImpl(Inline)]
    static Floats IVectors.Mask(Floats dA, Floats A) => Vector256.GreaterThan(A, Floats.Zero) & dA;

    [MethodImpl(Inline)]
    static Floats IVectors.OneAt(int lane) =>
        Vector256.Equals(Vector256<int>.Indices, Vector256.Create(lane)).AsSingle() & Floats.One;

    [MethodImpl(Inline)]
    static Floats IVectors.OneWhere(int* p, int number) =>
        Vector256.Equals(Vector256.Load(p), Vector256.Create(number)).AsSingle() & Floats.One;

    [MethodImpl(Inline)]
    static Floats IVectors.Keep(Floats v, int count, float filling) =>
        Vector256.ConditionalSelect(First(count), v, Vector256.Create(filling));

    [MethodImpl(Inline)]
    static Floats IVectors.ZeroBelow(Floats v, Floats x, float limit) =>
        Vector256.AndNot(v, Vector256.LessThan(x, Vector256.Create(limit)));

    [MethodImpl(Inline)]
    static bool IVectors.AreBelow(Floats v, float limit) => Vector256.LessThanAll(v, Vector256.Create(limit));

    [MethodImpl(Inline)]
    static Floats IVectors.PowerOfTwo(Floats shifted) =>
        ((shifted.AsInt32() << 23) + Vector256.Create(0x3F800000)).AsSingle();

    [MethodImpl(Inline)]
    static float IVectors.MaxOf(Floats v) => Lanes128.MaxOf(Vector128.MaxNative(v.GetLower(), v.GetUpper()));

    [MethodImpl(Inline)]
    static float IVectors.MaxOf(Floats v, int count) => count <= 4 ? Lanes128.MaxOf(v.GetLower()) : Lanes256.MaxOf(v);

    [MethodImpl(Inline)]
    static float IVectors.Sum(Floats v, int count) =>
        count <= 4 ? Lanes128.SumByHalves(v.GetLower()) : Lanes128.SumByHalves(v.GetLower() + v.GetUpper());

    [MethodImpl(Inline)]
    private static Floats First(int count) =>
        Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();
}
