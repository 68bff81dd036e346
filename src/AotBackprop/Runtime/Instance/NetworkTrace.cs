using System.ComponentModel;

namespace AotBackprop.Runtime;

/// <summary>Every intermediate of one batch. Lists count layers from 0: the first holds Z1, A1, dA1, dZ1.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class NetworkTrace
{
    private readonly int[] _sizes;
    private readonly float[] _gradient;

    internal NetworkTrace(ReadOnlySpan<int> sizes, int N, double loss, float[] gradient)
    {
        _sizes = sizes.ToArray();
        _gradient = gradient;
        Loss = loss;
        int layers = sizes.Length - 1;
        Z = new float[layers][];
        A = new float[layers][];
        dA = new float[layers][];
        dZ = new float[layers][];
        for (int l = 0; l < layers; l++)
        {
            int length = Guard.ArrayLength((long)N * sizes[l + 1]);
            Z[l] = new float[length];
            dA[l] = new float[length];
        }
    }

    /// <summary>The mean cross-entropy L.</summary>
    public double Loss { get; }

    /// <summary>Z of each layer, N×H.</summary>
    public float[][] Z { get; }

    /// <summary>A of each layer, N×H: ReLU(Z), the last softmax(Z).</summary>
    public float[][] A { get; }

    /// <summary>∂L/∂A of each layer, N×H.</summary>
    public float[][] dA { get; }

    /// <summary>∂L/∂Z of each layer, N×H.</summary>
    public float[][] dZ { get; }

    /// <summary>∂L/∂W of a layer, row-major.</summary>
    /// <param name="layer">Counted from 0.</param>
    public float[] dW(int layer) => _gradient.AsSpan(Offset(layer), _sizes[layer] * _sizes[layer + 1]).ToArray();

    /// <summary>∂L/∂b of a layer.</summary>
    /// <param name="layer">Counted from 0.</param>
    public float[] db(int layer) => _gradient.AsSpan(Offset(layer) + (_sizes[layer] * _sizes[layer + 1]), _sizes[layer + 1]).ToArray();

    private int Offset(int layer)
    {
        int offset = 0;
        for (int l = 0; l < layer; l++)
        {
            offset += (_sizes[l] + 1) * _sizes[l + 1];
        }

        return offset;
    }
}
