namespace AotBackprop.Oracle;

/// <summary>
/// One tensor of the flat parameters, which hold W1, b1, W2, b2, … without gaps;
/// a weight matrix is row-major, [inputs][outputs].
/// </summary>
/// <param name="Name">W1, b1, W2, …; the gradient's name is the same with a d before it.</param>
/// <param name="Layer">The layer, counted from 1.</param>
/// <param name="Offset">Where its first element lies in the flat parameters.</param>
/// <param name="Rows">The inputs of a weight matrix, 1 for a bias.</param>
/// <param name="Columns">The outputs.</param>
public sealed record ParameterTensor(string Name, int Layer, int Offset, int Rows, int Columns)
{
    /// <summary>Rows × Columns.</summary>
    public int Count => Rows * Columns;

    /// <summary>The tensors of a network of these layer sizes, in the order of the flat parameters.</summary>
    public static IReadOnlyList<ParameterTensor> Of(IReadOnlyList<int> sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        List<ParameterTensor> tensors = [];
        int offset = 0;
        for (int l = 1; l < sizes.Count; l++)
        {
            ParameterTensor W = new($"W{l}", l, offset, sizes[l - 1], sizes[l]);
            ParameterTensor b = new($"b{l}", l, offset + W.Count, 1, sizes[l]);
            tensors.Add(W);
            tensors.Add(b);
            offset = b.Offset + b.Count;
        }

        return tensors;
    }

    /// <summary>The number of parameters of a network of these layer sizes: Σ (D + 1)·H over its layers.</summary>
    public static int Total(IReadOnlyList<int> sizes) => Of(sizes).Sum(tensor => tensor.Count);
}
