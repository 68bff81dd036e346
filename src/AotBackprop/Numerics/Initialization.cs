namespace AotBackprop.Numerics;

/// <summary>The first values of the parameters.</summary>
public static class Initialization
{
    /// <summary>
    /// Draws weights uniformly from ±√(6/fan-in), which keeps the variance of rectified activations from layer to
    /// layer (He and others, 2015).
    /// </summary>
    /// <param name="weights">Row by row, a row for each input of the layer.</param>
    /// <param name="fanIn">The number of inputs of the layer.</param>
    /// <param name="random">Gives one draw to each weight.</param>
    public static void HeUniform(Span<float> weights, int fanIn, ref Xoshiro256 random)
    {
        double limit = Math.Sqrt(6.0 / fanIn);
        foreach (ref float weight in weights)
        {
            weight = (float)(((2 * random.NextUnit()) - 1) * limit);
        }
    }
}
