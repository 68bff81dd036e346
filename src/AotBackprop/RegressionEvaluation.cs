namespace AotBackprop;

/// <summary>How a network of linear outputs does on a set of samples.</summary>
/// <param name="Loss">The mean loss, that of training; weights count in it.</param>
/// <param name="MeanAbsoluteError">The mean |A − Y| over samples and outputs.</param>
/// <param name="RSquared">
/// R² = 1 − Σ (A − Y)² / Σ (Y − Ȳ)², the mean over the outputs: 1 for a network that is always right, 0 for one that says the
/// mean. An output whose targets are all the same counts 1 where the network says them exactly, else 0.
/// </param>
/// <param name="Count">Samples in all.</param>
public readonly record struct RegressionEvaluation(double Loss, double MeanAbsoluteError, double RSquared, long Count);
