using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using AotBackprop.Numerics;
using Floats = System.Runtime.Intrinsics.Vector256<float>;

namespace AotBackprop.Runtime;

/// <summary>The words of emitted kernels for vectors of 8 floats.</summary>
/// <remarks>
/// Kernels derive from it, so that the words are theirs and hide nothing that a user declares. Each width has the same
/// words. They are no generic class over <see cref="IVectors{TSelf, TVector}"/>, as functions and updates are: the C#
/// compiler caches eight members of a constructed class and creates the others again at each lookup, for which a build
/// of networks allocated 13 % more.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe class Lanes256
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Whether the processor has vectors of this width.</summary>
    public static bool IsAccelerated
    {
        [MethodImpl(Inline)]
        get => Vector256.IsHardwareAccelerated;
    }

    /// <summary>0 in every lane.</summary>
    public static Floats Zero
    {
        [MethodImpl(Inline)]
        get => Floats.Zero;
    }

    /// <summary>A number in every lane.</summary>
    [MethodImpl(Inline)]
    public static Floats Fill(float value) => Vector256.Create(value);

    /// <summary>The number at p in every lane.</summary>
    [MethodImpl(Inline)]
    public static Floats Broadcast(float* p) => Vector256.Create(*p);

    /// <summary>The floats from p on.</summary>
    [MethodImpl(Inline)]
    public static Floats Load(float* p) => Vector256.Load(p);

    /// <summary>Writes a vector, from p on.</summary>
    [MethodImpl(Inline)]
    public static void Store(float* p, Floats v) => v.Store(p);

    /// <summary>
    /// The first <paramref name="count"/> lanes from p on, 1 or more and not all; 0 in the others, whose memory is
    /// not read.
    /// </summary>
    // A mask only where it is needed: without one, a load can be forwarded from a store before it.
    [MethodImpl(Inline)]
    public static Floats LoadPart(float* p, int count) => count switch
    {
        < 4 => Lanes128.LoadPart(p, count).ToVector256(),
        4 => Vector128.Load(p).ToVector256(),
        _ => Avx.MaskLoad(p, First(count)),
    };

    /// <summary>
    /// Writes the first <paramref name="count"/> lanes, not all; the memory after them is not touched.
    /// </summary>
    // In pieces of 4, 2 and 1: some processors are slow to store under a mask.
    [MethodImpl(Inline)]
    public static void StorePart(float* p, int count, Floats v)
    {
        Vector128<float> four = v.GetLower();
        if ((count & 4) != 0)
        {
            four.Store(p);
            four = v.GetUpper();
        }

        Lanes128.StorePart(p + (count & 4), count & 3, four);
    }

    /// <summary>a b + c, rounded once where the processor has fused multiply-add.</summary>
    [MethodImpl(Inline)]
    public static Floats MultiplyAdd(Floats a, Floats b, Floats c) => Vector256.MultiplyAddEstimate(a, b, c);

    /// <summary>W ← update(W, dW) for the vector at p.</summary>
    [MethodImpl(Inline)]
    public static void Update<TUpdate>(in TUpdate update, float* p, Floats gradient)
        where TUpdate : struct, IUpdate => update.Apply<Vectors256, Floats>(p, gradient, 0);

    /// <summary>
    /// W ← update(W, dW) for the first <paramref name="count"/> lanes; the memory after them is not touched.
    /// </summary>
    [MethodImpl(Inline)]
    public static void UpdatePart<TUpdate>(in TUpdate update, float* p, int count, Floats gradient)
        where TUpdate : struct, IUpdate => update.Apply<Vectors256, Floats>(p, gradient, count);

    /// <summary>W ← W + rates dW for the vector at p.</summary>
    [MethodImpl(Inline)]
    public static void Descend(float* p, Floats rates, Floats gradient) =>
        Vector256.Store(Vector256.MultiplyAddEstimate(rates, gradient, Vector256.Load(p)), p);

    /// <summary>
    /// W ← W + rates dW for the first <paramref name="count"/> lanes; the memory after them is not touched.
    /// </summary>
    [MethodImpl(Inline)]
    public static void DescendPart(float* p, int count, Floats rates, Floats gradient) =>
        StorePart(p, count, MultiplyAdd(rates, gradient, LoadPart(p, count)));

    /// <summary>The larger of each pair. Of a pair with a NaN it is either.</summary>
    [MethodImpl(Inline)]
    public static Floats Max(Floats a, Floats b) => Vector256.MaxNative(a, b);

    /// <summary>Magnitudes.</summary>
    [MethodImpl(Inline)]
    public static Floats Abs(Floats v) => Vector256.Abs(v);

    /// <summary>v, and ±limit where it is beyond.</summary>
    [MethodImpl(Inline)]
    public static Floats Clamp(Floats v, float limit) =>
        Vector256.MinNative(Vector256.MaxNative(v, Vector256.Create(-limit)), Vector256.Create(limit));

    /// <summary>ReLU(z): +0 where z ≤ 0, which −0 is, and z elsewhere. NaN stays NaN.</summary>
    // Of a pair with a NaN, and of two zeros, the instruction gives the second; −0 + 0 is +0. One register holds the zero
    // of all units, where a comparison would take a new one for each.
    [MethodImpl(Inline)]
    public static Floats Relu(Floats z) => Avx.Max(Floats.Zero, z) + Floats.Zero;

    /// <summary>dA ⊙ ReLU′(Z): dA where A = ReLU(Z) is above 0, as Z then is; +0 elsewhere.</summary>
    [MethodImpl(Inline)]
    public static Floats Mask(Floats dA, Floats A) => Vector256.GreaterThan(A, Floats.Zero) & dA;

    /// <summary>eˣ for x ≤ 0.</summary>
    [MethodImpl(Inline)]
    public static Floats Exp(Floats x) => Exponential.Of<Vectors256, Floats>(x);

    /// <summary>σ(z), of a sigmoid output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats Sigmoid(Floats z) => Logistic.Sigmoid<Vectors256, Floats>(z);

    // A call where no sum is in a register: it would have all sums kept in memory, in the loop that forms them.
    /// <summary>A = ELU(Z) of some vectors of some rows, in place.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Elu(float* z, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<EluActivation, Vectors256, Floats>(z, null, rows, stride, vectors);

    /// <summary>A = tanh(Z) of some vectors of some rows, in place.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Tanh(float* z, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<TanhActivation, Vectors256, Floats>(z, null, rows, stride, vectors);

    /// <summary>A = σ(Z) of some vectors of some rows, in place.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Sigmoid(float* z, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<SigmoidActivation, Vectors256, Floats>(z, null, rows, stride, vectors);

    /// <summary>A = softplus(Z) of some vectors of some rows, in place, and its derivative.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Softplus(float* z, float* slope, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<SoftplusActivation, Vectors256, Floats>(z, slope, rows, stride, vectors);

    /// <summary>A = SiLU(Z) of some vectors of some rows, in place, and its derivative.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Silu(float* z, float* slope, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<SiluActivation, Vectors256, Floats>(z, slope, rows, stride, vectors);

    /// <summary>A = GELU(Z) by its tanh of some vectors of some rows, in place, and its derivative.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void GeluTanh(float* z, float* slope, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<GeluTanhActivation, Vectors256, Floats>(z, slope, rows, stride, vectors);

    /// <summary>A = GELU(Z) of some vectors of some rows, in place, and its derivative.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Gelu(float* z, float* slope, int rows, nint stride, int vectors) =>
        HiddenActivation.Apply<GeluActivation, Vectors256, Floats>(z, slope, rows, stride, vectors);

    /// <summary>1 in one lane, if there is one of that number, and 0 in the others.</summary>
    [MethodImpl(Inline)]
    public static Floats OneAt(int lane) =>
        Vector256.Equals(Vector256<int>.Indices, Vector256.Create(lane)).AsSingle() & Floats.One;

    /// <summary>
    /// 1 in the lanes in which the integers from p on equal <paramref name="number"/>, and 0 in the others.
    /// </summary>
    [MethodImpl(Inline)]
    public static Floats OneWhere(int* p, int number) =>
        Vector256.Equals(Vector256.Load(p), Vector256.Create(number)).AsSingle() & Floats.One;

    /// <summary>The first lanes of v, and the filling in the others.</summary>
    [MethodImpl(Inline)]
    public static Floats Keep(Floats v, int count, float filling) =>
        Vector256.ConditionalSelect(First(count), v, Vector256.Create(filling));

    /// <summary>The lanes of a vector whose bits are set in <paramref name="marks"/>, a constant, and those of another.</summary>
    [MethodImpl(Inline)]
    public static Floats Blend(int marks, Floats marked, Floats others)
    {
        Vector256<int> bits = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        return Vector256.ConditionalSelect(Vector256.Equals(Vector256.Create(marks) & bits, bits).AsSingle(), marked, others);
    }

    /// <summary>Whether every lane is below a limit. NaN is not.</summary>
    [MethodImpl(Inline)]
    public static bool AreBelow(Floats v, float limit) => Vector256.LessThanAll(v, Vector256.Create(limit));

    /// <summary>The largest lane.</summary>
    [MethodImpl(Inline)]
    public static float MaxOf(Floats v) => Lanes128.MaxOf(Vector128.MaxNative(v.GetLower(), v.GetUpper()));

    /// <summary>The largest of the first <paramref name="count"/> lanes; the others hold nothing larger.</summary>
    [MethodImpl(Inline)]
    public static float MaxOf(Floats v, int count) => count <= 4 ? Lanes128.MaxOf(v.GetLower(), count) : MaxOf(v);

    /// <summary>
    /// The sum of the first <paramref name="count"/> lanes of 16, whose others are 0, by halves: 16 to 8, 4, 2, 1.
    /// </summary>
    [MethodImpl(Inline)]
    public static float Sum(Floats v, int count) =>
        count <= 4 ? Lanes128.Sum(v.GetLower(), count) : Lanes128.SumByHalves(v.GetLower() + v.GetUpper());

    /// <summary>The sum of 16 lanes by halves: 16 to 8, 4, 2, 1.</summary>
    [MethodImpl(Inline)]
    public static float Sum(Floats low, Floats high)
    {
        Floats eight = low + high;
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        return Lanes128.SumByHalves(four);
    }

    [MethodImpl(Inline)]
    private static Floats First(int count) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();
}
