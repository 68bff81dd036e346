namespace AotBackprop;

/// <summary>A network that says numbers: of linear outputs.</summary>
public interface IRegressor : INetwork
{
    /// <summary>Loss, mean absolute error and R² over a set of samples.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="targets">N×C finite values.</param>
    RegressionEvaluation Evaluate(ReadOnlySpan<float> X, Targets targets);
}
