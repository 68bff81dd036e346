using System.Globalization;

namespace AotBackprop;

/// <summary>How inputs were scaled before a network learned from them, and are to be before it is asked.</summary>
public sealed class ModelScaling
{
    private ModelScaling(float factor) => Factor = factor;

    /// <summary>What every input was divided by.</summary>
    public float Factor { get; }

    /// <summary>Every input was divided by a number.</summary>
    /// <param name="factor">The number, normal and above 0.</param>
    public static ModelScaling DivideBy(float factor) => IsFactor(factor)
        ? new ModelScaling(factor)
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "Wanted a normal number above 0.");

    /// <summary>As in <c>divided by 16</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"divided by {Factor}");

    internal static bool IsFactor(float factor) => float.IsNormal(factor) && factor > 0;
}
