namespace AotBackprop.Generator.Emit.Native;

/// <summary>Each status as C knows it: a name, a number, a sentence.</summary>
internal static class StatusTexts
{
    public static readonly IReadOnlyList<(NetworkStatus Status, string Name, string Sentence)> All =
    [
        (NetworkStatus.Ok, "OK", "no error"),
        (NetworkStatus.NullPointer, "NULL_POINTER", "a pointer that is needed is null"),
        (NetworkStatus.InvalidCount, "INVALID_COUNT", "the number of samples is zero, or larger than memory can hold"),
        (NetworkStatus.WorkspaceTooSmall, "WORKSPACE_TOO_SMALL", "the workspace is smaller than its size function says"),
        (NetworkStatus.LabelOutOfRange, "LABEL_OUT_OF_RANGE", "a label is not a class number"),
        (NetworkStatus.InvalidProbabilities, "INVALID_PROBABILITIES", "a probability is negative or not finite, or a row does not sum to 1 within 1e-4"),
        (NetworkStatus.InputNotFinite, "INPUT_NOT_FINITE", "an input is infinite or not a number"),
        (NetworkStatus.InvalidLearningRate, "INVALID_LEARNING_RATE", "the learning rate is negative, infinite or not a number"),
        (NetworkStatus.NotFinite, "NOT_FINITE", "the loss or a gradient is not finite, or an update could overflow"),
        (NetworkStatus.InvalidBatch, "INVALID_BATCH", "the batch size is zero, or the range of batches does not lie in the epoch"),
        (NetworkStatus.InvalidOptions, "INVALID_OPTIONS", "the options are of another version, or ask for what this library does not have"),
        (NetworkStatus.OptimizerStateTooSmall, "OPTIMIZER_STATE_TOO_SMALL", "the optimizer's state is smaller than its size function says"),
        (NetworkStatus.FloatingPointEnvironment, "FLOATING_POINT_ENVIRONMENT", "the processor flushes denormals or does not round to nearest, as in a host linked with -ffast-math"),
        (NetworkStatus.SelfTestFailed, "SELF_TEST_FAILED", "the self-test found a wrong gradient"),
        (NetworkStatus.OutOfMemory, "OUT_OF_MEMORY", "there is no memory for the self-test"),
        (NetworkStatus.InvalidOptimizerState, "INVALID_OPTIMIZER_STATE", "the optimizer's state is another's, or was not zeroed before the first step"),
        (NetworkStatus.InvalidTeam, "INVALID_TEAM", "a team has no thread or more than 1024, or a rank that is not below their number"),
    ];
}
