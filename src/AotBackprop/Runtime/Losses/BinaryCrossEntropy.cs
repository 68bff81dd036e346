using System.ComponentModel;
using System.Runtime.Intrinsics;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

/// <summary>The binary cross-entropy −Y log A − (1 − Y) log(1 − A) of a sigmoid output, A = σ(Z).</summary>
/// <remarks>
/// It is log(1 + eᶻ) − Y Z, and that is max(Z, 0) − Y Z + log(1 + e^−|Z|), which no Z makes infinite.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct BinaryCrossEntropy : IOutputLoss
{
    /// <summary>The loss of one sample.</summary>
    /// <param name="z">Its Z.</param>
    /// <param name="y">Its Y.</param>
    /// <param name="outputs">C.</param>
    public static double OfOne(float* z, float* y, int outputs) => OutputLosses.OfOne(default(BinaryCrossEntropy), z, y, outputs);

    /// <inheritdoc/>
    public void Evaluate(float* z, float* y, int count, double* losses)
    {
        for (int i = 0; i < count; i += 4)
        {
            Vector128<float> Z = Vector128.Load(z + i);
            Vector256<double> e = Wide(Exponential.Of<Vectors128, Vector128<float>>(-Vector128.Abs(Z)));
            Vector256<double> wide = Wide(Z);

            // Where Z is not finite, neither is the loss.
            Vector256<double> positive = Vector256.ConditionalSelect(
                Vector256.LessThan(wide, Vector256<double>.Zero), Vector256<double>.Zero, wide);
            (positive - (Wide(Vector128.Load(y + i)) * wide) + Logarithm.OfOnePlus(e)).Store(losses + i);
        }
    }

    private static Vector256<double> Wide(Vector128<float> v) => Vector256.Create(Vector128.WidenLower(v), Vector128.WidenUpper(v));
}
