namespace AotBackprop.Runtime;

/// <summary>The exclusive operation that a network is busy with.</summary>
internal enum Activity
{
    /// <summary>Nothing: inference may come.</summary>
    None,

    /// <summary>Gradient.</summary>
    Gradient,

    /// <summary>Apply.</summary>
    Apply,

    /// <summary>TrainStep.</summary>
    TrainStep,

    /// <summary>TrainEpoch.</summary>
    TrainEpoch,

    /// <summary>Trace.</summary>
    Trace,

    /// <summary>Initialize.</summary>
    Initialize,

    /// <summary>SetParameters.</summary>
    SetParameters,

    /// <summary>Another number of threads is being set.</summary>
    Threads,

    /// <summary>Dispose, from its beginning on: final.</summary>
    Dispose,
}
