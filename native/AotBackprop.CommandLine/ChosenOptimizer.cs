namespace AotBackprop.CommandLine;

/// <summary>The optimizer that was asked for.</summary>
/// <param name="Name">What <c>--optimizer</c> calls it.</param>
/// <param name="Optimizer">The optimizer, which has trained nothing yet.</param>
/// <param name="Numbers">Its numbers by the names of their options, those that were not given too.</param>
internal sealed record ChosenOptimizer(string Name, Optimizer Optimizer, IReadOnlyList<(string Option, float Value)> Numbers);
