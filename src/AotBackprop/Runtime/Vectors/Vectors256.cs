using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Floats = System.Runtime.Intrinsics.Vector256<float>;

namespace AotBackprop.Runtime;

/// <summary>Vectors of 8 floats.</summary>
internal readonly unsafe struct Vectors256 : IVectors<Vectors256, Floats>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public static Floats Fill(float value) => Vector256.Create(value);

    [MethodImpl(Inline)]
    public static Floats Load(float* p) => Vector256.Load(p);

    [MethodImpl(Inline)]
    public static void Store(float* p, Floats v) => v.Store(p);

    [MethodImpl(Inline)]
    public static Floats LoadPart(float* p, int count) => Lanes256.LoadPart(p, count);

    [MethodImpl(Inline)]
    public static void StorePart(float* p, int count, Floats v) => Lanes256.StorePart(p, count, v);

    [MethodImpl(Inline)]
    public static Floats MultiplyAdd(Floats a, Floats b, Floats c) => Vector256.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Inline)]
    public static Floats Add(Floats a, Floats b) => a + b;

    [MethodImpl(Inline)]
    public static Floats Subtract(Floats a, Floats b) => a - b;

    [MethodImpl(Inline)]
    public static Floats Multiply(Floats a, Floats b) => a * b;

    [MethodImpl(Inline)]
    public static Floats Divide(Floats a, Floats b) => a / b;

    [MethodImpl(Inline)]
    public static Floats SquareRoot(Floats a) => Vector256.Sqrt(a);

    [MethodImpl(Inline)]
    public static Floats LargerMagnitude(Floats a, Floats b) =>
        Vector256.Max(a.AsUInt32(), b.AsUInt32() & Vector256.Create(0x7FFFFFFFu)).AsSingle();

    [MethodImpl(Inline)]
    public static Floats ZeroBelow(Floats v, Floats x, float limit) =>
        Vector256.AndNot(v, Vector256.LessThan(x, Vector256.Create(limit)));

    [MethodImpl(Inline)]
    public static Floats WhereAboveZero(Floats x, Floats a, Floats b) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(x, Floats.Zero), a, b);

    [MethodImpl(Inline)]
    public static Floats AtLeast(Floats v, float limit) =>
        Vector256.ConditionalSelect(Vector256.LessThan(v, Vector256.Create(limit)), Vector256.Create(limit), v);

    [MethodImpl(Inline)]
    public static Floats Abs(Floats v) => Vector256.Abs(v);

    [MethodImpl(Inline)]
    public static Floats CopySign(Floats v, Floats sign) =>
        ((sign.AsUInt32() & Vector256.Create(0x80000000u)) | v.AsUInt32()).AsSingle();

    [MethodImpl(Inline)]
    public static Floats PowerOfTwo(Floats shifted) => ((shifted.AsInt32() << 23) + Vector256.Create(0x3F800000)).AsSingle();
}
