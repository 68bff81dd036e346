using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

/// <summary>Vectors of one width, so that updates and functions are written once for all of them.</summary>
/// <typeparam name="TSelf">The width.</typeparam>
/// <typeparam name="TVector">A vector of floats.</typeparam>
internal unsafe interface IVectors<TSelf, TVector>
    where TSelf : struct, IVectors<TSelf, TVector>
    where TVector : unmanaged
{
    /// <summary>A number in every lane.</summary>
    static abstract TVector Fill(float value);

    /// <summary>A whole vector.</summary>
    static abstract TVector Load(float* p);

    /// <summary>Writes a whole vector.</summary>
    static abstract void Store(float* p, TVector v);

    /// <summary>The first lanes, at least 1 and not all, and 0 in the others.</summary>
    static abstract TVector LoadPart(float* p, int count);

    /// <summary>Writes the first lanes, not all.</summary>
    static abstract void StorePart(float* p, int count, TVector v);

    /// <summary>A whole vector, or its first lanes where <paramref name="part"/> is not 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TVector Load(float* p, int part) => part == 0 ? TSelf.Load(p) : TSelf.LoadPart(p, part);

    /// <summary>Writes a whole vector, or its first lanes where <paramref name="part"/> is not 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Store(float* p, int part, TVector v)
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

    /// <summary>Writes a vector, or of the last one before the end of an array the lanes that have a place in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void StoreUpTo(float* end, float* p, TVector v)
    {
        nint left = (nint)(end - p);
        if (left >= sizeof(TVector) / sizeof(float))
        {
            TSelf.Store(p, v);
        }
        else
        {
            TSelf.StorePart(p, (int)left, v);
        }
    }

    /// <summary>a b + c.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a − b.</summary>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>a b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a / b.</summary>
    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>√a.</summary>
    static abstract TVector SquareRoot(TVector a);

    /// <summary>The larger of a, which has no sign, and |b|: infinity above all numbers, NaN above infinity.</summary>
    static abstract TVector LargerMagnitude(TVector a, TVector b);

    /// <summary>v, and +0 in the lanes where x is below a limit.</summary>
    static abstract TVector ZeroBelow(TVector v, TVector x, float limit);

    /// <summary>a in the lanes where x is above 0, and b in the others, which those with a NaN are.</summary>
    static abstract TVector WhereAboveZero(TVector x, TVector a, TVector b);

    /// <summary>v, and a limit in the lanes where v is below it. NaN stays NaN.</summary>
    static abstract TVector AtLeast(TVector v, float limit);

    /// <summary>|v|.</summary>
    static abstract TVector Abs(TVector v);

    /// <summary>v, which has no sign, with the sign of another.</summary>
    static abstract TVector CopySign(TVector v, TVector sign);

    /// <summary>2ⁿ, where n + 1.5·2²³ is given, for n from −126 to 127.</summary>
    static abstract TVector PowerOfTwo(TVector shifted);
}
