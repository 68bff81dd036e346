namespace AotBackprop.Generator.Printing.Native;

/// <summary>Each status as C knows it: a name, a number, a sentence.</summary>
internal static class StatusTexts
{
    public static readonly IReadOnlyList<(NetworkStatus Status, string Name, string Sentence)> All =
    [
        (NetworkStatus.Ok, "OK", "no error"),
        (NetworkStatus.NullPointer, "NULL_POINTER", "a pointer that is needed is null"),
        (NetworkStatus.InvalidCount, "INVALID_COUNT", "the number of samples is zero, or larger than memory can hold"),
        (
            NetworkStatus.WorkspaceTooSmall,
            "WORKSPACE_TOO_SMALL",
            "the workspace is smaller than its size function says"),
        (NetworkStatus.LabelOutOfRange, "LABEL_OUT_OF_RANGE", "a label is not a class number"),
        (
            NetworkStatus.InvalidProbabilities,
            "INVALID_PROBABILITIES",
            "a probability is negative or not finite, or a row does not sum to 1 within 1e-4"),
        (NetworkStatus.InputNotFinite, "INPUT_NOT_FINITE", "an input is infinite or not a number"),
        (
            NetworkStatus.InvalidLearningRate,
            "INVALID_LEARNING_RATE",
            "options.learning_rate is negative, infinite or not a number"),
        (NetworkStatus.NotFinite, "NOT_FINITE", "the loss or a gradient is not finite, or an update could overflow"),
        (NetworkStatus.InvalidBatch, "INVALID_BATCH", "epoch.batch_size is zero"),
        (
            NetworkStatus.InvalidOptions,
            "INVALID_OPTIONS",
            "options.size is not that of a version that this library knows"),
        (
            NetworkStatus.OptimizerStateTooSmall,
            "OPTIMIZER_STATE_TOO_SMALL",
            "the optimizer's state is smaller than its size function says"),
        (
            NetworkStatus.FloatingPointEnvironment,
            "FLOATING_POINT_ENVIRONMENT",
            "the processor flushes denormals or does not round to nearest, as in a host linked with -ffast-math"),
        (NetworkStatus.SelfTestFailed, "SELF_TEST_FAILED", "the self-test found a wrong gradient"),
        (NetworkStatus.OutOfMemory, "OUT_OF_MEMORY", "there is no memory for the self-test"),
        (
            NetworkStatus.InvalidOptimizerState,
            "INVALID_OPTIMIZER_STATE",
            "the optimizer's state is another's, or was not zeroed before the first step"),
        (NetworkStatus.InvalidTeam, "INVALID_TEAM", "threads is 0, or more than 1024"),
        (
            NetworkStatus.UnknownOption,
            "UNKNOWN_OPTION",
            "what this library does not know of options, which are of a later version, is not 0"),
        (NetworkStatus.UnknownOptimizer, "UNKNOWN_OPTIMIZER", OptimizerTexts.Unknown),
        (NetworkStatus.InvalidMomentum, "INVALID_MOMENTUM", "options.momentum is not from 0 to 0.999999"),
        (NetworkStatus.InvalidBeta1, "INVALID_BETA1", "options.beta1 is not from 0 to 0.999999"),
        (NetworkStatus.InvalidBeta2, "INVALID_BETA2", "options.beta2 is not from 0 to 0.999999"),
        (NetworkStatus.InvalidEpsilon, "INVALID_EPSILON", "options.epsilon is infinite, not a number, or below 1e-20"),
        (
            NetworkStatus.InvalidWeightDecay,
            "INVALID_WEIGHT_DECAY",
            "options.weight_decay is negative, infinite or not a number"),
        (NetworkStatus.InvalidClipNorm, "INVALID_CLIP_NORM", "options.clip_norm is negative, infinite or not a number"),
        (NetworkStatus.UnusedMomentum, "UNUSED_MOMENTUM", OptimizerTexts.Unused(OptimizerNumbers.Momentum)),
        (NetworkStatus.UnusedBeta1, "UNUSED_BETA1", OptimizerTexts.Unused(OptimizerNumbers.Beta1)),
        (NetworkStatus.UnusedBeta2, "UNUSED_BETA2", OptimizerTexts.Unused(OptimizerNumbers.Beta2)),
        (NetworkStatus.UnusedEpsilon, "UNUSED_EPSILON", OptimizerTexts.Unused(OptimizerNumbers.Epsilon)),
        (
            NetworkStatus.LearningRateTooLarge,
            "LEARNING_RATE_TOO_LARGE",
            "options.learning_rate is 2^41 or more, with momentum"),
        (
            NetworkStatus.AdamRateTooLarge,
            "ADAM_RATE_TOO_LARGE",
            "options.learning_rate / (1 - beta1) / epsilon is 2^61 or more: the first step could overflow"),
        (NetworkStatus.DecayTooLarge, "DECAY_TOO_LARGE", OptimizerTexts.DecayTooLarge),
        (NetworkStatus.InvalidEpoch, "INVALID_EPOCH", "epoch.size is not that of a version that this library knows"),
        (
            NetworkStatus.UnknownEpochOption,
            "UNKNOWN_EPOCH_OPTION",
            "what this library does not know of epoch, which is of a later version, is not 0"),
        (
            NetworkStatus.InvalidBatchRange,
            "INVALID_BATCH_RANGE",
            "epoch.first_batch and batch_count name batches that the epoch does not have"),
        (
            NetworkStatus.UnknownInitialization,
            "UNKNOWN_INITIALIZATION",
            "the initialization is not a number from 0 to 4"),
        (
            NetworkStatus.AdamRateNotFinite,
            "ADAM_RATE_NOT_FINITE",
            "options.learning_rate / (1 - beta1) is larger than a float can hold"),
        (NetworkStatus.InvalidRank, "INVALID_RANK", "rank is not below threads"),
        (
            NetworkStatus.TargetOutOfRange,
            "TARGET_OUT_OF_RANGE",
            "one of targets.values is not finite, or not from 0 to 1 where the output is sigmoid"),
        (
            NetworkStatus.InvalidWeights,
            "INVALID_WEIGHTS",
            "one of targets.weights is negative or not finite, or all of them are 0"),
        (
            NetworkStatus.UnsupportedTargets,
            "UNSUPPORTED_TARGETS",
            "targets has labels for a network that takes values, or labels and values"),
        (NetworkStatus.InvalidTargets, "INVALID_TARGETS", "targets.size is not that of a version this library knows"),
        (
            NetworkStatus.UnknownTargetOption,
            "UNKNOWN_TARGET_OPTION",
            "what this library does not know of targets, which are of a later version, is not 0"),
    ];
}
