using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

/// <summary>Half the squared error of a linear output, ½(A − Y)² with A = Z.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct SquaredError : IOutputLoss
{
    /// <summary>The loss of one sample.</summary>
    /// <param name="z">Its Z.</param>
    /// <param name="y">Its Y.</param>
    /// <param name="outputs">C.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double OfOne(float* z, float* y, int outputs)
    {
        double loss = 0;
        for (int j = 0; j < outputs; j++)
        {
            double error = (double)z[j] - y[j];
            loss += 0.5 * (error * error);
        }

        return loss;
    }

    /// <inheritdoc/>
    public void Evaluate(float* z, float* y, int count, double* terms, double* factors)
    {
        for (int i = 0; i < count; i += 4)
        {
            Vector256<double> error = OutputLosses.Wide(z + i) - OutputLosses.Wide(y + i);
            (Vector256.Create(0.5) * (error * error)).Store(terms + i);
        }
    }
}
