using System.Diagnostics;

namespace AotBackprop.Training.Runs;

/// <summary>What may end a training before its time: asked before each batch.</summary>
/// <param name="timeLimit">How long it may run; null for as long as it takes.</param>
/// <param name="cancellation">Who may cancel it.</param>
internal sealed class Limits(TimeSpan? timeLimit, CancellationToken cancellation)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private volatile bool _isStopped;

    /// <summary>Since this training began or went on.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    /// <summary>Ends it from any thread.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>Why it has to end; null where it goes on.</summary>
    public TrainingEnding? Reached() =>
        cancellation.IsCancellationRequested ? TrainingEnding.Cancelled
        : _isStopped ? TrainingEnding.StoppedByReport
        : timeLimit is { } limit && Elapsed >= limit ? TrainingEnding.TimeLimit
        : null;
}
