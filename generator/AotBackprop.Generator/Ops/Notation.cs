using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Ops;

/// <summary>The names and equations of the derivation, as they stand in emitted code and its documentation.</summary>
internal static class Notation
{
    /// <summary>X, or A of the layer below.</summary>
    public static string Input(LayerPlan layer) => layer.Number == 1 ? "X" : $"A{layer.Number - 1}";

    /// <summary>Z1 = X W1 + b1, A1 = ReLU(Z1), or for the output layer Z alone.</summary>
    public static string Forward(LayerPlan layer)
    {
        int l = layer.Number;
        string z = $"Z{l} = {Input(layer)} W{l} + b{l}";
        return layer.IsOutput ? z : $"{z}, {HiddenActivation(layer)}";
    }

    /// <summary>A1 = ReLU(Z1), of a hidden layer.</summary>
    public static string HiddenActivation(LayerPlan layer) =>
        $"A{layer.Number} = {ActivationFunction.Of(layer.HiddenActivation).Equation($"Z{layer.Number}")}";

    /// <summary>Every equation of a step before the update, from X to each dW.</summary>
    public static IEnumerable<string> Derivation(NetworkPlan plan) =>
    [
        .. plan.Layers.Select(Forward),
        $"{Output(plan.OutputLayer)}{(plan.OutputLayer.IsSoftmax ? " by rows" : "")}",
        Loss(plan.OutputLayer),
        OutputGradient(plan.OutputLayer),
        .. Gradients(plan).Select(equations => string.Join(", ", equations)),
    ];

    /// <summary>dW and db of each layer, the last first, and dA and dZ of the one below.</summary>
    public static IEnumerable<string[]> Gradients(NetworkPlan plan) =>
        plan.Layers.Reverse().SelectMany(layer => (string[][])
        [
            [WeightGradient(layer), BiasGradient(layer)],
            .. layer.Number > 1 ? [[ActivationGradient(layer), HiddenGradient(layer)]] : Array.Empty<string[]>(),
        ]);

    public static string ForwardShapes(LayerPlan layer) =>
        $"[N×{layer.Outputs}] = [N×{layer.Inputs}] [{layer.Inputs}×{layer.Outputs}] + [{layer.Outputs}]";

    /// <summary>A2 = softmax(Z2), of the output layer.</summary>
    public static string Output(LayerPlan output) =>
        $"A{output.Number} = {OutputFunction.Of(output).Equation($"Z{output.Number}")}";

    /// <summary>L = −1/N Σᵢ Σⱼ Yᵢⱼ log A2ᵢⱼ.</summary>
    public static string Loss(LayerPlan output) => $"L = {OutputFunction.Of(output).Loss($"A{output.Number}")}";

    /// <summary>∂L/∂A2, of the output layer.</summary>
    public static string LossGradient(LayerPlan output) => OutputFunction.Of(output).LossGradient($"A{output.Number}");

    /// <summary>N×10 probabilities, …: targets that are values.</summary>
    public static string Values(LayerPlan output, string N)
    {
        bool isOne = output is { OutputKind: AotBackprop.Output.Sigmoid, Outputs: 1 };
        return $"{N}{(isOne ? "" : $"×{output.Outputs}")} {OutputFunction.Of(output).Values}";
    }

    /// <summary>dZ2 = (A2 − Y)/N.</summary>
    public static string OutputGradient(LayerPlan output) =>
        $"dZ{output.Number} = ({OutputFunction.Of(output).Difference($"A{output.Number}")})/N";

    /// <summary>dZ2 = A2 − Y, of one sample.</summary>
    public static string OutputGradientOfOne(LayerPlan output) =>
        $"dZ{output.Number} = {OutputFunction.Of(output).Difference($"A{output.Number}")}";

    /// <summary>dA1 = dZ2 W2ᵀ, from the layer above.</summary>
    public static string ActivationGradient(LayerPlan above) =>
        $"dA{above.Number - 1} = dZ{above.Number} W{above.Number}ᵀ";

    /// <summary>dZ1 = dA1 ⊙ ReLU′(Z1), of the layer below.</summary>
    public static string HiddenGradient(LayerPlan above)
    {
        int l = above.Number - 1;
        return $"dZ{l} = dA{l} ⊙ {ActivationFunction.Of(above.HiddenActivation).Derivative($"Z{l}")}";
    }

    /// <summary>ReLU′(Z1) is 1 where A1 > 0, else 0, of the layer below.</summary>
    public static string HiddenDerivative(LayerPlan above)
    {
        int l = above.Number - 1;
        ActivationFunction function = ActivationFunction.Of(above.HiddenActivation);
        return $"{function.Derivative($"Z{l}")} is {function.DerivativeFrom($"A{l}")}";
    }

    public static string BackwardShapes(LayerPlan above) =>
        $"[N×{above.Inputs}] = [N×{above.Outputs}] [{above.Outputs}×{above.Inputs}]";

    /// <summary>dW1 = Xᵀ dZ1.</summary>
    public static string WeightGradient(LayerPlan layer) => $"dW{layer.Number} = {Input(layer)}ᵀ dZ{layer.Number}";

    public static string WeightGradientShapes(LayerPlan layer) =>
        $"[{layer.Inputs}×{layer.Outputs}] = [{layer.Inputs}×N] [N×{layer.Outputs}]";

    /// <summary>db1 = Σ rows of dZ1.</summary>
    public static string BiasGradient(LayerPlan layer) => $"db{layer.Number} = Σ rows of dZ{layer.Number}";

    /// <summary>W1 ← update(W1, dW1), whichever the optimizer.</summary>
    public static string AnyUpdate(string parameter) => $"{parameter} ← update({parameter}, d{parameter})";

    /// <summary>W1 ← W1 − η dW1.</summary>
    public static string Update(string parameter) => $"{parameter} ← {parameter} − η d{parameter}";
}
