using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>
/// The order of a training step on a batch, as each of the threads that share it goes through it. Between two barriers
/// no run reads or writes what another thread's run writes.
/// </summary>
/// <param name="Differentiate">From X to every dZ, the losses and the magnitudes.</param>
/// <param name="Gradient">Every dW and db.</param>
internal sealed record Schedule(EquatableArray<Step> Differentiate, EquatableArray<Step> Gradient)
{
    /// <summary>
    /// A whole step. The runtime library holds the barriers between its phases: once Wᵀ is there, and once every dZ is.
    /// </summary>
    public IEnumerable<Step> Whole => [.. ToEveryGradient, .. Gradient, new ThreadBarrier()];

    private IEnumerable<Step> ToEveryGradient =>
    [
        .. Differentiate.Where(step => step is KernelRun { IsPrepared: true }),
        new ThreadBarrier(),
        .. Differentiate.Where(step => step is not KernelRun { IsPrepared: true }),
        new ThreadBarrier(),
    ];

    /// <summary>A whole step on a batch whose sums are formed in blocks of samples.</summary>
    /// <param name="areTogether">Whether there is room for all sums at once.</param>
    public IEnumerable<Step> InBlocks(bool areTogether) =>
        [.. ToEveryGradient, .. BlockSchedule.Of(Gradient, areTogether), new ThreadBarrier()];
}

/// <summary>A step of a schedule.</summary>
internal abstract record Step;

/// <summary>Every thread waits here for the others.</summary>
internal sealed record ThreadBarrier : Step;

/// <summary>A kernel runs, each thread on its share.</summary>
internal sealed record KernelRun : Step
{
    public required Pass Pass { get; init; }

    /// <summary>Its layer.</summary>
    public required int Layer { get; init; }

    public required Division Division { get; init; }

    /// <summary>Columns or inputs that are not divided further, where those are divided.</summary>
    public int Tile { get; init; } = 1;

    /// <summary>The number of a run that one thread takes alone, in turns.</summary>
    public int Turn { get; init; }

    /// <summary>Whether threads that share a batch have run it before the schedule begins.</summary>
    public bool IsPrepared { get; init; }

    public required EquatableArray<Access> Reads { get; init; }

    public required EquatableArray<Access> Writes { get; init; }

    /// <summary>The run that takes its place where a batch has no block of 16 samples.</summary>
    public KernelRun? Otherwise { get; init; }

    /// <summary>The run that takes its place where nearly all inputs are 0.</summary>
    public KernelRun? WhereNearlyAllAreZero { get; init; }
}

/// <summary>What a run touches of a region or of a parameter matrix.</summary>
/// <param name="Name">A1, dZ2, W1.</param>
/// <param name="Share">The thread's own rows or columns of it, or all.</param>
internal sealed record Access(string Name, Share Share)
{
    /// <summary>
    /// The region in whose place its sums over blocks of samples stand meanwhile; null where it is itself touched.
    /// </summary>
    public string? SumsIn { get; init; }
}

/// <summary>Which part of a matrix.</summary>
internal enum Share
{
    All,

    /// <summary>The rows of the thread's own samples.</summary>
    Samples,

    /// <summary>The columns or rows of the thread's own units.</summary>
    Units,
}

/// <summary>How a run is divided among threads.</summary>
internal enum Division
{
    /// <summary>By samples.</summary>
    Samples,

    /// <summary>By the units of a layer, in whole register tiles.</summary>
    Units,

    /// <summary>Not at all: the threads take turns.</summary>
    Turns,
}

/// <summary>What a run computes.</summary>
internal enum Pass
{
    /// <summary>Z of a layer, and A of a hidden one.</summary>
    Forward,

    /// <summary>The same of the output layer, with a sample in each lane for whole blocks.</summary>
    ForwardInterleaved,

    /// <summary>Z of the one layer of a network is laid across lanes.</summary>
    Interleave,

    /// <summary>A and dZ of the output layer.</summary>
    OutputGradient,

    /// <summary>Wᵀ.</summary>
    Transpose,

    /// <summary>dA and dZ of the layer below.</summary>
    Backward,

    /// <summary>The loss of each sample, and the largest |A| and |dZ| of each layer.</summary>
    Findings,

    /// <summary>dW.</summary>
    WeightGradient,

    /// <summary>The same with an input in each lane, the sums in Wᵀ's place.</summary>
    WeightGradientInterleaved,

    /// <summary>db.</summary>
    BiasGradient,

    /// <summary>Sums over blocks of samples begin at 0.</summary>
    ClearSums,

    /// <summary>Sums over blocks of samples update W and b.</summary>
    ApplySums,
}
