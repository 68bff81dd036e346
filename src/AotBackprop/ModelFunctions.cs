namespace AotBackprop;

/// <summary>What Z of a network's layers passes through, as a model file names it.</summary>
/// <param name="Activation">That of the hidden layers.</param>
/// <param name="Output">That of the last one.</param>
internal readonly record struct ModelFunctions(string Activation, string Output)
{
    /// <summary>Those of a network.</summary>
    public static ModelFunctions Of<TNetwork>()
        where TNetwork : class, INetwork<TNetwork> => new(Activations.NameOf(TNetwork.HiddenActivation), Outputs.NameOf(TNetwork.OutputKind));

    /// <summary>How many classes have names: one sigmoid output has two.</summary>
    /// <param name="count">Outputs.</param>
    public int ClassCount(int count) => Output == Outputs.NameOf(AotBackprop.Output.Sigmoid) && count == 1 ? 2 : count;
}
