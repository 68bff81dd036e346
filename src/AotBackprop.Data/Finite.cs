namespace AotBackprop.Data;

/// <summary>Numbers that are neither infinite nor NaN.</summary>
internal static class Finite
{
    public static bool All(ReadOnlySpan<double> numbers) => numbers.IndexOfAnyExceptInRange(double.MinValue, double.MaxValue) < 0;
}
