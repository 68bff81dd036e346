using System.ComponentModel;

namespace AotBackprop.Runtime;

/// <summary>
/// A loss that is a sum over the outputs of a sample, each a function of its own Z and Y; and, of some, of the logarithm of
/// the product of 1 + x over the outputs: one logarithm for a sample.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe interface IOutputLoss
{
    /// <summary>Whether there is such a product.</summary>
    static virtual bool HasFactors => false;

    /// <summary>The loss of each output, without the logarithm.</summary>
    /// <param name="z">Z; memory up to a multiple of 8 is read.</param>
    /// <param name="y">Y; likewise.</param>
    /// <param name="count">How many, up to <see cref="OutputLosses.Together"/>.</param>
    /// <param name="terms">Receives them; memory up to a multiple of 8 is written.</param>
    /// <param name="factors">Receives x of each output, from 0 to 1, where there is a product; likewise.</param>
    void Evaluate(float* z, float* y, int count, double* terms, double* factors);
}
