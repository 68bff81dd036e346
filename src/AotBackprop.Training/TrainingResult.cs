using System.Diagnostics.CodeAnalysis;
using AotBackprop.Training.Metrics;

namespace AotBackprop.Training;

/// <summary>Why a training has ended.</summary>
public enum TrainingEnding
{
    /// <summary>All epochs are done.</summary>
    Completed = 0,

    /// <summary>Early stopping: the validation has not improved for too long.</summary>
    StoppedEarly = 1,

    /// <summary>The time was over.</summary>
    TimeLimit = 2,

    /// <summary>It was cancelled.</summary>
    Cancelled = 3,

    /// <summary>A report of an epoch was told to stop.</summary>
    StoppedByReport = 4,

    /// <summary>An error: a <see cref="TrainingException"/> tells of it.</summary>
    Failed = 5,
}

/// <summary>What a training has come to, whatever the network.</summary>
public abstract class TrainingResult
{
    private protected TrainingResult()
    {
    }

    /// <summary>Why it has ended.</summary>
    public required TrainingEnding Ending { get; init; }

    /// <summary>The epochs that were finished, those before a resume included.</summary>
    public required TrainingHistory History { get; init; }

    /// <summary>The steps that were made, in unfinished epochs too.</summary>
    public required long Steps { get; init; }

    /// <summary>The time that it took, that before a resume included.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The epoch whose parameters are the result, counted from 1; null where they are simply the last.</summary>
    public required int? BestEpoch { get; init; }

    /// <summary>The watched figure of that epoch; null without one.</summary>
    public required double? BestValue { get; init; }
}

/// <summary>What a training has come to.</summary>
/// <typeparam name="TNetwork">The generated type.</typeparam>
public sealed class TrainingResult<TNetwork> : TrainingResult
    where TNetwork : class, INetwork<TNetwork>
{
    private NetworkMetrics? _metrics;

    internal TrainingResult()
    {
    }

    /// <summary>The network, which is the caller's: with the parameters of the best epoch where early stopping kept them.</summary>
    public TNetwork Network => Model.Network;

    /// <summary>
    /// The network with all that was found out of its table, to be saved and asked: how inputs are scaled, what takes the
    /// place of missing ones, the names of columns and classes. It disposes of the network.
    /// </summary>
    public required Model<TNetwork> Model { get; init; }

    /// <summary>How the network does on what was held out, or given to judge it by: computed when it is first asked for. Null without such.</summary>
    /// <exception cref="ArgumentException">What the network says is not finite.</exception>
    public NetworkMetrics? Metrics => _metrics ??= Validation is null ? null : NetworkMetrics.Of(Network, Validation, Model.NamesOfOutputs);

    internal TrainingData? Validation { get; init; }
}

/// <summary>A training that an error has ended. What it learned before is not lost: the result has it.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "There is none without a result.")]
public sealed class TrainingException : Exception
{
    internal TrainingException(string message, TrainingResult result, Exception inner)
        : base(message, inner) => Result = result;

    /// <summary>What the training had come to; a step that failed has changed nothing.</summary>
    public TrainingResult Result { get; }

    /// <summary>The input that the message is about, by the number of its sample; null where there is none, or the message has its place.</summary>
    internal Runtime.CulpritInput? Culprit { get; init; }

    /// <summary>Whether it is one of the samples to judge by.</summary>
    internal bool IsOfValidation { get; init; }

    /// <summary>The same, with the network.</summary>
    /// <typeparam name="TNetwork">The generated type that was trained.</typeparam>
    public TrainingResult<TNetwork> ResultOf<TNetwork>()
        where TNetwork : class, INetwork<TNetwork> => (TrainingResult<TNetwork>)Result;
}
