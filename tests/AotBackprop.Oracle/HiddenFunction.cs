namespace AotBackprop.Oracle;

/// <summary>What Z of a hidden layer passes through: A = f(Z) and f′(Z), as textbooks have them.</summary>
/// <param name="HasKink">Whether f′ jumps at 0, so that a float run may be on its other side.</param>
/// <param name="Of">f(z), given z and the side of 0 that it is taken for: above or not.</param>
/// <param name="Derivative">f′(z), given the same.</param>
public sealed record HiddenFunction(bool HasKink, Func<double, bool, double> Of, Func<double, bool, double> Derivative)
{
    /// <summary>z above 0, else 0.</summary>
    public static HiddenFunction Relu { get; } = new(true, (z, isAbove) => isAbove ? z : 0, (_, isAbove) => isAbove ? 1 : 0);

    /// <summary>z above 0, else 0.01 z, the factor being a float.</summary>
    public static HiddenFunction LeakyRelu { get; } =
        new(true, (z, isAbove) => isAbove ? z : 0.01f * z, (_, isAbove) => isAbove ? 1 : 0.01f);

    /// <summary>z above 0, else eᶻ − 1.</summary>
    public static HiddenFunction Elu { get; } =
        Smooth(z => z > 0 ? z : z < -50 ? -1 : 2 * Math.Exp(z / 2) * Math.Sinh(z / 2), z => z > 0 ? 1 : Math.Exp(z));

    /// <summary>The hyperbolic tangent.</summary>
    public static HiddenFunction Tanh { get; } = Smooth(Math.Tanh, z => 1 / (Math.Cosh(z) * Math.Cosh(z)));

    /// <summary>1/(1 + e⁻ᶻ).</summary>
    public static HiddenFunction Sigmoid { get; } = Smooth(Logistic, z => Logistic(z) * Logistic(-z));

    /// <summary>log(1 + eᶻ).</summary>
    public static HiddenFunction Softplus { get; } = Smooth(z => Math.Max(z, 0) + LogOnePlus(Math.Exp(-Math.Abs(z))), Logistic);

    /// <summary>z/(1 + e⁻ᶻ).</summary>
    public static HiddenFunction Silu { get; } =
        Smooth(z => z * Logistic(z), z => Logistic(z) * (1 + (z * Logistic(-z))));

    /// <summary>z Φ(z).</summary>
    public static HiddenFunction Gelu { get; } =
        Smooth(z => z * Phi(z), z => Phi(z) + (z * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI)));

    /// <summary>½z (1 + tanh(√(2/π) (z + 0.044715 z³))).</summary>
    public static HiddenFunction GeluTanh { get; } = Smooth(
        z => z * Logistic(2 * Inner(z)),
        z => Logistic(2 * Inner(z)) + (z * 2 * InnerSlope(z) * Logistic(2 * Inner(z)) * Logistic(-2 * Inner(z))));

    /// <summary>z.</summary>
    public static HiddenFunction Identity { get; } = Smooth(z => z, _ => 1);

    /// <summary>Each by its name.</summary>
    public static IReadOnlyDictionary<string, HiddenFunction> ByName { get; } = new Dictionary<string, HiddenFunction>
    {
        ["relu"] = Relu,
        ["leaky_relu"] = LeakyRelu,
        ["elu"] = Elu,
        ["tanh"] = Tanh,
        ["sigmoid"] = Sigmoid,
        ["softplus"] = Softplus,
        ["silu"] = Silu,
        ["identity"] = Identity,
        ["gelu_tanh"] = GeluTanh,
        ["gelu"] = Gelu,
    };

    private static HiddenFunction Smooth(Func<double, double> of, Func<double, double> derivative) =>
        new(false, (z, _) => of(z), (z, _) => derivative(z));

    private static double Logistic(double z) => 1 / (1 + Math.Exp(-z));

    // Of a small number the sum 1 + x has lost most of it, which the quotient gives back.
    private static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }

    private static double Inner(double z) => Math.Sqrt(2 / Math.PI) * (z + (0.044715 * z * z * z));

    private static double InnerSlope(double z) => Math.Sqrt(2 / Math.PI) * (1 + (3 * 0.044715 * z * z));

    // Near 0 the series of ½ + φ(z) (z + z³/3 + z⁵/15 + …); beyond, the continued fraction of the tail.
    private static double Phi(double z)
    {
        double density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        if (Math.Abs(z) < 3)
        {
            double term = z, sum = z;
            for (int k = 3; Math.Abs(term) > 1e-18 * Math.Abs(sum); k += 2)
            {
                term *= z * z / k;
                sum += term;
            }

            return 0.5 + (density * sum);
        }

        double fraction = Math.Abs(z);
        for (int k = 200; k >= 1; k--)
        {
            fraction = Math.Abs(z) + (k / fraction);
        }

        double tail = density / fraction;
        return z > 0 ? 1 - tail : tail;
    }
}
