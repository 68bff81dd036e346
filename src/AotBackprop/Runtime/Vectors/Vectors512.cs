using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Floats = System.Runtime.Intrinsics.Vector512<float>;

namespace AotBackprop.Runtime;

/// <summary>Vectors of 16 floats.</summary>
internal readonly unsafe struct Vectors512 : IVectors<Vectors512, Floats>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public static Floats Fill(float value) => Vector512.Create(value);

    [MethodImpl(Inline)]
    public static Floats Load(float* p) => Vector512.Load(p);

    [MethodImpl(Inline)]
    public static void Store(float* p, Floats v) => v.Store(p);

    [MethodImpl(Inline)]
    public static Floats LoadPart(float* p, int count) => Lanes512.LoadPart(p, count);

    [MethodImpl(Inline)]
    public static void StorePart(float* p, int count, Floats v) => Lanes512.StorePart(p, count, v);

    [MethodImpl(Inline)]
    public static Floats MultiplyAdd(Floats a, Floats b, Floats c) => Vector512.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Inline)]
    public static Floats Add(Floats a, Floats b) => a + b;

    [MethodImpl(Inline)]
    public static Floats Subtract(Floats a, Floats b) => a - b;

    [MethodImpl(Inline)]
    public static Floats Multiply(Floats a, Floats b) => a * b;

    [MethodImpl(Inline)]
    public static Floats Divide(Floats a, Floats b) => a / b;

    [MethodImpl(Inline)]
    public static Floats SquareRoot(Floats a) => Vector512.Sqrt(a);

    [MethodImpl(Inline)]
    public static Floats LargerMagnitude(Floats a, Floats b) =>
        Vector512.Max(a.AsUInt32(), b.AsUInt32() & Vector512.Create(0x7FFFFFFFu)).AsSingle();

    [MethodImpl(Inline)]
    public static Floats ZeroBelow(Floats v, Floats x, float limit) =>
        Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(limit)), Floats.Zero, v);

    [MethodImpl(Inline)]
    public static Floats WhereAboveZero(Floats x, Floats a, Floats b) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, Floats.Zero), a, b);

    [MethodImpl(Inline)]
    public static Floats AtLeast(Floats v, float limit) =>
        Vector512.ConditionalSelect(Vector512.LessThan(v, Vector512.Create(limit)), Vector512.Create(limit), v);

    [MethodImpl(Inline)]
    public static Floats Abs(Floats v) => Vector512.Abs(v);

    [MethodImpl(Inline)]
    public static Floats CopySign(Floats v, Floats sign) =>
        ((sign.AsUInt32() & Vector512.Create(0x80000000u)) | v.AsUInt32()).AsSingle();

    [MethodImpl(Inline)]
    public static Floats PowerOfTwo(Floats shifted) => ((shifted.AsInt32() << 23) + Vector512.Create(0x3F800000)).AsSingle();
}
