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
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            // Of more than 8 there is memory for 16.
            for (; i < count - 8; i += 16)
            {
                Vector512<float> Z = Vector512.Load(z + i), Y = Vector512.Load(y + i);
                Vector512<float> e = Exponential.Of<Vectors512, Vector512<float>>(-Vector512.Abs(Z));
                Vector512.WidenLower(e).Store(factors + i);
                Vector512.WidenUpper(e).Store(factors + i + 8);
                Linear(Vector512.WidenLower(Z), Vector512.WidenLower(Y)).Store(terms + i);
                Linear(Vector512.WidenUpper(Z), Vector512.WidenUpper(Y)).Store(terms + i + 8);
            }
        }

        for (; i < count; i += 8)
        {
            Vector256<float> e = Exponential.Of<Vectors256, Vector256<float>>(-Vector256.Abs(Vector256.Load(z + i)));
            OutputLosses.Wide(e.GetLower()).Store(factors + i);
            OutputLosses.Wide(e.GetUpper()).Store(factors + i + 4);
            Linear(OutputLosses.Wide(z + i), OutputLosses.Wide(y + i)).Store(terms + i);
            Linear(OutputLosses.Wide(z + i + 4), OutputLosses.Wide(y + i + 4)).Store(terms + i + 4);
        }
    }

    /// <summary>max(Z, 0) − Y Z. Where Z is not finite, neither is this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Linear(Vector512<double> Z, Vector512<double> Y) =>
        Vector512.ConditionalSelect(Vector512.LessThan(Z, Vector512<double>.Zero), Vector512<double>.Zero, Z) - (Y * Z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Linear(Vector256<double> Z, Vector256<double> Y) =>
        Vector256.ConditionalSelect(Vector256.LessThan(Z, Vector256<double>.Zero), Vector256<double>.Zero, Z) - (Y * Z);
}
