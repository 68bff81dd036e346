namespace AotBackprop;

/// <summary>The names of the initializations where they are text, and which one is taken where none is named.</summary>
public static class Initializations
{
    /// <summary>The one that is taken where none is named and the activation is ReLU, by the measurement in docs/initialization.md.</summary>
    public const Initialization Default = Initialization.HeSmallOutput;

    /// <summary>
    /// The one that is taken where none is named: Glorot's where the activation is about z near 0 and has no side that is
    /// flat, that for the logistic function where it is one, else <see cref="Default"/>.
    /// </summary>
    /// <param name="activation">That of the network's hidden layers.</param>
    public static Initialization DefaultOf(Activation activation) => activation switch
    {
        Activation.Tanh or Activation.Identity => Initialization.Glorot,
        Activation.Sigmoid => Initialization.GlorotSigmoid,
        _ => Default,
    };

    /// <summary>Every initialization, in the order of its number.</summary>
    internal static readonly IReadOnlyList<(Initialization Value, string Name, string Sentence)> All =
    [
        (Initialization.He, "he", "W ±√(6/inputs), b 0 (He and others, 2015)"),
        (Initialization.Glorot, "glorot", "W ±√(6/(inputs + outputs)), b 0 (Glorot and Bengio, 2010)"),
        (Initialization.ScikitLearn, "scikit_learn", "W and b ±√(6/(inputs + outputs)), as MLPClassifier"),
        (Initialization.PyTorch, "pytorch", "W and b ±1/√inputs, as PyTorch's Linear"),
        (Initialization.HeSmallOutput, "he_small_output", "as he, the output layer's W from 0.3 of it"),
        (Initialization.GlorotSigmoid, "glorot_sigmoid", "W ±√(2/(inputs + outputs)), b 0, for sigmoid units"),
    ];

    /// <summary>The name of an initialization, as Python, the command line and model files have it: "glorot".</summary>
    /// <param name="initialization">One that exists.</param>
    public static string NameOf(Initialization initialization) => All[(int)initialization].Name;
}
