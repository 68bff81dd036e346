namespace AotBackprop.Runtime;

/// <summary>The first mistake in an optimizer's numbers.</summary>
internal partial struct OptimizerSettings
{
    /// <summary>Whether there is such an optimizer, and which number of it is wrong.</summary>
    /// <param name="came">Receives the number that is wrong: a field, or what the fields that a status names give together.</param>
    internal readonly NetworkStatus Validate(out double came)
    {
        NetworkStatus status = Kind == OptimizerKind.Sgd ? ValidateUnused(momentum: true, adam: true, out came)
            : StateArrays == 1 ? ValidateMomentum(out came)
            : Kind is OptimizerKind.Adam or OptimizerKind.AdamW ? ValidateAdam(out came)
            : Fault(NetworkStatus.UnknownOptimizer, (int)Kind, out came);
        return status != NetworkStatus.Ok ? status
            : !IsMagnitude(WeightDecay) ? Fault(NetworkStatus.InvalidWeightDecay, WeightDecay, out came)
            : !IsMagnitude(ClipNorm) ? Fault(NetworkStatus.InvalidClipNorm, ClipNorm, out came)
            : !IsMagnitude(LearningRate) ? Fault(NetworkStatus.InvalidLearningRate, LearningRate, out came)
            : ArePossible() ? NetworkStatus.Ok
            : StateArrays == 1 ? Fault(NetworkStatus.LearningRateTooLarge, LearningRate, out came)
            : DecoupledDecay > LargestDecay ? Fault(NetworkStatus.DecayTooLarge, DecoupledDecay, out came)
            : !(AdamRate(1) < float.MaxValue) ? Fault(NetworkStatus.AdamRateNotFinite, AdamRate(1), out came)
            : Fault(NetworkStatus.AdamRateTooLarge, AdamRate(1) / Epsilon, out came);
    }

    private readonly NetworkStatus ValidateMomentum(out double came) =>
        IsMemory(Momentum)
            ? ValidateUnused(momentum: false, adam: true, out came)
            : Fault(NetworkStatus.InvalidMomentum, Momentum, out came);

    private readonly NetworkStatus ValidateAdam(out double came) =>
        !IsMemory(Beta1) ? Fault(NetworkStatus.InvalidBeta1, Beta1, out came)
        : !IsMemory(Beta2) ? Fault(NetworkStatus.InvalidBeta2, Beta2, out came)
        : !IsEpsilon(Epsilon) ? Fault(NetworkStatus.InvalidEpsilon, Epsilon, out came)
        : ValidateUnused(momentum: true, adam: false, out came);

    /// <summary>That what the optimizer does not use is 0.</summary>
    private readonly NetworkStatus ValidateUnused(bool momentum, bool adam, out double came) =>
        momentum && Momentum != 0 ? Fault(NetworkStatus.UnusedMomentum, Momentum, out came)
        : adam && Beta1 != 0 ? Fault(NetworkStatus.UnusedBeta1, Beta1, out came)
        : adam && Beta2 != 0 ? Fault(NetworkStatus.UnusedBeta2, Beta2, out came)
        : adam && Epsilon != 0 ? Fault(NetworkStatus.UnusedEpsilon, Epsilon, out came)
        : Fault(NetworkStatus.Ok, 0, out came);

    private static NetworkStatus Fault(NetworkStatus status, double number, out double came)
    {
        came = number;
        return status;
    }
}
