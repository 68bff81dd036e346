using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AotBackprop.Numerics;
using Floats = System.Runtime.Intrinsics.Vector128<float>;

namespace AotBackprop.Runtime;

/// <summary>The words of emitted kernels for vectors of 4 floats; see <see cref="Lanes256"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe class Lanes128
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <inheritdoc cref="Lanes256.IsAccelerated"/>
    public static bool IsAccelerated
    {
        [MethodImpl(Inline)]
        get => Vector128.IsHardwareAccelerated;
    }

    /// <inheritdoc cref="Lanes256.Zero"/>
    public static Floats Zero
    {
        [MethodImpl(Inline)]
        get => Floats.Zero;
    }

    /// <inheritdoc cref="Lanes256.Fill"/>
    [MethodImpl(Inline)]
    public static Floats Fill(float value) => Vector128.Create(value);

    /// <inheritdoc cref="Lanes256.Broadcast"/>
    [MethodImpl(Inline)]
    public static Floats Broadcast(float* p) => Vector128.Create(*p);

    /// <inheritdoc cref="Lanes256.Load"/>
    [MethodImpl(Inline)]
    public static Floats Load(float* p) => Vector128.Load(p);

    /// <inheritdoc cref="Lanes256.Store"/>
    [MethodImpl(Inline)]
    public static void Store(float* p, Floats v) => v.Store(p);

    /// <inheritdoc cref="Lanes256.LoadPart"/>
    // Two floats are moved as one double, which stays in a register.
    [MethodImpl(Inline)]
    public static Floats LoadPart(float* p, int count) => count switch
    {
        1 => Vector128.CreateScalar(*p),
        2 => Vector128.CreateScalar(*(double*)p).AsSingle(),
        _ => Vector128.CreateScalar(*(double*)p).AsSingle().WithElement(2, p[2]),
    };

    /// <inheritdoc cref="Lanes256.StorePart"/>
    [MethodImpl(Inline)]
    public static void StorePart(float* p, int count, Floats v)
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

    /// <inheritdoc cref="Lanes256.MultiplyAdd"/>
    [MethodImpl(Inline)]
    public static Floats MultiplyAdd(Floats a, Floats b, Floats c) => Vector128.MultiplyAddEstimate(a, b, c);

    /// <inheritdoc cref="Lanes256.Update{TUpdate}"/>
    [MethodImpl(Inline)]
    public static void Update<TUpdate>(in TUpdate update, float* p, Floats gradient)
        where TUpdate : struct, IUpdate => update.Apply<Vectors128, Floats>(p, gradient, 0);

    /// <inheritdoc cref="Lanes256.UpdatePart{TUpdate}"/>
    [MethodImpl(Inline)]
    public static void UpdatePart<TUpdate>(in TUpdate update, float* p, int count, Floats gradient)
        where TUpdate : struct, IUpdate => update.Apply<Vectors128, Floats>(p, gradient, count);

    /// <inheritdoc cref="Lanes256.Descend"/>
    [MethodImpl(Inline)]
    public static void Descend(float* p, Floats rates, Floats gradient) =>
        Vector128.Store(Vector128.MultiplyAddEstimate(rates, gradient, Vector128.Load(p)), p);

    /// <inheritdoc cref="Lanes256.DescendPart"/>
    [MethodImpl(Inline)]
    public static void DescendPart(float* p, int count, Floats rates, Floats gradient) =>
        StorePart(p, count, MultiplyAdd(rates, gradient, LoadPart(p, count)));

    /// <inheritdoc cref="Lanes256.Max"/>
    [MethodImpl(Inline)]
    public static Floats Max(Floats a, Floats b) => Vector128.MaxNative(a, b);

    /// <inheritdoc cref="Lanes256.Abs"/>
    [MethodImpl(Inline)]
    public static Floats Abs(Floats v) => Vector128.Abs(v);

    /// <inheritdoc cref="Lanes256.Clamp"/>
    [MethodImpl(Inline)]
    public static Floats Clamp(Floats v, float limit) =>
        Vector128.MinNative(Vector128.MaxNative(v, Vector128.Create(-limit)), Vector128.Create(limit));

    /// <inheritdoc cref="Lanes256.Relu"/>
    [MethodImpl(Inline)]
    public static Floats Relu(Floats z) => Vector128.AndNot(z, Vector128.LessThanOrEqual(z, Floats.Zero));

    /// <inheritdoc cref="Lanes256.Mask"/>
    [MethodImpl(Inline)]
    public static Floats Mask(Floats dA, Floats A) => Vector128.GreaterThan(A, Floats.Zero) & dA;

    /// <inheritdoc cref="Lanes256.Exp"/>
    [MethodImpl(Inline)]
    public static Floats Exp(Floats x) => Exponential.Of<Vectors128, Floats>(x);

    /// <inheritdoc cref="Lanes256.Sigmoid(Vector256{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats Sigmoid(Floats z) => Logistic.Sigmoid<Vectors128, Floats>(z);

    /// <inheritdoc cref="Lanes256.Elu"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Elu(float* z, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<EluActivation, Vectors128, Floats>(z, null, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.Tanh"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Tanh(float* z, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<TanhActivation, Vectors128, Floats>(z, null, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.Sigmoid(float*, int, nint, int)"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Sigmoid(float* z, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<SigmoidActivation, Vectors128, Floats>(z, null, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.Softplus"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Softplus(float* z, float* slope, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<SoftplusActivation, Vectors128, Floats>(z, slope, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.Silu"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Silu(float* z, float* slope, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<SiluActivation, Vectors128, Floats>(z, slope, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.GeluTanh"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void GeluTanh(float* z, float* slope, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<GeluTanhActivation, Vectors128, Floats>(z, slope, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.Gelu"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Gelu(float* z, float* slope, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<GeluActivation, Vectors128, Floats>(z, slope, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.OneAt"/>
    [MethodImpl(Inline)]
    public static Floats OneAt(int lane) =>
        Vector128.Equals(Vector128<int>.Indices, Vector128.Create(lane)).AsSingle() & Floats.One;

    /// <inheritdoc cref="Lanes256.OneWhere"/>
    [MethodImpl(Inline)]
    public static Floats OneWhere(int* p, int number) =>
        Vector128.Equals(Vector128.Load(p), Vector128.Create(number)).AsSingle() & Floats.One;

    /// <inheritdoc cref="Lanes256.Keep"/>
    [MethodImpl(Inline)]
    public static Floats Keep(Floats v, int count, float filling) =>
        Vector128.ConditionalSelect(First(count), v, Vector128.Create(filling));

    /// <inheritdoc cref="Lanes256.Blend"/>
    [MethodImpl(Inline)]
    public static Floats Blend(int marks, Floats marked, Floats others)
    {
        Vector128<int> bits = Vector128.Create(1, 2, 4, 8);
        return Vector128.ConditionalSelect(Vector128.Equals(Vector128.Create(marks) & bits, bits).AsSingle(), marked, others);
    }

    /// <inheritdoc cref="Lanes256.AreBelow"/>
    [MethodImpl(Inline)]
    public static bool AreBelow(Floats v, float limit) => Vector128.LessThanAll(v, Vector128.Create(limit));

    /// <inheritdoc cref="Lanes256.MaxOf(Vector256{float})"/>
    [MethodImpl(Inline)]
    public static float MaxOf(Floats v)
    {
        v = Vector128.MaxNative(v, Vector128.Shuffle(v, Vector128.Create(2, 3, 0, 1)));
        return MaxOfTwo(v);
    }

    /// <inheritdoc cref="Lanes256.MaxOf(Vector256{float}, int)"/>
    [MethodImpl(Inline)]
    public static float MaxOf(Floats v, int count) => count <= 2 ? MaxOfTwo(v) : MaxOf(v);

    /// <inheritdoc cref="Lanes256.Sum(Vector256{float}, int)"/>
    [MethodImpl(Inline)]
    public static float Sum(Floats v, int count) => count <= 2 ? SumOfTwo(v) : SumByHalves(v);

    /// <summary>The sum of 16 lanes by halves: 16 to 8, 4, 2, 1.</summary>
    [MethodImpl(Inline)]
    public static float Sum(Floats a, Floats b, Floats c, Floats d) =>
        SumByHalves((a + c) + (b + d));

    /// <summary>The sum of 4 lanes by halves.</summary>
    [MethodImpl(Inline)]
    internal static float SumByHalves(Floats four)
    {
        Floats two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return SumOfTwo(two);
    }

    [MethodImpl(Inline)]
    private static float MaxOfTwo(Floats v) =>
        Vector128.MaxNative(v, Vector128.Shuffle(v, Vector128.Create(1, 0, 3, 2))).ToScalar();

    [MethodImpl(Inline)]
    private static float SumOfTwo(Floats v) => (v + Vector128.Shuffle(v, Vector128.Create(1, 0, 3, 2))).ToScalar();

    [MethodImpl(Inline)]
    private static Floats First(int count) => Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle();
}
