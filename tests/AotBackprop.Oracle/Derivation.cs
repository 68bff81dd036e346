namespace AotBackprop.Oracle;

/// <summary>
/// Every quantity of one forward and backward pass over N samples. Layers count from 1 to L as in the equations;
/// A(0) is X. Matrices are row-major, a row for each sample; layer l has D = sizes[l−1] inputs and H = sizes[l] outputs.
/// </summary>
public sealed class Derivation
{
    private readonly double[][] z;
    private readonly double[][] a;
    private readonly bool[][] masks;
    private readonly double[][] da;
    private readonly double[][] dz;
    private readonly double[][] dw;
    private readonly double[][] dbias;

    internal Derivation(
        ReferenceNetwork network,
        int N,
        double loss,
        double[][] z,
        double[][] a,
        bool[][] masks,
        double[][] da,
        double[][] dz,
        double[][] dw,
        double[][] dbias)
    {
        Network = network;
        this.N = N;
        Loss = loss;
        this.z = z;
        this.a = a;
        this.masks = masks;
        this.da = da;
        this.dz = dz;
        this.dw = dw;
        this.dbias = dbias;
    }

    /// <summary>The network that these quantities belong to.</summary>
    public ReferenceNetwork Network { get; }

    /// <summary>The number of samples.</summary>
    public int N { get; }

    /// <summary>L, the number of layers.</summary>
    public int Layers => Network.Layers;

    /// <summary>L = −1/N Σᵢ Σⱼ Yᵢⱼ log A_Lᵢⱼ.</summary>
    public double Loss { get; }

    /// <summary>Z = A_(l−1) W + b, N×H, of layer l = 1 … L.</summary>
    public double[] Z(int l) => z[At(l, 1, Layers)];

    /// <summary>A = ReLU(Z) of a hidden layer, softmax(Z) by rows of the last, N×H; A(0) is X.</summary>
    public double[] A(int l) => a[At(l, 0, Layers)];

    /// <summary>[Z > 0] of hidden layer l = 1 … L−1, N×H, or the mask that was given in its place.</summary>
    public bool[] Mask(int l) => masks[At(l, 1, Layers - 1)];

    /// <summary>
    /// ∂L/∂A, N×H, of layer l = 1 … L: dZ_(l+1) W_(l+1)ᵀ of a hidden layer, −1/N · Y / A of the last, 0 where Y is 0.
    /// </summary>
    public double[] dA(int l) => da[At(l, 1, Layers)];

    /// <summary>∂L/∂Z, N×H, of layer l = 1 … L: dA ⊙ [Z > 0] of a hidden layer, (A − Y)/N of the last.</summary>
    public double[] dZ(int l) => dz[At(l, 1, Layers)];

    /// <summary>∂L/∂W = A_(l−1)ᵀ dZ, D×H, of layer l = 1 … L.</summary>
    public double[] dW(int l) => dw[At(l, 1, Layers)];

    /// <summary>∂L/∂b = Σ rows of dZ, H, of layer l = 1 … L.</summary>
    public double[] db(int l) => dbias[At(l, 1, Layers)];

    /// <summary>The whole gradient in the layout of the parameters: dW1, db1, dW2, db2, …</summary>
    public double[] Gradient() => [.. Enumerable.Range(1, Layers).SelectMany(l => dw[l].Concat(dbias[l]))];

    /// <summary>The parameters after one step of gradient descent, θ − η dθ.</summary>
    /// <param name="learningRate">η.</param>
    public double[] Step(double learningRate)
    {
        double[] stepped = Network.Parameters.ToArray();
        double[] gradient = Gradient();
        for (int k = 0; k < stepped.Length; k++)
        {
            stepped[k] -= learningRate * gradient[k];
        }

        return stepped;
    }

    /// <summary>The softmax's Jacobian ∂A_j/∂Z_k for sample i, C×C.</summary>
    public double[] Jacobian(int i) =>
        ReferenceNetwork.SoftmaxJacobian(a[Layers].AsSpan(i * Network.Classes, Network.Classes));

    /// <summary>
    /// ∂L/∂Z_L by the long way, dA(L) times the Jacobian sample by sample, N×C: equal to dZ(L). A probability
    /// that has underflowed to 0 where Y is not 0 makes it NaN.
    /// </summary>
    public double[] dZThroughJacobian() => ReferenceNetwork.ThroughSoftmax(da[Layers], a[Layers], Network.Classes);

    /// <summary>
    /// The smallest |Z| of the hidden layers, +∞ where there are none: the distance to the nearest kink, where the
    /// loss has no derivative and a float run's mask may differ.
    /// </summary>
    public double SmallestHiddenZ =>
        z.Take(Layers).SelectMany(layer => layer).Select(Math.Abs).DefaultIfEmpty(double.PositiveInfinity).Min();

    private static int At(int l, int first, int last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(l, first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(l, last);
        return l;
    }
}
