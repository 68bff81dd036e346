namespace AotBackprop;

/// <summary>
/// What the output layer makes of its Z, and the loss that belongs to it. docs/derivation.md has why dZ is so simple.
/// </summary>
public enum Output
{
    /// <summary>
    /// One of C classes: A = softmax(Z), the cross-entropy L = −1/N Σ Y log A, and dZ = (A − Y)/N. C is 2 or more.
    /// </summary>
    Softmax = 0,

    /// <summary>C numbers: A = Z, half the squared error L = 1/(2N) Σ (A − Y)², and dZ = (A − Y)/N.</summary>
    Linear = 1,

    /// <summary>
    /// C labels that are independent of each other, or one event where C is 1: A = σ(Z), the binary cross-entropy
    /// L = −1/N Σ (Y log A + (1 − Y) log(1 − A)), and dZ = (A − Y)/N.
    /// </summary>
    Sigmoid = 2,

    /// <summary>
    /// C numbers, of which a few may be far off: A = Z, L = 1/N Σ h(A − Y) with h(r) = ½r² where |r| ≤ δ, else
    /// δ(|r| − ½δ), and dZ = clamp(A − Y, −δ, δ)/N. δ is the attribute's HuberDelta.
    /// </summary>
    Huber = 3,
}
