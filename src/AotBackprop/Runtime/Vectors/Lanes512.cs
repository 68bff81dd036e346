using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using AotBackprop.Numerics;
using Floats = System.Runtime.Intrinsics.Vector512<float>;

namespace AotBackprop.Runtime;

/// <summary>The words of emitted kernels for vectors of 16 floats; see <see cref="Lanes256"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe class Lanes512
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <inheritdoc cref="Lanes256.IsAccelerated"/>
    public static bool IsAccelerated
    {
        [MethodImpl(Inline)]
        get => Vector512.IsHardwareAccelerated;
    }

    /// <inheritdoc cref="Lanes256.Zero"/>
    public static Floats Zero
    {
        [MethodImpl(Inline)]
        get => Floats.Zero;
    }

    /// <inheritdoc cref="Lanes256.Fill"/>
    [MethodImpl(Inline)]
    public static Floats Fill(float value) => Vector512.Create(value);

    /// <inheritdoc cref="Lanes256.Broadcast"/>
    [MethodImpl(Inline)]
    public static Floats Broadcast(float* p) => Vector512.Create(*p);

    /// <inheritdoc cref="Lanes256.Load"/>
    [MethodImpl(Inline)]
    public static Floats Load(float* p) => Vector512.Load(p);

    /// <inheritdoc cref="Lanes256.Store"/>
    [MethodImpl(Inline)]
    public static void Store(float* p, Floats v) => v.Store(p);

    /// <inheritdoc cref="Lanes256.LoadPart"/>
    // A mask only where it is needed: without one, a load can be forwarded from a store before it.
    [MethodImpl(Inline)]
    public static Floats LoadPart(float* p, int count) => count switch
    {
        <= 4 => Lanes256.LoadPart(p, count).ToVector512(),
        8 => Vector256.Load(p).ToVector512(),
        _ => Avx512F.MaskLoad(p, First(count), Floats.Zero),
    };

    /// <inheritdoc cref="Lanes256.StorePart"/>
    // In pieces of 8, 4, 2 and 1: some processors are slow to store under a mask.
    [MethodImpl(Inline)]
    public static void StorePart(float* p, int count, Floats v)
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

    /// <inheritdoc cref="Lanes256.MultiplyAdd"/>
    [MethodImpl(Inline)]
    public static Floats MultiplyAdd(Floats a, Floats b, Floats c) => Vector512.MultiplyAddEstimate(a, b, c);

    /// <inheritdoc cref="Lanes256.Update{TUpdate}"/>
    [MethodImpl(Inline)]
    public static void Update<TUpdate>(in TUpdate update, float* p, Floats gradient)
        where TUpdate : struct, IUpdate => update.Apply<Vectors512, Floats>(p, gradient, 0);

    /// <inheritdoc cref="Lanes256.UpdatePart{TUpdate}"/>
    [MethodImpl(Inline)]
    public static void UpdatePart<TUpdate>(in TUpdate update, float* p, int count, Floats gradient)
        where TUpdate : struct, IUpdate => update.Apply<Vectors512, Floats>(p, gradient, count);

    /// <inheritdoc cref="Lanes256.Descend"/>
    [MethodImpl(Inline)]
    public static void Descend(float* p, Floats rates, Floats gradient) =>
        Vector512.Store(Vector512.MultiplyAddEstimate(rates, gradient, Vector512.Load(p)), p);

    /// <inheritdoc cref="Lanes256.DescendPart"/>
    [MethodImpl(Inline)]
    public static void DescendPart(float* p, int count, Floats rates, Floats gradient) =>
        StorePart(p, count, MultiplyAdd(rates, gradient, LoadPart(p, count)));

    /// <inheritdoc cref="Lanes256.Max"/>
    [MethodImpl(Inline)]
    public static Floats Max(Floats a, Floats b) => Vector512.MaxNative(a, b);

    /// <inheritdoc cref="Lanes256.Abs"/>
    [MethodImpl(Inline)]
    public static Floats Abs(Floats v) => Vector512.Abs(v);

    /// <inheritdoc cref="Lanes256.Clamp"/>
    [MethodImpl(Inline)]
    public static Floats Clamp(Floats v, float limit) =>
        Vector512.MinNative(Vector512.MaxNative(v, Vector512.Create(-limit)), Vector512.Create(limit));

    /// <inheritdoc cref="Lanes256.Relu"/>
    // Of a pair with a NaN, and of two zeros, the instruction gives the second; −0 + 0 is +0. A comparison would go
    // through a mask register, which takes longer.
    [MethodImpl(Inline)]
    public static Floats Relu(Floats z) => Avx512F.Max(Floats.Zero, z) + Floats.Zero;

    /// <inheritdoc cref="Lanes256.Mask"/>
    [MethodImpl(Inline)]
    public static Floats Mask(Floats dA, Floats A) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(A, Floats.Zero), dA, Floats.Zero);

    /// <inheritdoc cref="Lanes256.Exp"/>
    [MethodImpl(Inline)]
    public static Floats Exp(Floats x) => Exponential.Of<Vectors512, Floats>(x);

    /// <inheritdoc cref="Lanes256.Sigmoid(Vector256{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats Sigmoid(Floats z) => Logistic.Sigmoid<Vectors512, Floats>(z);

    /// <inheritdoc cref="Lanes256.Elu"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Elu(float* z, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<EluActivation, Vectors512, Floats>(z, null, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.Tanh"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Tanh(float* z, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<TanhActivation, Vectors512, Floats>(z, null, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.Sigmoid(float*, int, nint, int)"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Sigmoid(float* z, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<SigmoidActivation, Vectors512, Floats>(z, null, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.Softplus"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Softplus(float* z, float* slope, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<SoftplusActivation, Vectors512, Floats>(z, slope, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.Silu"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Silu(float* z, float* slope, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<SiluActivation, Vectors512, Floats>(z, slope, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.GeluTanh"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void GeluTanh(float* z, float* slope, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<GeluTanhActivation, Vectors512, Floats>(z, slope, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.Gelu"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Gelu(float* z, float* slope, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<GeluActivation, Vectors512, Floats>(z, slope, rows, stride, vectors);

    /// <inheritdoc cref="Lanes256.OneAt"/>
    [MethodImpl(Inline)]
    public static Floats OneAt(int lane) =>
        Vector512.Equals(Vector512<int>.Indices, Vector512.Create(lane)).AsSingle() & Floats.One;

    /// <inheritdoc cref="Lanes256.OneWhere"/>
    [MethodImpl(Inline)]
    public static Floats OneWhere(int* p, int number) =>
        Vector512.Equals(Vector512.Load(p), Vector512.Create(number)).AsSingle() & Floats.One;

    /// <inheritdoc cref="Lanes256.Keep"/>
    [MethodImpl(Inline)]
    public static Floats Keep(Floats v, int count, float filling) =>
        Vector512.ConditionalSelect(First(count), v, Vector512.Create(filling));

    /// <inheritdoc cref="Lanes256.Blend"/>
    [MethodImpl(Inline)]
    public static Floats Blend(int marks, Floats marked, Floats others)
    {
        Vector512<int> bits = Vector512.Create(
            1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7,
            1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15);
        return Vector512.ConditionalSelect(Vector512.Equals(Vector512.Create(marks) & bits, bits).AsSingle(), marked, others);
    }

    /// <inheritdoc cref="Lanes256.AreBelow"/>
    [MethodImpl(Inline)]
    public static bool AreBelow(Floats v, float limit) => Vector512.LessThanAll(v, Vector512.Create(limit));

    /// <inheritdoc cref="Lanes256.MaxOf(Vector256{float})"/>
    [MethodImpl(Inline)]
    public static float MaxOf(Floats v) => Lanes256.MaxOf(Vector256.MaxNative(v.GetLower(), v.GetUpper()));

    /// <inheritdoc cref="Lanes256.MaxOf(Vector256{float}, int)"/>
    [MethodImpl(Inline)]
    public static float MaxOf(Floats v, int count) =>
        count <= 8 ? Lanes256.MaxOf(v.GetLower(), count) : MaxOf(v);

    /// <inheritdoc cref="Lanes256.Sum(Vector256{float}, int)"/>
    [MethodImpl(Inline)]
    public static float Sum(Floats v, int count) => count <= 8 ? Lanes256.Sum(v.GetLower(), count) : Sum(v);

    /// <summary>The sum of 16 lanes by halves: 16 to 8, 4, 2, 1.</summary>
    [MethodImpl(Inline)]
    public static float Sum(Floats v) => Lanes256.Sum(v.GetLower(), v.GetUpper());

    [MethodImpl(Inline)]
    private static Floats First(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
}
