namespace AotBackprop.Runtime;

/// <summary>The first mistake in an optimizer's numbers.</summary>
internal partial struct OptimizerSettings
{
    /// <summary>Whether there is such an optimizer, and which number of it is wrong.</summary>
    /// <param name="came">Receives the number that is wrong: a field, or what the fields that a status names give together.</param>
    internal readonly NetworkStatus Validate(out double came)
    {
        // What most steps have, of which a tiny network's is short.
        if (ArePlain && IsMagnitude(LearningRate))
        {
            return Fault(NetworkStatus.Ok, 0, out came);
        }

        OptimizerTraits traits = Traits;
        NetworkStatus status = OptimizerTraits.Exist(Kind) ? ValidateUsed(traits, out came)
            : Fault(NetworkStatus.UnknownOptimizer, (int)Kind, out came);
        status = status == NetworkStatus.Ok ? ValidateUnused(traits, out came) : status;
        return status != NetworkStatus.Ok ? status
            : !IsMagnitude(WeightDecay) ? Fault(NetworkStatus.InvalidWeightDecay, WeightDecay, out came)
            : !IsMagnitude(ClipNorm) ? Fault(NetworkStatus.InvalidClipNorm, ClipNorm, out came)
            : !IsMagnitude(LearningRate) ? Fault(NetworkStatus.InvalidLearningRate, LearningRate, out came)
            : ArePossible() ? NetworkStatus.Ok
            : DecoupledDecay > LargestDecay ? Fault(NetworkStatus.DecayTooLarge, DecoupledDecay, out came)
            : !traits.Has(OptimizerNumbers.Epsilon) ? Fault(NetworkStatus.LearningRateTooLarge, LearningRate, out came)
            : !(AdamRate(1) < float.MaxValue) ? Fault(NetworkStatus.AdamRateNotFinite, AdamRate(1), out came)
            : Fault(NetworkStatus.AdamRateTooLarge, AdamRate(1) / Epsilon, out came);
    }

    /// <summary>That what the optimizer uses is in its range.</summary>
    private readonly NetworkStatus ValidateUsed(OptimizerTraits traits, out double came) =>
        traits.Has(OptimizerNumbers.Momentum) && !IsMemory(Momentum)
            ? Fault(NetworkStatus.InvalidMomentum, Momentum, out came)
        : traits.Has(OptimizerNumbers.Beta1) && !IsMemory(Beta1)
            ? Fault(NetworkStatus.InvalidBeta1, Beta1, out came)
        : traits.Has(OptimizerNumbers.Beta2) && !IsMemory(Beta2)
            ? Fault(NetworkStatus.InvalidBeta2, Beta2, out came)
        : traits.Has(OptimizerNumbers.Epsilon) && !IsEpsilon(Epsilon)
            ? Fault(NetworkStatus.InvalidEpsilon, Epsilon, out came)
        : Fault(NetworkStatus.Ok, 0, out came);

    /// <summary>That what the optimizer does not use is 0.</summary>
    private readonly NetworkStatus ValidateUnused(OptimizerTraits traits, out double came) =>
        !traits.Has(OptimizerNumbers.Momentum) && Momentum != 0
            ? Fault(NetworkStatus.UnusedMomentum, Momentum, out came)
        : !traits.Has(OptimizerNumbers.Beta1) && Beta1 != 0
            ? Fault(NetworkStatus.UnusedBeta1, Beta1, out came)
        : !traits.Has(OptimizerNumbers.Beta2) && Beta2 != 0
            ? Fault(NetworkStatus.UnusedBeta2, Beta2, out came)
        : !traits.Has(OptimizerNumbers.Epsilon) && Epsilon != 0
            ? Fault(NetworkStatus.UnusedEpsilon, Epsilon, out came)
        : Fault(NetworkStatus.Ok, 0, out came);

    private static NetworkStatus Fault(NetworkStatus status, double number, out double came)
    {
        came = number;
        return status;
    }
}
