using System.Globalization;

namespace AotBackprop.Runtime;

/// <summary>What is wrong with an optimizer's numbers, or with a step, in words.</summary>
internal partial struct OptimizerSettings
{
    /// <summary>Why no step at all is possible with these numbers; null where one is.</summary>
    internal readonly string? WhyImpossible() => ArePossible() ? null
        : DecoupledDecay > LargestDecay ? string.Create(
            CultureInfo.InvariantCulture,
            $"learningRate {LearningRate:G6} times weightDecay {WeightDecay:G6} is {DecoupledDecay:G6}; wanted 2 or less, for with more the weights would grow.")
        : !Traits.Has(OptimizerNumbers.Epsilon) ? string.Create(
            CultureInfo.InvariantCulture, $"learningRate is {LearningRate:G6}; wanted below {LargestMomentumRate:G3} with momentum.")
        : !(AdamRate(1) < float.MaxValue) ? string.Create(
            CultureInfo.InvariantCulture,
            $"learningRate {LearningRate:G6} / (1 − beta1 {Beta1:G6}) is {AdamRate(1):G3}; wanted below {float.MaxValue:G3}.")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"learningRate {LearningRate:G6} / (1 − beta1 {Beta1:G6}) / epsilon {Epsilon:G6} is {AdamRate(1) / Epsilon:G3}; wanted below {LargestAdamRatio:G3}: the first step could overflow.");

    /// <summary>Why a step is refused, of which <see cref="AreSafe"/> says so; null where that is not the reason.</summary>
    /// <param name="what">What has the derivatives.</param>
    /// <param name="bound">Of |dW| and |db|.</param>
    /// <param name="largestParameter">The largest |W| and |b|.</param>
    internal readonly string? WhyUnsafe(string what, double bound, double largestParameter)
    {
        if (AreSafe(bound, largestParameter))
        {
            return null;
        }

        if (!(bound < float.MaxValue))
        {
            // NaN is a product of 0 and what has overflowed.
            double reached = double.IsNaN(bound) ? double.PositiveInfinity : bound;
            return string.Create(CultureInfo.InvariantCulture, $"A derivative in {what} may reach {reached:G3}, more than a float can hold");
        }

        double taken = Taken(bound, largestParameter);
        return StateArrays == 0 && taken < float.MaxValue
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"An update by {what} may reach learningRate {LearningRate:G6} · {taken:G3}; wanted below {LargestUpdate:G3}, so that no parameter overflows")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"A derivative in {what} may reach {taken:G3}; {Kind} takes those below {(StateArrays == 0 ? float.MaxValue : LargestKept):G3}");
    }
}
