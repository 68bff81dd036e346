using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>Where the matrices of a layer lie, as the methods that call kernels name them.</summary>
internal static class Places
{
    /// <summary>X, or A of the layer below in the workspace.</summary>
    public static string Input(LayerPlan layer) => layer.Number == 1 ? "X" : $"w.A{layer.Number - 1}";

    /// <summary>Z of the output layer, A of a hidden one.</summary>
    public static string Result(LayerPlan layer) => $"w.{(layer.IsOutput ? "Z" : "A")}{layer.Number}";

    /// <summary>What a product leaves in the workspace: Z or A, and f′(Z) where it is kept.</summary>
    public static IEnumerable<string> Results(LayerPlan layer) =>
        ProductNames.Forward(layer).Written.Select(matrix => $"w.{matrix}");

    /// <summary>W and b.</summary>
    public static IEnumerable<Expression> Parameters(LayerPlan layer) =>
        [Weights("parameters", layer), Bias("parameters", layer)];

    public static Address Weights(string parameters, LayerPlan layer) => At(parameters).Row($"Layout.W{layer.Number}");

    public static Address Bias(string parameters, LayerPlan layer) => At(parameters).Row($"Layout.b{layer.Number}");

    /// <summary>A matrix from the thread's first sample on.</summary>
    public static Address Own(string matrix, int stride = 1) => At(matrix).Row("part.First", stride);

    /// <summary>A matrix from the first sample on of which dW and db are formed.</summary>
    public static Address OfBlock(string matrix, int stride) => At(matrix).Row("start", stride);

    /// <summary>Declares the samples of which an update takes dW and db.</summary>
    public static Declare BlockForUpdate => new(
        DataType.Size,
        [
            new Named("start", Call("part.FirstFor<TUpdate>")),
            new Named("N", Call("part.CountFor<TUpdate>")),
        ]);

    /// <summary>Declares the samples of which dW and db are formed.</summary>
    public static Declare Block =>
        new(DataType.Size, [new Named("start", "part.BlockFirst"), new Named("N", "part.BlockCount")]);

    /// <summary>A matrix from the sample "first" on.</summary>
    public static Address FromFirst(string matrix, int stride = 1) => At(matrix).Row("first", stride);

    /// <summary>Declares how many of the thread's samples have one in each lane, where there are any.</summary>
    public static Declare Across => Size("across", "part.Across");

    public static Expression Rest => (Expression)"part.Count" - "across";

    public static Expression HasAcross => new Compare(">", "across", 0);

    public static Expression HasRest => new Compare("<", "across", "part.Count");

    public static Parameter Matrix(string name) => new(DataType.FloatPointer, name);

    public static IEnumerable<Parameter> Matrices(params string[] names) => names.Select(Matrix);

    /// <summary>How many samples.</summary>
    public static readonly Parameter N = new(DataType.Size, "N");

    /// <summary>What dZ of each sample is multiplied by.</summary>
    public static readonly Parameter Scale = new(DataType.Float, "scale");

    public static readonly Parameter Part = new(DataType.Part, "part");

    public static readonly Parameter Workspace = new(DataType.WorkspaceReference, "w");

    public static readonly Parameter Zeros = new(DataType.Zeros, "zeros");

    public static readonly Parameter Targets = new(DataType.Targets, "targets");
}
