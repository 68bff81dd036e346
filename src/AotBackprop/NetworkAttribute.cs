namespace AotBackprop;

/// <summary>
/// Makes a partial class a fully connected feedforward network of these sizes: the generator writes its forward
/// pass, its loss, its backward pass and its training.
/// </summary>
/// <remarks>
/// <c>[Network(784, 128, 10)]</c> takes 784 inputs, has one hidden layer of 128 rectified units and gives the
/// probabilities of 10 classes. Two sizes make a softmax regression; up to eight sizes are taken, each up to 65,536
/// (the last at least 2), with fewer than 2²⁹ weights and biases in all.
/// </remarks>
/// <param name="sizes">The number of inputs, of the units of each hidden layer, and of classes, in this order.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NetworkAttribute(params int[] sizes) : Attribute
{
    /// <summary>The number of inputs, of the units of each hidden layer, and of classes.</summary>
    public IReadOnlyList<int> Sizes { get; } = sizes;

    /// <summary>The form of the emitted code; left alone, each pass gets the one that suits its size.</summary>
    public Unrolling Unroll { get; init; }
}
