using System.ComponentModel;

namespace AotBackprop.Runtime;

/// <summary>
/// An optimizer's update rule. A kernel is generic over it, and compiled for each rule with the rule inlined.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe interface IUpdate
{
    /// <summary>Whether a zero gradient leaves a parameter as it is, so that the parameter can be skipped.</summary>
    static abstract bool LeavesWhereGradientIsZero { get; }

    /// <summary>Whether it takes the gradient of a part's block of samples: of others no code asks for it.</summary>
    internal static virtual bool IsOfBlock => false;

    /// <summary>W ← update(W, dW) for a vector of parameters, or its first lanes where <paramref name="part"/> is not 0.</summary>
    /// <typeparam name="TVectors">The operations of the width.</typeparam>
    /// <typeparam name="TVector">A vector of the width.</typeparam>
    /// <param name="p">The first of the parameters.</param>
    /// <param name="gradient">Their derivatives.</param>
    /// <param name="part">Lanes, where not all of them count.</param>
    internal void Apply<TVectors, TVector>(float* p, TVector gradient, int part)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged;
}
