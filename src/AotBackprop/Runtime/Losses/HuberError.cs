using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

/// <summary>
/// Huber's loss of a linear output: of r = A − Y half the square where |r| is no more than δ, else δ(|r| − ½δ).
/// </summary>
/// <param name="delta">δ, finite and above 0.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct HuberError(float delta) : IOutputLoss
{
    private readonly double _delta = delta;

    /// <summary>The loss of one sample.</summary>
    /// <param name="z">Its Z.</param>
    /// <param name="y">Its Y.</param>
    /// <param name="outputs">C.</param>
    /// <param name="delta">δ.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double OfOne(float* z, float* y, int outputs, float delta)
    {
        double loss = 0;
        for (int j = 0; j < outputs; j++)
        {
            loss += Of((double)z[j] - y[j], delta);
        }

        return loss;
    }

    /// <inheritdoc/>
    public void Evaluate(float* z, float* y, int count, double* terms, double* factors)
    {
        Vector256<double> delta = Vector256.Create(_delta), half = Vector256.Create(0.5);
        for (int i = 0; i < count; i += 4)
        {
            Vector256<double> error = OutputLosses.Wide(z + i) - OutputLosses.Wide(y + i);
            Vector256<double> size = Vector256.Abs(error);
            Vector256.ConditionalSelect(
                Vector256.LessThanOrEqual(size, delta),
                half * (error * error),
                delta * (size - (half * delta))).Store(terms + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Of(double error, double delta)
    {
        double size = Math.Abs(error);
        return size <= delta ? 0.5 * (error * error) : delta * (size - (0.5 * delta));
    }
}
