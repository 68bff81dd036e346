namespace AotBackprop.Runtime;

/// <summary>The optimizers by their numbers, which are those of C and never change.</summary>
internal enum OptimizerKind
{
    /// <summary>W ← W − η dW.</summary>
    Sgd = 0,

    /// <summary>m ← μm + dW, W ← W − ηm.</summary>
    Momentum = 1,

    /// <summary>m ← μm + dW, W ← W − η(dW + μm).</summary>
    Nesterov = 2,

    /// <summary>Means of the derivatives and of their squares: W ← W − η m̂ / (√v̂ + ε).</summary>
    Adam = 3,

    /// <summary>Adam, whose weight decay is no part of the gradient: W ← (1 − ηλ)W before the step.</summary>
    AdamW = 4,
}
