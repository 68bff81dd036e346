using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Floats = System.Runtime.Intrinsics.Vector512<float>;
using IVectors = AotBackprop.Runtime.IVectors<AotBackprop.Runtime.Vectors512, System.Runtime.Intrinsics.Vector512<float>>;

namespace AotBackprop.Runtime;

/// <summary>Vectors of 16 floats.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Vectors512 : IVectors
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    static bool IVectors.IsAccelerated
    {
        [MethodImpl(Inline)]
        get => Vector512.IsHardwareAccelerated;
    }

    static Floats IVectors.Zero
    {
        [MethodImpl(Inline)]
        get => Floats.Zero;
    }

    [MethodImpl(Inline)]
    static Floats IVectors.Fill(float value) => Vector512.Create(value);

    [MethodImpl(Inline)]
    static Floats IVectors.Load(float* p) => Vector512.Load(p);

    [MethodImpl(Inline)]
    static void IVectors.Store(float* p, Floats v) => v.Store(p);

    // A mask only where it is needed: without one, a load can be forwarded from a store before it.
    [MethodImpl(Inline)]
    static Floats IVectors.LoadPart(float* p, int count) => count switch
    {
        <= 4 => Lanes256.LoadPart(p, count).ToVector512(),
        8 => Vector256.Load(p).ToVector512(),
        _ => Avx512F.MaskLoad(p, First(count), Floats.Zero),
    };

    // In pieces of 8, 4, 2 and 1: some processors are slow to store under a mask.
    [MethodImpl(Inline)]
    static void IVectors.StorePart(float* p, int count, Floats v)
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

    [MethodImpl(Inline)]
    static Floats IVectors.MultiplyAdd(Floats a, Floats b, Floats c) => Vector512.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Inline)]
    static Floats IVectors.Add(Floats a, Floats b) => a + b;

    [MethodImpl(Inline)]
    static Floats IVectors.Subtract(Floats a, Floats b) => a - b;

    [MethodImpl(Inline)]
    static Floats IVectors.Multiply(Floats a, Floats b) => a * b;

    [MethodImpl(Inline)]
    static Floats IVectors.Divide(Floats a, Floats b) => a / b;

    [MethodImpl(Inline)]
    static Floats IVectors.SquareRoot(Floats a) => Vector512.Sqrt(a);

    [MethodImpl(Inline)]
    static Floats IVectors.Max(Floats a, Floats b) => Vector512.MaxNative(a, b);

    [MethodImpl(Inline)]
    static Floats IVectors.Abs(Floats v) => Vector512.Abs(v);

    // Of a pair with a NaN, and of two zeros, the instruction gives the second; −0 + 0 is +0. A comparison would go
    // through a mask register, which takes longer.
    [MethodImpl(Inline)]
    static Floats IVectors.Relu(Floats z) => Avx512F.Max(Floats.Zero, z) + Floats.Zero;

    [MethodImpl(Inline)]
    static Floats IVectors.Mask(Floats dA, Floats A) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(A, Floats.Zero), dA, Floats.Zero);

    [MethodImpl(Inline)]
    static Floats IVectors.OneAt(int lane) =>
        Vector512.Equals(Vector512<int>.Indices, Vector512.Create(lane)).AsSingle() & Floats.One;

    [MethodImpl(Inline)]
    static Floats IVectors.OneWhere(int* p, int number) =>
        Vector512.Equals(Vector512.Load(p), Vector512.Create(number)).AsSingle() & Floats.One;

    [MethodImpl(Inline)]
    static Floats IVectors.Keep(Floats v, int count, float filling) =>
        Vector512.ConditionalSelect(First(count), v, Vector512.Create(filling));

    [MethodImpl(Inline)]
    static Floats IVectors.ZeroBelow(Floats v, Floats x, float limit) =>
        Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(limit)), Floats.Zero, v);

    [MethodImpl(Inline)]
    static bool IVectors.AreBelow(Floats v, float limit) => Vector512.LessThanAll(v, Vector512.Create(limit));

    [MethodImpl(Inline)]
    static Floats IVectors.PowerOfTwo(Floats shifted) =>
        ((shifted.AsInt32() << 23) + Vector512.Create(0x3F800000)).AsSingle();

    [MethodImpl(Inline)]
    static float IVectors.MaxOf(Floats v) => Lanes256.MaxOf(Vector256.MaxNative(v.GetLower(), v.GetUpper()));

    [MethodImpl(Inline)]
    static float IVectors.MaxOf(Floats v, int count) =>
        count <= 8 ? Lanes256.MaxOf(v.GetLower(), count) : Lanes512.MaxOf(v);

    [MethodImpl(Inline)]
    static float IVectors.Sum(Floats v, int count) => count <= 8 ? Lanes256.Sum(v.GetLower(), count) : Lanes512.Sum(v);

    [MethodImpl(Inline)]
    private static Floats First(int count) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
}
