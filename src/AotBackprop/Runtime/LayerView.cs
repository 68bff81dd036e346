using System.ComponentModel;

namespace AotBackprop.Runtime;

/// <summary>The place of a layer's intermediates in a workspace.</summary>
/// <param name="activations">A of a hidden layer, Z of the output layer.</param>
/// <param name="gradients">dZ.</param>
/// <param name="stride">Floats from one sample to the next.</param>
/// <param name="offset">Where W begins in the parameters; b follows it.</param>
/// <param name="outputs">Units.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct LayerView(float* activations, float* gradients, int stride, int offset, int outputs)
{
    /// <summary>A of a hidden layer, Z of the output layer: one row for each sample.</summary>
    internal float* Activations { get; } = activations;

    /// <summary>dZ: one row for each sample.</summary>
    internal float* Gradients { get; } = gradients;

    /// <summary>Floats from one sample to the next.</summary>
    internal int Stride { get; } = stride;

    /// <summary>Where W begins in the parameters; b follows it.</summary>
    internal int Offset { get; } = offset;

    /// <summary>Units: columns of W.</summary>
    internal int Outputs { get; } = outputs;
}
