namespace AotBackprop;

/// <summary>What Z of a hidden layer passes through, element by element: A = f(Z), dZ = dA ⊙ f′(Z).</summary>
public enum Activation
{
    /// <summary>ReLU(z) = max(0, z); its derivative is 1 where z is above 0, else 0.</summary>
    Relu = 0,

    /// <summary>z where z is above 0, else 0.01 z; its derivative is 1 where z is above 0, else 0.01.</summary>
    LeakyRelu = 1,
}
