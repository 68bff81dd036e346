using static AotBackprop.NetworkStatus;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>Each status in a sentence, in the order of their numbers.</summary>
internal static class StatusTexts
{
    public static readonly IReadOnlyList<(NetworkStatus Status, string Sentence)> All =
    [
        (Ok, "no error"),
        (NullPointer, "a pointer that is needed is null"),
        (InvalidCount, "the number of samples is zero, or larger than memory can hold"),
        (WorkspaceTooSmall, "the workspace is smaller than its size function says"),
        (LabelOutOfRange, "a label is not a class number"),
        (InvalidProbabilities, "a probability is negative or not finite, or a row does not sum to 1 within 1e-4"),
        (InputNotFinite, "an input is infinite or not a number"),
        (InvalidLearningRate, "options.learning_rate is negative, infinite or not a number"),
        (NotFinite, "the loss or a gradient is not finite, or an update could overflow"),
        (InvalidBatch, "epoch.batch_size is zero"),
        (InvalidOptions, "options.size is not that of a version that this library knows"),
        (OptimizerStateTooSmall, "the optimizer's state is smaller than its size function says"),
        (
            FloatingPointEnvironment,
            "the processor flushes denormals or does not round to nearest, as in a host linked with -ffast-math"),
        (SelfTestFailed, "the self-test found a wrong gradient"),
        (OutOfMemory, "there is no memory for the self-test"),
        (InvalidOptimizerState, "the optimizer's state is another's, or was not zeroed before the first step"),
        (InvalidTeam, "threads is 0, or more than 1024"),
        (UnknownOption, "what this library does not know of options, which are of a later version, is not 0"),
        (UnknownOptimizer, OptimizerTexts.Unknown),
        (InvalidMomentum, "options.momentum is not from 0 to 0.999999"),
        (InvalidBeta1, "options.beta1 is not from 0 to 0.999999"),
        (InvalidBeta2, "options.beta2 is not from 0 to 0.999999"),
        (InvalidEpsilon, "options.epsilon is infinite, not a number, or below 1e-20"),
        (InvalidWeightDecay, "options.weight_decay is negative, infinite or not a number"),
        (InvalidClipNorm, "options.clip_norm is negative, infinite or not a number"),
        (UnusedMomentum, OptimizerTexts.Unused(OptimizerNumbers.Momentum)),
        (UnusedBeta1, OptimizerTexts.Unused(OptimizerNumbers.Beta1)),
        (UnusedBeta2, OptimizerTexts.Unused(OptimizerNumbers.Beta2)),
        (UnusedEpsilon, OptimizerTexts.Unused(OptimizerNumbers.Epsilon)),
        (LearningRateTooLarge, "options.learning_rate is 2^41 or more, with momentum"),
        (
            AdamRateTooLarge,
            "options.learning_rate / (1 - beta1) / epsilon is 2^61 or more: the first step could overflow"),
        (DecayTooLarge, OptimizerTexts.DecayTooLarge),
        (InvalidEpoch, "epoch.size is not that of a version that this library knows"),
        (UnknownEpochOption, "what this library does not know of epoch, which is of a later version, is not 0"),
        (InvalidBatchRange, "epoch.first_batch and batch_count name batches that the epoch does not have"),
        (UnknownInitialization, "the initialization is not a number from 0 to 4"),
        (AdamRateNotFinite, "options.learning_rate / (1 - beta1) is larger than a float can hold"),
        (InvalidRank, "rank is not below threads"),
        (TargetOutOfRange, "one of targets.values is not finite, or not from 0 to 1 where the output is sigmoid"),
        (InvalidWeights, "one of targets.weights is negative or not finite, or all of them are 0"),
        (UnsupportedTargets, "targets has labels for a network that takes values, or labels and values"),
        (InvalidTargets, "targets.size is not that of a version this library knows"),
        (UnknownTargetOption, "what this library does not know of targets, which are of a later version, is not 0"),
    ];
}
