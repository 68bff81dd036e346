namespace AotBackprop;

/// <summary>
/// What Z of a hidden layer passes through, element by element: A = f(Z), dZ = dA ⊙ f′(Z). docs/derivation.md has how
/// exact each is.
/// </summary>
public enum Activation
{
    /// <summary>ReLU(z) = max(0, z); its derivative is 1 where z is above 0, else 0.</summary>
    Relu = 0,

    /// <summary>z where z is above 0, else 0.01 z; its derivative is 1 where z is above 0, else 0.01.</summary>
    LeakyRelu = 1,

    /// <summary>z where z is above 0, else eᶻ − 1; its derivative is 1 where z is above 0, else eᶻ.</summary>
    Elu = 2,

    /// <summary>The hyperbolic tangent; its derivative is 1 − tanh²(z).</summary>
    Tanh = 3,

    /// <summary>σ(z) = 1/(1 + e⁻ᶻ); its derivative is σ(z) (1 − σ(z)).</summary>
    Sigmoid = 4,

    /// <summary>log(1 + eᶻ); its derivative is σ(z).</summary>
    Softplus = 5,

    /// <summary>z σ(z), also called swish; its derivative is σ(z) (1 + z (1 − σ(z))).</summary>
    Silu = 6,

    /// <summary>z; its derivative is 1.</summary>
    Identity = 7,

    /// <summary>½z (1 + tanh(√(2/π) (z + 0.044715 z³))), which is near <see cref="Gelu"/>.</summary>
    GeluTanh = 8,

    /// <summary>z Φ(z), with the normal distribution's Φ; its derivative is Φ(z) + z φ(z).</summary>
    Gelu = 9,
}
