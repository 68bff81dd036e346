using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

/// <summary>The binary cross-entropy −Y log A − (1 − Y) log(1 − A) of a sigmoid output, A = σ(Z).</summary>
/// <remarks>
/// It is log(1 + eᶻ) − Y Z, and that is max(Z, 0) − Y Z + log(1 + e^−|Z|), which no Z makes infinite. The logarithms of a
/// sample's outputs are one of their product.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct BinaryCrossEntropy : IOutputLoss
{
    /// <inheritdoc/>
    public static bool HasFactors => true;

    /// <summary>The loss of one sample.</summary>
    /// <param name="z">Its Z.</param>
    /// <param name="y">Its Y.</param>
    /// <param name="outputs">C.</param>
    public static double OfOne(float* z, float* y, int outputs) => OutputLosses.OfOne(default(BinaryCrossEntropy), z, y, outputs);

    /// <inheritdoc/>
    public void Evaluate(float* z, float* y, int count, double* terms, double* factors)
    {
        for (int i = 0; i < count; i += 8)
        {
            Vector256<float> e = Exponential.Of<Vectors256, Vector256<float>>(-Vector256.Abs(Vector256.Load(z + i)));
            OutputLosses.Wide(e.GetLower()).Store(factors + i);
            OutputLosses.Wide(e.GetUpper()).Store(factors + i + 4);
            Linear(z + i, y + i).Store(terms + i);
            Linear(z + i + 4, y + i + 4).Store(terms + i + 4);
        }
    }

    /// <summary>max(Z, 0) − Y Z. Where Z is not finite, neither is this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Linear(float* z, float* y)
    {
        Vector256<double> Z = OutputLosses.Wide(z);
        Vector256<double> positive = Vector256.ConditionalSelect(
            Vector256.LessThan(Z, Vector256<double>.Zero), Vector256<double>.Zero, Z);
        return positive - (OutputLosses.Wide(y) * Z);
    }
}
