using AotBackprop.Oracle;

namespace AotBackprop.Tests.Support;

/// <summary>One batch through a network and through the reference network in double, tensor by tensor.</summary>
internal sealed class OracleComparison
{
    /// <summary>How far an entry may be off, as a part of its tensor's largest entry.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>How far an entry may be off anyway: where sums cancel, what is left is smaller than the rounding of its terms.</summary>
    public const double Floor = 1e-7;

    // The three roundings of a float division by N and by A.
    private const double DivisionTolerance = 4e-7;

    private readonly List<string> _differences = [];

    private OracleComparison()
    {
    }

    /// <summary>What differs.</summary>
    public IReadOnlyList<string> Differences => _differences;

    /// <summary>The largest error met in each kind of tensor, as a part of what is allowed.</summary>
    public Dictionary<string, double> Worst { get; } = [];

    public static OracleComparison Of(Subject subject, Batch batch)
    {
        OracleComparison comparison = new();
        comparison.Compare(subject, batch);
        return comparison;
    }

    private void Compare(Subject subject, Batch batch)
    {
        int[] sizes = subject.Sizes;
        int L = sizes.Length - 1;
        Intermediates trace = subject.Trace(batch);
        (double loss, float[] gradient) = subject.Gradient(batch);

        // Near 0 a float's Z may have the other sign; with the float run's own masks the two are comparable.
        bool[][] masks = [.. Enumerable.Range(1, L - 1).Select(l => trace[$"A{l}"].Select(a => a > 0).ToArray())];
        double[] Y = ReferenceNetwork.Widen(batch.Y);
        ReferenceNetwork network = new(sizes, subject.Parameters) 
        {
            Hidden = subject.Hidden,
            Output = subject.Outputs,
            SampleWeights = batch.Weights.Length == 0 ? null : ReferenceNetwork.Widen(batch.Weights),
        };
        Derivation expected = network.Derive(ReferenceNetwork.Widen(batch.X), Y, batch.N, masks);

        Entry("L", 0, trace.Loss, expected.Loss, 1e-6 * Math.Max(1, expected.Loss));
        Entry("L of Gradient", 0, loss, trace.Loss, 0);
        for (int l = 1; l <= L; l++)
        {
            Tensor($"Z{l}", trace[$"Z{l}"], expected.Z(l));
            Tensor($"A{l}", trace[$"A{l}"], expected.A(l));
            Tensor($"dZ{l}", trace[$"dZ{l}"], expected.dZ(l));
            Tensor($"dW{l}", trace[$"dW{l}"], expected.dW(l));
            Tensor($"db{l}", trace[$"db{l}"], expected.db(l));
            if (l < L)
            {
                Tensor($"dA{l}", trace[$"dA{l}"], expected.dA(l));
                if (subject.Hidden.HasKink)
                {
                    Mask(l, trace[$"A{l}"], expected.Z(l));
                }
            }
        }

        double[] weights = batch.Weights.Length == 0 ? [.. Enumerable.Repeat(1.0, batch.N)] : ReferenceNetwork.Widen(batch.Weights);
        OutputActivationGradient(L, trace, batch.Y, [.. weights.Select(w => w / weights.Sum())], subject.Outputs);
        foreach (ParameterTensor tensor in ParameterTensor.Of(sizes))
        {
            Tensor($"d{tensor.Name} of Gradient", gradient.AsSpan(tensor.Offset, tensor.Count), Values(expected, tensor));
        }
    }

    private static double[] Values(Derivation derivation, ParameterTensor tensor) =>
        tensor.Name[0] == 'W' ? derivation.dW(tensor.Layer) : derivation.db(tensor.Layer);

    private void Tensor(string name, ReadOnlySpan<float> actual, double[] expected)
    {
        if (actual.Length != expected.Length)
        {
            _differences.Add($"{name} has {actual.Length} entries, expected {expected.Length}");
            return;
        }

        double allowed = Allowed(expected);
        for (int i = 0; i < expected.Length; i++)
        {
            Entry(name, i, actual[i], expected[i], allowed);
        }
    }

    private void Mask(int l, float[] A, double[] Z)
    {
        double tiny = Allowed(Z);
        for (int i = 0; i < Z.Length; i++)
        {
            if (Math.Abs(Z[i]) > tiny && A[i] > 0 != Z[i] > 0)
            {
                _differences.Add($"the mask of A{l}[{i}] = {A[i]:R}, where Z{l} is {Z[i]:R}");
            }
        }
    }

    /// <summary>
    /// ∂L/∂A of the output layer against the float run's own A, each entry relative to itself. A has been compared as a
    /// tensor, to a part of its largest entry; a tiny A has few digits that are right relative to itself, and 1/A turns
    /// their error into one as large as the tensor's largest entry, or into an infinity.
    /// </summary>
    private void OutputActivationGradient(int L, Intermediates trace, float[] Y, double[] shares, OutputFunction? output)
    {
        (float[] dA, float[] A) = (trace[$"dA{L}"], trace[$"A{L}"]);
        for (int i = 0; i < dA.Length; i++)
        {
            double derivative = output is null ? Y[i] == 0 ? 0 : -Y[i] / (double)A[i] : output.Derivative(A[i], Y[i]);
            double expected = derivative * shares[i / (Y.Length / shares.Length)];
            if (Math.Abs(expected) > float.MaxValue)
            {
                expected *= double.PositiveInfinity;
            }

            Entry($"dA{L}", i, dA[i], expected, DivisionTolerance * Math.Abs(expected));
        }
    }

    private void Entry(string name, int index, double actual, double expected, double allowed)
    {
        double error = actual == expected ? 0 : Math.Abs(actual - expected);

        // Also where the error is NaN.
        if (!(error <= allowed))
        {
            _differences.Add($"{name}[{index}] is {actual:R}, expected {expected:R} within {allowed:R}");
        }

        string kind = name.TrimEnd("0123456789".ToCharArray());
        if (error > 0)
        {
            Worst[kind] = Math.Max(Worst.GetValueOrDefault(kind), error / allowed);
        }
    }

    private static double Allowed(double[] expected) => Math.Max(Floor, Tolerance * expected.Max(Math.Abs));
}
