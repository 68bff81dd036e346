using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Floats = System.Runtime.Intrinsics.Vector128<float>;

namespace AotBackprop.Runtime;

/// <summary>Vectors of 4 floats.</summary>
internal readonly unsafe struct Vectors128 : IVectors<Vectors128, Floats>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public static Floats Fill(float value) => Vector128.Create(value);

    [MethodImpl(Inline)]
    public static Floats Load(float* p) => Vector128.Load(p);

    [MethodImpl(Inline)]
    public static void Store(float* p, Floats v) => v.Store(p);

    [MethodImpl(Inline)]
    public static Floats LoadPart(float* p, int count) => Lanes128.LoadPart(p, count);

    [MethodImpl(Inline)]
    public static void StorePart(float* p, int count, Floats v) => Lanes128.StorePart(p, count, v);

    [MethodImpl(Inline)]
    public static Floats MultiplyAdd(Floats a, Floats b, Floats c) => Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Inline)]
    public static Floats Add(Floats a, Floats b) => a + b;

    [MethodImpl(Inline)]
    public static Floats Subtract(Floats a, Floats b) => a - b;

    [MethodImpl(Inline)]
    public static Floats Multiply(Floats a, Floats b) => a * b;

    [MethodImpl(Inline)]
    public static Floats Divide(Floats a, Floats b) => a / b;

    [MethodImpl(Inline)]
    public static Floats SquareRoot(Floats a) => Vector128.Sqrt(a);

    [MethodImpl(Inline)]
    public static Floats LargerMagnitude(Floats a, Floats b) =>
        Vector128.Max(a.AsUInt32(), b.AsUInt32() & Vector128.Create(0x7FFFFFFFu)).AsSingle();

    [MethodImpl(Inline)]
    public static Floats ZeroBelow(Floats v, Floats x, float limit) =>
        Vector128.AndNot(v, Vector128.LessThan(x, Vector128.Create(limit)));

    [MethodImpl(Inline)]
    public static Floats WhereAboveZero(Floats x, Floats a, Floats b) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(x, Floats.Zero), a, b);

    [MethodImpl(Inline)]
    public static Floats AtLeast(Floats v, float limit) =>
        Vector128.ConditionalSelect(Vector128.LessThan(v, Vector128.Create(limit)), Vector128.Create(limit), v);

    [MethodImpl(Inline)]
    public static Floats Abs(Floats v) => Vector128.Abs(v);

    [MethodImpl(Inline)]
    public static Floats CopySign(Floats v, Floats sign) =>
        ((sign.AsUInt32() & Vector128.Create(0x80000000u)) | v.AsUInt32()).AsSingle();

    [MethodImpl(Inline)]
    public static Floats PowerOfTwo(Floats shifted) => ((shifted.AsInt32() << 23) + Vector128.Create(0x3F800000)).AsSingle();
}
