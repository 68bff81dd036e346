namespace AotBackprop.Oracle;

/// <summary>What the output layer makes of each Z by itself, and the loss, as textbooks have them.</summary>
/// <param name="Of">A, given Z.</param>
/// <param name="Loss">The loss of an output, given Z and Y; from Z and not from A, which may be at a limit.</param>
/// <param name="Derivative">∂ of it by A, given A and Y.</param>
/// <param name="Difference">∂ of it by Z, given A and Y.</param>
public sealed record OutputFunction(
    Func<double, double> Of,
    Func<double, double, double> Loss,
    Func<double, double, double> Derivative,
    Func<double, double, double> Difference)
{
    /// <summary>A = Z with half the squared error.</summary>
    public static OutputFunction Linear { get; } =
        new(z => z, (z, y) => (z - y) * (z - y) / 2, (a, y) => a - y, (a, y) => a - y);

    /// <summary>A = 1/(1 + e⁻ᶻ) with the binary cross-entropy.</summary>
    public static OutputFunction Sigmoid { get; } = new(
        z => z < 0 ? Math.Exp(z) / (1 + Math.Exp(z)) : 1 / (1 + Math.Exp(-z)),
        (z, y) => (z < 0 ? -z * y : z * (1 - y)) + LogOnePlus(Math.Exp(-Math.Abs(z))),
        (a, y) => a == y ? 0 : (a - y) / (a * (1 - a)),
        (a, y) => a - y);

    /// <summary>A = Z with Huber's loss.</summary>
    /// <param name="delta">δ.</param>
    public static OutputFunction Huber(double delta) => new(
        z => z,
        (z, y) => Math.Abs(z - y) <= delta ? (z - y) * (z - y) / 2 : delta * (Math.Abs(z - y) - (delta / 2)),
        (a, y) => Math.Clamp(a - y, -delta, delta),
        (a, y) => Math.Clamp(a - y, -delta, delta));

    /// <summary>That of an output by its name; null of a softmax, whose A are not of one Z each.</summary>
    /// <param name="name">The name.</param>
    /// <param name="delta">δ of Huber's loss.</param>
    public static OutputFunction? ByName(string name, double delta) => name switch
    {
        "softmax" => null,
        "linear" => Linear,
        "sigmoid" => Sigmoid,
        "huber" => Huber(delta),
        _ => throw new ArgumentException($"There is no output '{name}'.", nameof(name)),
    };

    // log(1 + x) with few wrong bits where x is small (Kahan).
    private static double LogOnePlus(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : Math.Log(u) * x / (u - 1);
    }
}
