namespace AotBackprop.Oracle;

/// <summary>
/// The fully connected network in double, in naive loops: the oracle of every numerical test.
/// It is written to be read against the equations, never tuned, and shares nothing with the product.
/// </summary>
/// <remarks>
/// Layer l = 1 … L has D = sizes[l−1] inputs and H = sizes[l] outputs; C = sizes[L] is the number of classes.
/// A matrix is a row-major array: X is N×sizes[0], Y is N×C, a row for each sample.
/// A row of Y is one-hot or probabilities, and sums to 1.
/// </remarks>
public sealed class ReferenceNetwork
{
    private readonly int[] sizes;
    private readonly double[] parameters;
    private readonly IReadOnlyList<ParameterTensor> tensors;

    /// <summary>A network of these sizes and parameters, which are copied.</summary>
    /// <param name="sizes">Two to eight sizes: one to seven layers of weights.</param>
    /// <param name="parameters">W1 (row-major, [inputs][outputs]), b1, W2, b2, …</param>
    public ReferenceNetwork(int[] sizes, ReadOnlySpan<double> parameters)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        if (sizes.Length is < 2 or > 8 || sizes.Any(size => size < 1))
        {
            throw new ArgumentException("Two to eight sizes, each at least 1, are needed.", nameof(sizes));
        }

        this.sizes = [.. sizes];
        tensors = ParameterTensor.Of(sizes);
        if (parameters.Length != tensors.Sum(tensor => tensor.Count))
        {
            throw new ArgumentException($"These sizes have {tensors.Sum(tensor => tensor.Count)} parameters, not {parameters.Length}.", nameof(parameters));
        }

