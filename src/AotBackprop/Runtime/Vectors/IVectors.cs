using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

/// <summary>
/// The operations of vectors of one width, each in the instructions that suit it. Updates, functions and the words of
/// emitted kernels (<see cref="Lanes{TVectors, TVector}"/>, which says what each does) are written once over them.
/// </summary>
/// <typeparam name="TSelf">The width.</typeparam>
/// <typeparam name="TVector">A vector of floats.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe interface IVectors<TSelf, TVector>
    where TSelf : struct, IVectors<TSelf, TVector>
    where TVector : unmanaged
{
    /// <summary>Whether the processor has vectors of this width.</summary>
    internal static abstract bool IsAccelerated { get; }

    /// <summary>0 in every lane.</summary>
    internal static abstract TVector Zero { get; }

    /// <summary>A number in every lane.</summary>
    internal static abstract TVector Fill(float value);

    /// <summary>A whole vector.</summary>
    internal static abstract TVector Load(float* p);

    /// <summary>Writes a whole vector.</summary>
    internal static abstract void Store(float* p, TVector v);

    /// <summary>The first lanes, at least 1 and not all, and 0 in the others.</summary>
    internal static abstract TVector LoadPart(float* p, int count);

    /// <summary>Writes the first lanes, not all.</summary>
    internal static abstract void StorePart(float* p, int count, TVector v);

    /// <summary>A whole vector, or its first lanes where <paramref name="part"/> is not 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static virtual TVector Load(float* p, int part) => part == 0 ? TSelf.Load(p) : TSelf.LoadPart(p, part);

    /// <summary>Writes a whole vector, or its first lanes where <paramref name="part"/> is not 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static virtual void Store(float* p, int part, TVector v)
    {
        if (part == 0)
        {
            TSelf.Store(p, v);
        }
        else
        {
            TSelf.StorePart(p, part, v);
        }
    }

    /// <summary>a b + c.</summary>
    internal static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>a + b.</summary>
    internal static abstract TVector Add(TVector a, TVector b);

    /// <summary>a − b.</summary>
    internal static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>a b.</summary>
    internal static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a / b.</summary>
    internal static abstract TVector Divide(TVector a, TVector b);

    /// <summary>√a.</summary>
    internal static abstract TVector SquareRoot(TVector a);

    /// <summary>The larger of each pair.</summary>
    internal static abstract TVector Max(TVector a, TVector b);

    /// <summary>Magnitudes.</summary>
    internal static abstract TVector Abs(TVector v);

    /// <summary>ReLU(z).</summary>
    internal static abstract TVector Relu(TVector z);

    /// <summary>dA ⊙ ReLU′(Z), from A.</summary>
    internal static abstract TVector Mask(TVector dA, TVector A);

    /// <summary>1 in a lane, 0 in the others.</summary>
    internal static abstract TVector OneAt(int lane);

    /// <summary>1 in the lanes where p holds a number, 0 in the others.</summary>
    internal static abstract TVector OneWhere(int* p, int number);

    /// <summary>The first lanes, and a number in the others.</summary>
    internal static abstract TVector Keep(TVector v, int count, float filling);

    /// <summary>v, and +0 in the lanes where x is below a limit.</summary>
    internal static abstract TVector ZeroBelow(TVector v, TVector x, float limit);

    /// <summary>Whether every lane is below a number.</summary>
    internal static abstract bool AreBelow(TVector v, float limit);

    /// <summary>2ⁿ, where n + 1.5·2²³ is given, for n from −126 to 127.</summary>
    internal static abstract TVector PowerOfTwo(TVector shifted);

    /// <summary>The largest lane.</summary>
    internal static abstract float MaxOf(TVector v);

    /// <summary>The largest of the first lanes; the others hold nothing larger.</summary>
    internal static abstract float MaxOf(TVector v, int count);

    /// <summary>The sum of the first lanes, of 16 whose others are 0.</summary>
    internal static abstract float Sum(TVector v, int count);
}
