using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

/// <summary>
/// What one thread computes of a batch: some of its samples, and of each dW the rows of some of its inputs. The bits of
/// a sample and of a row do not depend on who computes them.
/// </summary>
public readonly unsafe struct Part
{
    // Whole register tiles, and whole cache lines of what lies sample by sample.
    private const nint Samples = 16;

    /// <summary>All of a batch, by one thread.</summary>
    /// <param name="N">Its samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Part(nint N)
    {
        this.N = N;
        Count = N;
        Ranks = 1;
    }

    /// <summary>All of a batch, by one thread, with what is left of each sample in a row.</summary>
    /// <param name="N">Its samples.</param>
    internal static Part InRows(nint N) => new(N) { IsInRows = true };

    /// <summary>The share of one of several threads.</summary>
    /// <param name="N">Samples of the batch.</param>
    /// <param name="rank">The thread, counted from 0.</param>
    /// <param name="ranks">How many there are.</param>
    /// <param name="scratch">Its scratch memory, apart from the others'.</param>
    internal Part(nint N, int rank, int ranks, float* scratch)
    {
        this.N = N;
        Rank = rank;
        Ranks = ranks;
        Scratch = scratch;
        nint each = (((N + ranks - 1) / ranks) + Samples - 1) / Samples * Samples;
        First = Math.Min(N, rank * each);
        Count = Math.Min(N - First, each);
    }

    /// <summary>Samples of the batch.</summary>
    public nint N { get; }

    /// <summary>The first sample of this part.</summary>
    public nint First { get; }

    /// <summary>Samples of this part.</summary>
    public nint Count { get; }

    /// <summary>The number of the thread.</summary>
    public int Rank { get; }

    /// <summary>How many threads there are.</summary>
    public int Ranks { get; }

    /// <summary>Whether others compute the rest.</summary>
    public bool IsShared => Ranks > 1;

    /// <summary>Whether intermediates have to lie in rows, where a network this small could have samples in lanes.</summary>
    public bool IsInRows { get; private init; }

    /// <summary>The thread's own scratch memory, where others compute the rest.</summary>
    public float* Scratch { get; }

    /// <summary>Which of a number of rows are this part's: whole tiles, and the last one as it is.</summary>
    /// <param name="rows">Rows in all.</param>
    /// <param name="tile">Rows of a tile.</param>
    /// <param name="first">Receives the first.</param>
    /// <param name="end">Receives the one behind the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Share(int rows, int tile, out int first, out int end)
    {
        first = 0;
        end = rows;
        if (IsShared)
        {
            long tiles = (rows + tile - 1) / tile;
            first = (int)Math.Min(rows, tiles * Rank / Ranks * tile);
            end = (int)Math.Min(rows, tiles * (Rank + 1) / Ranks * tile);
        }
    }

    /// <summary>Whether what is not divided is this part's: of something numbered, so that the threads take turns.</summary>
    /// <param name="number">Its number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int number) => !IsShared || number % Ranks == Rank;
}
