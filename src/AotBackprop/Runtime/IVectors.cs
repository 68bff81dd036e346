namespace AotBackprop.Runtime;

/// <summary>Vectors of one width, so that an update is written once for all of them.</summary>
/// <typeparam name="TVector">A vector of floats.</typeparam>
public unsafe interface IVectors<TVector>
    where TVector : unmanaged
{
    /// <summary>The same number in every lane.</summary>
    static abstract TVector Fill(float value);

    /// <summary>A whole vector, or its first lanes where <paramref name="part"/> is not 0.</summary>
    static abstract TVector Load(float* p, int part);

    /// <summary>Writes a whole vector, or its first lanes where <paramref name="part"/> is not 0.</summary>
    static abstract void Store(float* p, int part, TVector v);

    /// <summary>a b + c, rounded once where the level has fused multiply-add.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>a b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a / b.</summary>
    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>√a.</summary>
    static abstract TVector SquareRoot(TVector a);
}
