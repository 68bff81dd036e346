using System.ComponentModel;

namespace AotBackprop.Runtime;

/// <summary>A loss that is a sum over the outputs of a sample, each a function of its own Z and Y.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe interface IOutputLoss
{
    /// <summary>The loss of each output.</summary>
    /// <param name="z">Z; memory up to a multiple of 8 is read.</param>
    /// <param name="y">Y; likewise.</param>
    /// <param name="count">How many, up to <see cref="OutputLosses.Together"/>.</param>
    /// <param name="losses">Receives them; memory up to a multiple of 8 is written.</param>
    void Evaluate(float* z, float* y, int count, double* losses);
}
