using System.ComponentModel;
using System.Runtime.CompilerServices;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

/// <summary>
/// What one thread computes of a batch: some of its samples, or of some layers some units of all samples. The bits of a
/// number do not depend on who computes it.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Part
{
    private readonly Team _team = Team.Alone;

    // Whole register tiles, whole cache lines of what lies sample by sample, and whole blocks of SampleLanes.
    private const nint Samples = SampleLanes.Samples;

    /// <summary>
    /// What inputs, activations and derivatives of a sample stay below in <see cref="INetworkKernels.StepOne"/>, its
    /// inputs in <see cref="INetworkKernels.ForwardOne"/>, and the learning rate with them: no update
    /// is then as large as 2⁹⁰, far below half an ulp of the largest float.
    /// </summary>
    public const float LargestOfOneSample = 1 << 30;

    /// <summary>All of a batch, by one thread.</summary>
    /// <param name="N">Its samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Part(nint N)
    {
        this.N = N;
        Count = N;
    }

    /// <summary>All of a batch, by one thread, with what is left of each sample in a row.</summary>
    /// <param name="N">Its samples.</param>
    internal static Part InRows(nint N) => new(N) { IsInRows = true };

    /// <summary>The share of one of several threads.</summary>
    /// <param name="N">Samples of the batch.</param>
    /// <param name="team">The thread among the others.</param>
    /// <param name="scratch">Its scratch memory, apart from the others'.</param>
    internal Part(nint N, in Team team, float* scratch)
    {
        _team = team;
        this.N = N;
        Scratch = scratch;
        nint each = (Quotient.Of(N + Ranks - 1, Ranks) + Samples - 1) / Samples * Samples;
        First = Math.Min(N, Rank * each);
        Count = Math.Min(N - First, each);
    }

    /// <summary>Samples of the batch.</summary>
    public nint N { get; }

    /// <summary>The first sample of this part.</summary>
    public nint First { get; }

    /// <summary>Samples of this part.</summary>
    public nint Count { get; }

    /// <summary>
    /// Samples of this part, from its first on, of which the output layer has one in each lane: whole blocks of 16, or 0
    /// where rows are wanted.
    /// </summary>
    public nint Across
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsInRows ? 0 : Count & ~(Samples - 1);
    }

    /// <summary>Whether the batch has a block of samples that lie in lanes.</summary>
    public bool IsAcross
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => N >= Samples && !IsInRows;
    }

    /// <summary>The number of the thread.</summary>
    internal int Rank => _team.Rank;

    /// <summary>How many threads there are.</summary>
    internal int Ranks => _team.Ranks;

    /// <summary>Whether others compute the rest.</summary>
    public bool IsShared => !_team.IsAlone;

    /// <summary>Whether intermediates have to lie in rows, where samples could lie in lanes.</summary>
    internal bool IsInRows { get; private init; }

    /// <summary>The thread's own scratch memory, where others compute the rest.</summary>
    public float* Scratch { get; }

    /// <summary>Which of a number of rows or columns are this part's: whole tiles, and the last one as it is.</summary>
    /// <param name="rows">Rows or columns in all.</param>
    /// <param name="tile">Rows or columns of a tile.</param>
    /// <param name="first">Receives the first.</param>
    /// <param name="end">Receives the one behind the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Share(int rows, int tile, out int first, out int end)
    {
        first = 0;
        end = rows;
        if (IsShared)
        {
            nint tiles = Quotient.Of((nint)rows + tile - 1, tile);
            first = (int)Math.Min(rows, Quotient.Of(tiles * Rank, Ranks) * tile);
            end = (int)Math.Min(rows, Quotient.Of(tiles * (Rank + 1), Ranks) * tile);
        }
    }

    /// <summary>Where several threads share the batch, returns when all have come here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Wait() => _team.Wait();

    /// <summary>Whether what is not divided is this part's: of something numbered, so that the threads take turns.</summary>
    /// <param name="number">Its number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int number) => !IsShared || number - (Quotient.Of(number, Ranks) * Ranks) == Rank;
}
