using System.ComponentModel;
using System.Runtime.CompilerServices;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

/// <summary>
/// One thread's share of a batch: a range of samples or, for wide layers, a range of units. Results do not depend on the
/// split.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Part
{
    private readonly Team _team = Team.Alone;

    // One pointer: a small network's step copies parts for more time than it takes to ask whether there is a block.
    private readonly GradientBlock* _block;

    // Whole register tiles, whole cache lines of arrays with one float for each sample, and whole blocks of SampleLanes.
    private const nint Samples = SampleLanes.Samples;

    /// <summary>
    /// The most samples that one sum of dW or db takes. Of more the sums of blocks of so many are added: the error of a
    /// sum of floats grows with its length, and past some 2²⁴ terms it stands still.
    /// </summary>
    internal const nint BlockSamples = 4096;

    /// <summary>
    /// The bound of the inputs, activations and derivatives of a sample in <see cref="INetworkKernels.StepOne"/>, its
    /// inputs in <see cref="INetworkKernels.ForwardOne"/>, and the learning rate with them: no update
    /// is then as large as 2⁹⁰, far below half an ulp of the largest float.
    /// </summary>
    public const float LargestOfOneSample = 1 << 30;

    /// <summary>The same for an optimizer that keeps numbers of each parameter: no derivative reaches 2³⁸.</summary>
    internal const float LargestKeptOfOneSample = 1 << 19;

    /// <summary>The bound of the learning rate in <see cref="INetworkKernels.StepFew"/>, 2¹⁰.</summary>
    internal const float LargestRateOfFew = 1 << 10;

    /// <summary>All of a batch, by one thread.</summary>
    /// <param name="N">Its samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Part(nint N)
    {
        this.N = N;
        Count = N;
    }

    /// <summary>All of a batch, by one thread, with the intermediates of each sample in a row.</summary>
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

    /// <summary>The share of a part in the gradient of a block of samples.</summary>
    /// <param name="part">The part.</param>
    /// <param name="block">The block, which stays where it is as long as this part is used.</param>
    internal Part(in Part part, GradientBlock* block)
    {
        this = part;
        _block = block;
    }

    /// <summary>The first sample of which dW and db are formed.</summary>
    public nint BlockFirst
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _block == null ? 0 : _block->First;
    }

    /// <summary>The samples of which dW and db are formed: all of the batch, or a block of it.</summary>
    public nint BlockCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _block == null ? N : _block->Count;
    }

    /// <summary>
    /// The samples of this part, from its first on, that the output layer takes interleaved: whole blocks of 16, or 0 if rows
    /// are wanted.
    /// </summary>
    public nint Across
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsInRows ? 0 : Count & ~(Samples - 1);
    }

    /// <summary>Whether the batch has a block of interleaved samples.</summary>
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

    /// <summary>Whether intermediates have to be in rows, even where samples could be interleaved.</summary>
    internal bool IsInRows { get; private init; }

    /// <summary>The thread's own scratch memory, where others compute the rest.</summary>
    public float* Scratch { get; }

    /// <summary>Splits rows or columns into whole tiles, and gives this part's range.</summary>
    /// <param name="rows">Rows or columns in all.</param>
    /// <param name="tile">Rows or columns of a tile.</param>
    /// <param name="first">Receives the first.</param>
    /// <param name="end">Receives the one after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Share(int rows, int tile, out int first, out int end)
    {
        first = 0;
        end = rows;
        if (IsShared)
        {
            Divide(rows, tile, out first, out end);
        }
    }

    // In a method of its own, where the compiler for arm64 sees that the divisors are checked (Quotient).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Divide(int rows, int tile, out int first, out int end)
    {
        nint tiles = Quotient.Of((nint)rows + tile - 1, tile);
        first = (int)Math.Min(rows, Quotient.Of(tiles * Rank, Ranks) * tile);
        end = (int)Math.Min(rows, Quotient.Of(tiles * (Rank + 1), Ranks) * tile);
    }

    /// <summary>The first sample of which an update takes dW and db.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint FirstFor<TUpdate>()
        where TUpdate : struct, IUpdate => TUpdate.IsOfBlock ? BlockFirst : 0;

    /// <summary>The samples of which an update takes dW and db.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint CountFor<TUpdate>()
        where TUpdate : struct, IUpdate => TUpdate.IsOfBlock ? BlockCount : N;

    /// <summary>
    /// Whether an update takes a batch of one sample. Its dW has a form of its own, which threads divide otherwise than
    /// the form of the blocks before a last one of one sample; and no barrier stands between blocks.
    /// </summary>
    /// <param name="N">The samples of which it takes dW.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsOneSample<TUpdate>(nint N)
        where TUpdate : struct, IUpdate => !TUpdate.IsOfBlock && N == 1;

    /// <summary>Splits the columns of a layer's dW; there are none where another layer's is wanted.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="columns">Columns in all.</param>
    /// <param name="tile">Columns of a tile.</param>
    /// <param name="first">Receives the first.</param>
    /// <param name="end">Receives the one after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ShareColumns<TUpdate>(int layer, int columns, int tile, out int first, out int end)
        where TUpdate : struct, IUpdate
    {
        Share(columns, tile, out first, out end);
        if (TUpdate.IsOfBlock && !Forms(layer))
        {
            first = end = 0;
        }
    }

    /// <summary>Splits the rows of a layer's dW, of those that are wanted: of each whole tile that has one.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="rows">Rows in all.</param>
    /// <param name="tile">Rows of a tile.</param>
    /// <param name="first">Receives the first.</param>
    /// <param name="end">Receives the one after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ShareRows<TUpdate>(int layer, int rows, int tile, out int first, out int end)
        where TUpdate : struct, IUpdate
    {
        Share(rows, tile, out first, out end);
        if (TUpdate.IsOfBlock && _block != null && _block->Layer != 0)
        {
            Narrow(layer, tile, ref first, ref end);
        }
    }

    private void Narrow(int layer, int tile, ref int first, ref int end)
    {
        first = Math.Max(first, (int)Quotient.Of(_block->FirstRow, tile) * tile);
        end = Math.Min(end, (int)Quotient.Of(_block->EndRow - 1, tile) * tile + tile);
        if (layer != _block->Layer || first >= end)
        {
            first = end = 0;
        }
    }

    /// <summary>Whether dW and db of a layer are wanted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Forms(int layer) => _block == null || _block->Layer == 0 || _block->Layer == layer;

    /// <summary>The barrier of the threads that share the batch; with one thread, nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Wait() => _team.Wait();

    /// <summary>Whether an undivided task is this part's: the threads take turns by its number.</summary>
    /// <param name="number">Its number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int number) => !IsShared || number - (Quotient.Of(number, Ranks) * Ranks) == Rank;

    /// <summary>Whether an undivided dW or db is this part's, and wanted.</summary>
    /// <param name="layer">Its layer.</param>
    /// <param name="number">Its number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has<TUpdate>(int layer, int number)
        where TUpdate : struct, IUpdate => (!TUpdate.IsOfBlock || Forms(layer)) && Has(number);
}

/// <summary>Of which samples and parameters a gradient is formed, where not of all.</summary>
internal struct GradientBlock
{
    /// <summary>The first sample.</summary>
    public nint First;

    /// <summary>How many samples.</summary>
    public nint Count;

    /// <summary>The layer whose dW and db are wanted, or 0 for all.</summary>
    public int Layer;

    /// <summary>The first row of its dW that is wanted.</summary>
    public int FirstRow;

    /// <summary>The row after the last; db is one row more.</summary>
    public int EndRow;
}