        this.parameters = parameters.ToArray();
    }

    /// <summary>A network of these sizes and parameters, which are widened.</summary>
    /// <param name="sizes">Two to eight sizes: one to seven layers of weights.</param>
    /// <param name="parameters">W1 (row-major, [inputs][outputs]), b1, W2, b2, …</param>
    public ReferenceNetwork(int[] sizes, ReadOnlySpan<float> parameters)
        : this(sizes, Widen(parameters))
    {
    }

    /// <summary>What Z of the hidden layers passes through.</summary>
    public HiddenFunction Hidden { get; init; } = HiddenFunction.Relu;

    /// <summary>What the output layer makes of its Z; null of a softmax with the cross-entropy.</summary>
    public OutputFunction? Output { get; init; }

    /// <summary>How much each sample of a batch counts; null where all count the same.</summary>
    public double[]? SampleWeights { get; init; }

    /// <summary>The layer sizes, from the inputs to the outputs.</summary>
    public IReadOnlyList<int> Sizes => sizes;

    /// <summary>L, the number of layers that have weights.</summary>
    public int Layers => sizes.Length - 1;

    /// <summary>C, the number of classes.</summary>
    public int Classes => sizes[^1];

    /// <summary>The tensors of the parameters, in their order.</summary>
    public IReadOnlyList<ParameterTensor> Tensors => tensors;

    /// <summary>The flat parameters: W1, b1, W2, b2, …</summary>
    public ReadOnlySpan<double> Parameters => parameters;

    /// <summary>W of layer l = 1 … L, D×H.</summary>
    public ReadOnlySpan<double> W(int l) => Tensor(tensors[2 * (Layer(l) - 1)]);

    /// <summary>b of layer l = 1 … L, H.</summary>
    public ReadOnlySpan<double> b(int l) => Tensor(tensors[(2 * (Layer(l) - 1)) + 1]);

    /// <summary>The same doubles as these floats.</summary>
    public static double[] Widen(ReadOnlySpan<float> values)
    {
        double[] wide = new double[values.Length];
        for (int k = 0; k < wide.Length; k++)
        {
            wide[k] = values[k];
        }

        return wide;
    }

    /// <summary>Y, N×C: row i is 1 at labels[i] and 0 elsewhere.</summary>
    public static double[] OneHot(ReadOnlySpan<int> labels, int classes)
    {
        double[] Y = new double[labels.Length * classes];
        for (int i = 0; i < labels.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(labels[i], nameof(labels));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labels[i], classes, nameof(labels));
            Y[(i * classes) + labels[i]] = 1;
        }

        return Y;
    }

    /// <summary>The probabilities A_L of N samples, N×C.</summary>
    /// <param name="X">The inputs, N×D.</param>
    /// <param name="N">The number of samples.</param>
    /// <param name="masks">See <see cref="Derive"/>.</param>
    public double[] Forward(double[] X, int N, bool[][]? masks = null)
    {
        (_, double[][] A, _) = Activations(X, N, masks);
        return A[Layers];
    }

    /// <summary>The loss L = −1/N Σᵢ Σⱼ Yᵢⱼ log A_Lᵢⱼ.</summary>
    /// <param name="X">The inputs, N×D.</param>
    /// <param name="Y">The labels, N×C.</param>
    /// <param name="N">The number of samples.</param>
    /// <param name="masks">See <see cref="Derive"/>.</param>
    public double Loss(double[] X, double[] Y, int N, bool[][]? masks = null)
    {
        CheckLabels(Y, N);
        (double[][] Z, _, _) = Activations(X, N, masks);
        return LossOf(Z[Layers], Y, N);
    }

    /// <summary>Every quantity of the forward and backward pass, each by its name.</summary>
    /// <param name="X">The inputs, N×D.</param>
    /// <param name="Y">The labels, N×C.</param>
    /// <param name="N">The number of samples.</param>
    /// <param name="masks">
    /// One mask of N·H for each hidden layer, which then stands for [Z > 0] in both passes. A float run differs
    /// from this one in the sign of a Z near 0 now and then; with the float run's masks the two are comparable.
    /// </param>
    public Derivation Derive(double[] X, double[] Y, int N, bool[][]? masks = null)
    {
        CheckLabels(Y, N);
        int L = Layers;
        (double[][] Z, double[][] A, bool[][] used) = Activations(X, N, masks);
        double loss = LossOf(Z[L], Y, N);

        double[][] dA = NewLayers();
        double[][] dZ = NewLayers();
        double[][] dW = NewLayers();
        double[][] db = NewLayers();

        // Through the loss, ∂L/∂A_L = −1/N · Y / A_L (N×C), and through loss and softmax together,
        // dZ_L = (A_L − Y)/N (N×C): the cross terms cancel, because a row of Y sums to 1. Other outputs likewise.
        dA[L] = new double[N * Classes];
        dZ[L] = new double[N * Classes];
        for (int k = 0; k < N * Classes; k++)
        {
            dA[L][k] = Shared(Output is { } f ? f.Derivative(A[L][k], Y[k]) : Y[k] == 0 ? 0 : -Y[k] / A[L][k], k / Classes, N);
            dZ[L][k] = Shared(Output is { } g ? g.Difference(A[L][k], Y[k]) : A[L][k] - Y[k], k / Classes, N);
        }

        for (int l = L; l >= 1; l--)
        {
            int D = sizes[l - 1];
            int H = sizes[l];

            // dW = A_(l−1)ᵀ dZ (D×H), where A_0 = X.
            dW[l] = new double[D * H];
            for (int d = 0; d < D; d++)
            {
                for (int h = 0; h < H; h++)
                {
                    double sum = 0;
                    for (int i = 0; i < N; i++)
                    {
                        sum += A[l - 1][(i * D) + d] * dZ[l][(i * H) + h];
                    }

                    dW[l][(d * H) + h] = sum;
                }
            }

            // db = Σ rows of dZ (H).
            db[l] = new double[H];
            for (int h = 0; h < H; h++)
            {
                for (int i = 0; i < N; i++)
                {
                    db[l][h] += dZ[l][(i * H) + h];
                }
            }

            if (l == 1)
            {
                break;
            }

            // dA_(l−1) = dZ Wᵀ (N×D), and through f, dZ_(l−1) = dA_(l−1) ⊙ f′(Z_(l−1)) (N×D).
            ReadOnlySpan<double> weights = W(l);
            dA[l - 1] = new double[N * D];
            dZ[l - 1] = new double[N * D];
            for (int i = 0; i < N; i++)
            {
                for (int d = 0; d < D; d++)
                {
                    double sum = 0;
                    for (int h = 0; h < H; h++)
                    {
                        sum += dZ[l][(i * H) + h] * weights[(d * H) + h];
                    }

                    dA[l - 1][(i * D) + d] = sum;
                    dZ[l - 1][(i * D) + d] = sum * Hidden.Derivative(Z[l - 1][(i * D) + d], used[l - 1][(i * D) + d]);
                }
            }
        }

        return new Derivation(this, N, loss, Z, A, used, dA, dZ, dW, db);
    }

    /// <summary>The network after one step of gradient descent: θ − η dθ.</summary>
    /// <param name="X">The inputs, N×D.</param>
    /// <param name="Y">The labels, N×C.</param>
    /// <param name="N">The number of samples.</param>
    /// <param name="learningRate">η.</param>
    /// <param name="masks">See <see cref="Derive"/>.</param>
    public ReferenceNetwork Step(double[] X, double[] Y, int N, double learningRate, bool[][]? masks = null) =>
        new(sizes, Derive(X, Y, N, masks).Step(learningRate)) { Hidden = Hidden, Output = Output, SampleWeights = SampleWeights };

    /// <summary>
    /// The central difference of the loss, (L(θₖ + h) − L(θₖ − h)) / 2h ≈ ∂L/∂θₖ. Its error is of order h²
    /// where no hidden Z changes sign between the two.
    /// </summary>
    /// <param name="X">The inputs, N×D.</param>
    /// <param name="Y">The labels, N×C.</param>
    /// <param name="N">The number of samples.</param>
    /// <param name="parameterIndex">k, an index into the flat parameters.</param>
    /// <param name="h">The half-width of the difference.</param>
    /// <param name="masks">See <see cref="Derive"/>; with masks given no Z is near a kink.</param>
    public double CentralDifference(double[] X, double[] Y, int N, int parameterIndex, double h, bool[][]? masks = null)
    {
        double[] moved = [.. parameters];
        double above = parameters[parameterIndex] + h;
        double below = parameters[parameterIndex] - h;
        moved[parameterIndex] = above;
        double lossAbove = new ReferenceNetwork(sizes, moved) { Hidden = Hidden, Output = Output, SampleWeights = SampleWeights }.Loss(X, Y, N, masks);
        moved[parameterIndex] = below;
        double lossBelow = new ReferenceNetwork(sizes, moved) { Hidden = Hidden, Output = Output, SampleWeights = SampleWeights }.Loss(X, Y, N, masks);
        return (lossAbove - lossBelow) / (above - below);
    }

    /// <summary>
    /// The softmax's Jacobian for one sample, C×C: element (j, k) is ∂A_j/∂Z_k, that is A_j(1 − A_j) where j = k
    /// and −A_j A_k elsewhere.
    /// </summary>
    /// <param name="A">The sample's probabilities, C.</param>
    public static double[] SoftmaxJacobian(ReadOnlySpan<double> A)
    {
        int C = A.Length;
        double[] jacobian = new double[C * C];
        for (int j = 0; j < C; j++)
        {
            for (int k = 0; k < C; k++)
            {
                jacobian[(j * C) + k] = j == k ? A[j] * (1 - A[j]) : -A[j] * A[k];
            }
        }

        return jacobian;
    }

    /// <summary>
    /// The long way through the softmax, N×C: for each sample dZ_k = Σⱼ dA_j · ∂A_j/∂Z_k. With
    /// dA = −1/N · Y / A it equals (A − Y)/N.
    /// </summary>
    /// <param name="dA">∂L/∂A, N×C.</param>
    /// <param name="A">The probabilities, N×C.</param>
    /// <param name="classes">C.</param>
    public static double[] ThroughSoftmax(ReadOnlySpan<double> dA, ReadOnlySpan<double> A, int classes)
    {
        double[] dZ = new double[A.Length];
        for (int row = 0; row < A.Length; row += classes)
        {
            double[] jacobian = SoftmaxJacobian(A.Slice(row, classes));
            for (int k = 0; k < classes; k++)
            {
                for (int j = 0; j < classes; j++)
                {
                    dZ[row + k] += dA[row + j] * jacobian[(j * classes) + k];
                }
            }
        }

        return dZ;
    }

    private (double[][] Z, double[][] A, bool[][] Masks) Activations(double[] X, int N, bool[][]? masks)
    {
        ArgumentNullException.ThrowIfNull(X);
        ArgumentOutOfRangeException.ThrowIfLessThan(N, 1);
        CheckLength(X.Length, N * sizes[0], nameof(X));
        if (masks is not null)
        {
            CheckLength(masks.Length, Layers - 1, nameof(masks));
        }

        double[][] Z = NewLayers();
        double[][] A = NewLayers();
        bool[][] used = new bool[Layers + 1][];
        A[0] = X;

        for (int l = 1; l <= Layers; l++)
        {
            int D = sizes[l - 1];
            int H = sizes[l];

            // Z = A_(l−1) W + b (N×H).
            Z[l] = new double[N * H];
            ReadOnlySpan<double> weights = W(l);
            ReadOnlySpan<double> bias = b(l);
            for (int i = 0; i < N; i++)
            {
                for (int h = 0; h < H; h++)
                {
                    double sum = bias[h];
                    for (int d = 0; d < D; d++)
                    {
                        sum += A[l - 1][(i * D) + d] * weights[(d * H) + h];
                    }

                    Z[l][(i * H) + h] = sum;
                }
            }

            if (l == Layers)
            {
                A[l] = Output is { } f ? [.. Z[l].Select(f.Of)] : Softmax(Z[l], N, H);
                break;
            }

            // A = f(Z) (N×H), with f as it is above 0 where the mask is set.
            used[l] = new bool[N * H];
            A[l] = new double[N * H];
            if (masks is not null)
            {
                CheckLength(masks[l - 1].Length, N * H, nameof(masks));
            }

            for (int k = 0; k < N * H; k++)
            {
                used[l][k] = masks is null ? Z[l][k] > 0 : masks[l - 1][k];
                A[l][k] = Hidden.Of(Z[l][k], used[l][k]);
            }
        }

        return (Z, A, used);
    }

    // A_j = exp(Z_j − m) / Σ exp(Z_k − m) with m the row's maximum, so that no exponential overflows.
    private static double[] Softmax(double[] Z, int N, int C)
    {
        double[] A = new double[N * C];
        for (int i = 0; i < N; i++)
        {
            double max = RowMaximum(Z, i, C);
            double sum = 0;
            for (int j = 0; j < C; j++)
            {
                sum += Math.Exp(Z[(i * C) + j] - max);
            }

            for (int j = 0; j < C; j++)
            {
                A[(i * C) + j] = Math.Exp(Z[(i * C) + j] - max) / sum;
            }
        }

        return A;
    }

    // What sample i adds to a mean: its value times w/Σw, or over N.
    private double Shared(double value, int i, int N) => SampleWeights is { } w ? value * w[i] / w.Take(N).Sum() : value / N;

    // log A_j = Z_j − m − log Σ exp(Z_k − m): from Z and not from A, because A may underflow to 0.
    private double LossOf(double[] Z, double[] Y, int N)
    {
        int C = Classes;
        double total = 0;
        for (int i = 0; i < N; i++)
        {
            if (Output is { } f)
            {
                for (int k = i * C; k < (i + 1) * C; k++)
                {
                    total += Shared(f.Loss(Z[k], Y[k]), i, N);
                }

                continue;
            }

            double max = RowMaximum(Z, i, C);
            double sum = 0;
            for (int j = 0; j < C; j++)
            {
                sum += Math.Exp(Z[(i * C) + j] - max);
            }

            for (int j = 0; j < C; j++)
            {
                if (Y[(i * C) + j] != 0)
                {
                    total -= Shared(Y[(i * C) + j] * (Z[(i * C) + j] - max - Math.Log(sum)), i, N);
                }
            }
        }

        return total;
    }

    private static double RowMaximum(double[] Z, int i, int C)
    {
        double max = Z[i * C];
        for (int j = 1; j < C; j++)
        {
            max = Math.Max(max, Z[(i * C) + j]);
        }

        return max;
    }

    private void CheckLabels(double[] Y, int N)
    {
        ArgumentNullException.ThrowIfNull(Y);
        CheckLength(Y.Length, N * Classes, nameof(Y));
        for (int i = 0; i < N && Output is null; i++)
        {
            double sum = 0;
            for (int j = 0; j < Classes; j++)
            {
                sum += Y[(i * Classes) + j];
            }

            // Rows of floats sum to 1 but for rounding.
            if (!(Math.Abs(sum - 1) <= 1e-4))
            {
                throw new ArgumentException($"Row {i} of Y sums to {sum}, not to 1.", nameof(Y));
            }
        }
    }

    private static void CheckLength(int length, int expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"{expected} elements are needed, not {length}.", name);
        }
    }

    private int Layer(int l)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(l, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(l, Layers);
        return l;
    }

    private ReadOnlySpan<double> Tensor(ParameterTensor tensor) => parameters.AsSpan(tensor.Offset, tensor.Count);

    private double[][] NewLayers()
    {
        double[][] layers = new double[Layers + 1][];
        Array.Fill(layers, []);
        return layers;
    }
}
