namespace AotBackprop;

/// <summary>
/// What a function over pointers has to say. The numbers are fixed for ever: the C functions return the same.
/// Whatever the status but <see cref="Ok"/>, parameters and outputs are as they were before the call.
/// </summary>
public enum NetworkStatus
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>A pointer that is needed is null.</summary>
    NullPointer = -1,

    /// <summary>The number of samples is zero, or larger than memory can hold.</summary>
    InvalidCount = -2,

    /// <summary>The workspace is smaller than its size function says.</summary>
    WorkspaceTooSmall = -3,

    /// <summary>A class number is negative, or not below the number of classes.</summary>
    LabelOutOfRange = -4,

    /// <summary>A probability is negative or not finite, or a row of them does not sum to 1 within 1e-4.</summary>
    InvalidProbabilities = -5,

    /// <summary>An input is infinite or not a number.</summary>
    InputNotFinite = -6,

    /// <summary>The learning rate is negative, infinite or not a number.</summary>
    InvalidLearningRate = -7,

    /// <summary>The loss or a gradient is not finite, or an update could overflow.</summary>
    NotFinite = -8,

    /// <summary>The batch size is zero, or a range of batches does not lie in the epoch.</summary>
    InvalidBatch = -9,

    /// <summary>The options are of another version of the library, or ask for what it does not have.</summary>
    InvalidOptions = -10,

    /// <summary>The buffer for the optimizer's state is smaller than its size function says.</summary>
    OptimizerStateTooSmall = -11,

    /// <summary>
    /// The processor is set to flush denormals to zero or to round otherwise than to nearest, which a host linked with
    /// <c>-ffast-math</c> does: results would differ from those elsewhere.
    /// </summary>
    FloatingPointEnvironment = -12,

    /// <summary>The self-test found a gradient that does not agree with the differences of the loss.</summary>
    SelfTestFailed = -13,

    /// <summary>There is no memory for the self-test.</summary>
    OutOfMemory = -14,

    /// <summary>The optimizer's state is that of another optimizer or network, or was not zeroed before the first step.</summary>
    InvalidOptimizerState = -15,

    /// <summary>A team has no thread or more than 1024, or a rank that is not below their number.</summary>
    InvalidTeam = -16,
}
