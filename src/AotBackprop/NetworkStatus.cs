namespace AotBackprop;

/// <summary>
/// The result of a function over pointers. The C functions return the same numbers, which never change.
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

    /// <summary>The batch size is zero.</summary>
    InvalidBatch = -9,

    /// <summary>The options' size is not that of a version that this library knows.</summary>
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

    /// <summary>A team has no thread, or more than 1024.</summary>
    InvalidTeam = -16,

    /// <summary>The options are of a later version, and ask for what this library does not have.</summary>
    UnknownOption = -17,

    /// <summary>There is no optimizer of that number.</summary>
    UnknownOptimizer = -18,

    /// <summary>Momentum is not from 0 to 0.999999.</summary>
    InvalidMomentum = -19,

    /// <summary>β₁ is not from 0 to 0.999999.</summary>
    InvalidBeta1 = -20,

    /// <summary>β₂ is not from 0 to 0.999999.</summary>
    InvalidBeta2 = -21,

    /// <summary>ε is not finite, or below 1e-20.</summary>
    InvalidEpsilon = -22,

    /// <summary>The weight decay is negative, infinite or not a number.</summary>
    InvalidWeightDecay = -23,

    /// <summary>The norm to clip at is negative, infinite or not a number.</summary>
    InvalidClipNorm = -24,

    /// <summary>Momentum is not 0, and the optimizer has none.</summary>
    UnusedMomentum = -25,

    /// <summary>β₁ is not 0, and the optimizer has none.</summary>
    UnusedBeta1 = -26,

    /// <summary>β₂ is not 0, and the optimizer has none.</summary>
    UnusedBeta2 = -27,

    /// <summary>ε is not 0, and the optimizer has none.</summary>
    UnusedEpsilon = -28,

    /// <summary>The learning rate is 2⁴¹ or more, with momentum.</summary>
    LearningRateTooLarge = -29,

    /// <summary>η / (1 − β₁) / ε of Adam is 2⁶¹ or more: its first step could overflow.</summary>
    AdamRateTooLarge = -30,

    /// <summary>ηλ is above 2, where weights decay apart from the gradient: they would grow.</summary>
    DecayTooLarge = -31,

    /// <summary>The size of the epoch's struct is not that of a version that this library knows.</summary>
    InvalidEpoch = -32,

    /// <summary>The epoch is of a later version, and asks for what this library does not have.</summary>
    UnknownEpochOption = -33,

    /// <summary>The range of batches is not within the epoch.</summary>
    InvalidBatchRange = -34,

    /// <summary>There is no initialization of that number.</summary>
    UnknownInitialization = -35,

    /// <summary>η / (1 − β₁) of Adam is larger than a float can hold.</summary>
    AdamRateNotFinite = -36,

    /// <summary>A thread's rank is not below the number of its team's threads.</summary>
    InvalidRank = -37,

    /// <summary>A target is not finite, or not from 0 to 1 where the output is sigmoid.</summary>
    TargetOutOfRange = -38,

    /// <summary>A weight of a sample is negative or not finite, or all of them are 0.</summary>
    InvalidWeights = -39,

    /// <summary>Targets are class numbers, and the network takes values; or they are both.</summary>
    UnsupportedTargets = -40,

    /// <summary>The size of the targets' struct is not that of a version that this library knows.</summary>
    InvalidTargets = -41,

    /// <summary>The targets are of a later version, and ask for what this library does not have.</summary>
    UnknownTargetOption = -42,
}
