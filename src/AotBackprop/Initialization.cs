namespace AotBackprop;

/// <summary>
/// How the first weights and biases are drawn: uniformly from an interval around 0, of a layer with n inputs and m outputs.
/// The numbers never change: C has the same.
/// </summary>
public enum Initialization
{
    /// <summary>W from ±√(6/n), b = 0 (He and others, 2015): keeps the variance of rectified activations from layer to layer.</summary>
    He = 0,

    /// <summary>W from ±√(6/(n + m)), b = 0 (Glorot and Bengio, 2010).</summary>
    Glorot = 1,

    /// <summary>W and b from ±√(6/(n + m)), as scikit-learn's MLPClassifier draws them for ReLU.</summary>
    ScikitLearn = 2,

    /// <summary>W and b from ±1/√n, as PyTorch's Linear draws them.</summary>
    PyTorch = 3,

    /// <summary>As <see cref="He"/>, but W of the output layer from 0.3 of its interval: the first probabilities are nearly equal.</summary>
    HeSmallOutput = 4,

    /// <summary>W from ±√(2/(n + m)), b = 0: the interval that scikit-learn has for the logistic function.</summary>
    GlorotSigmoid = 5,
}
