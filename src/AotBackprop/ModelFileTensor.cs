namespace AotBackprop;

/// <summary>One tensor of a model file.</summary>
/// <param name="Name">As in <c>layers.0.weight</c>.</param>
/// <param name="Shape">The size of each dimension.</param>
/// <param name="Begin">Its first byte, counted from the end of the header.</param>
internal sealed record ModelFileTensor(string Name, long[] Shape, long Begin)
{
    /// <summary>Floats in all.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The byte after its last.</summary>
    public long End => Begin + (Count * sizeof(float));

    /// <summary>The tensors of a network in the order of its parameters, W1, b1, W2, b2, …, dense.</summary>
    public static List<ModelFileTensor> Of(ReadOnlySpan<int> sizes)
    {
        List<ModelFileTensor> tensors = [];
        long begin = 0;
        for (int layer = 0; layer < sizes.Length - 1; layer++)
        {
            Add($"layers.{layer}.weight", [sizes[layer], sizes[layer + 1]]);
            Add($"layers.{layer}.bias", [sizes[layer + 1]]);
        }

        return tensors;

        void Add(string name, long[] shape)
        {
            tensors.Add(new ModelFileTensor(name, shape, begin));
            begin = tensors[^1].End;
        }
    }
}
