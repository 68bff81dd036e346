using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Floats = System.Runtime.Intrinsics.Vector128<float>;
using IVectors = AotBackprop.Runtime.IVectors<AotBackprop.Runtime.Vectors128, System.Runtime.Intrinsics.Vector128<float>>;

namespace AotBackprop.Runtime;

/// <summary>Vectors of 4 floats.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Vectors128 : IVectors
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    static bool IVectors.IsAccelerated
    {
        [MethodImpl(Inline)]
        get => Vector128.IsHardwareAccelerated;
    }

    static Floats IVectors.Zero
    {
        [MethodImpl(Inline)]
        get => Floats.Zero;
    }

    [MethodImpl(Inline)]
    static Floats IVectors.Fill(float value) => Vector128.Create(value);

    [MethodImpl(Inline)]
    static Floats IVectors.Load(float* p) => Vector128.Load(p);

    [MethodImpl(Inline)]
    static void IVectors.Store(float* p, Floats v) => v.Store(p);

    // Two floats are moved as one double, which stays in a register.
    [MethodImpl(Inline)]
    static Floats IVectors.LoadPart(float* p, int count) => count switch
    {
        1 => Vector128.CreateScalar(*p),
        2 => Vector128.CreateScalar(*(double*)p).AsSingle(),
        _ => Vector128.CreateScalar(*(double*)p).AsSingle().WithElement(2, p[2]),
    };

    [MethodImpl(Inline)]
    static void IVectors.StorePart(float* p, int count, Floats v)
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

    [MethodImpl(Inline)]
    static Floats IVectors.MultiplyAdd(Floats a, Floats b, Floats c) => Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Inline)]
    static Floats IVectors.Add(Floats a, Floats b) => a + b;

    [MethodImpl(Inline)]
    static Floats IVectors.Subtract(Floats a, Floats b) => a - b;

    [MethodImpl(Inline)]
    static Floats IVectors.Multiply(Floats a, Floats b) => a * b;

    [MethodImpl(Inline)]
    static Floats IVectors.Divide(Floats a, Floats b) => a / b;

    [MethodImpl(Inline)]
    static Floats IVectors.SquareRoot(Floats a) => Vector128.Sqrt(a);

    [MethodImpl(Inline)]
    static Floats IVectors.Max(Floats a, Floats b) => Vector128.MaxNative(a, b);

    [MethodImpl(Inline)]
    static Floats IVectors.Abs(Floats v) => Vector128.Abs(v);

    [MethodImpl(Inline)]
    static Floats IVectors.Relu(Floats z) => Vector128.AndNot(z, Vector128.LessThanOrEqual(z, Floats.Zero));

    [MethodImpl(Inline)]
    static Floats IVectors.Mask(Floats dA, Floats A) => Vector128.GreaterThan(A, Floats.Zero) & dA;

    [MethodImpl(Inline)]
    static Floats IVectors.OneAt(int lane) =>
        Vector128.Equals(Vector128<int>.Indices, Vector128.Create(lane)).AsSingle() & Floats.One;

    [MethodImpl(Inline)]
    static Floats IVectors.OneWhere(int* p, int number) =>
        Vector128.Equals(Vector128.Load(p), Vector128.Create(number)).AsSingle() & Floats.One;

    [MethodImpl(Inline)]
    static Floats IVectors.Keep(Floats v, int count, float filling) =>
        Vector128.ConditionalSelect(First(count), v, Vector128.Create(filling));

    [MethodImpl(Inline)]
    static Floats IVectors.ZeroBelow(Floats v, Floats x, float limit) =>
        Vector128.AndNot(v, Vector128.LessThan(x, Vector128.Create(limit)));

    [MethodImpl(Inline)]
    static bool IVectors.AreBelow(Floats v, float limit) => Vector128.LessThanAll(v, Vector128.Create(limit));

    [MethodImpl(Inline)]
    static Floats IVectors.PowerOfTwo(Floats shifted) =>
        ((shifted.AsInt32() << 23) + Vector128.Create(0x3F800000)).AsSingle();

    [MethodImpl(Inline)]
    static float IVectors.MaxOf(Floats v)
    {
        v = Vector128.MaxNative(v, Vector128.Shuffle(v, Vector128.Create(2, 3, 0, 1)));
        v = Vector128.MaxNative(v, Vector128.Shuffle(v, Vector128.Create(1, 0, 3, 2)));
        return v.ToScalar();
    }

    [MethodImpl(Inline)]
    static float IVectors.MaxOf(Floats v, int count) => Lanes128.MaxOf(v);

    [MethodImpl(Inline)]
    static float IVectors.Sum(Floats v, int count) => Lanes128.SumByHalves(v);

    [MethodImpl(Inline)]
    private static Floats First(int count) =>
        Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle();
}
