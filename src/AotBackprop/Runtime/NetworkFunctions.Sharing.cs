using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

internal static unsafe partial class NetworkFunctions<TKernels>
{
    // Of the magnitudes with which a part's memory begins: of dZ and of A for each layer.
    private static int Magnitudes => 2 * (TKernels.LayerSizes.Length - 1);

    /// <summary>Bytes of workspace for several threads that train together on batches of so many samples.</summary>
    /// <param name="count">Samples in the largest batch.</param>
    /// <param name="ranks">Threads.</param>
    public static nuint TeamWorkspaceSize(nuint count, nuint ranks) => WithShares(TrainingWorkspaceSize(count), count, ranks);

    /// <summary>Bytes of workspace for several threads that train together for an epoch.</summary>
    /// <param name="count">Samples in all.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="ranks">Threads.</param>
    public static nuint TeamEpochWorkspaceSize(nuint count, nuint batchSize, nuint ranks) =>
        WithShares(EpochWorkspaceSize(count, batchSize), Math.Min(count, batchSize), ranks);

    private static nuint WithShares(nuint size, nuint batch, nuint ranks)
    {
        if (ranks <= 1)
        {
            return size;
        }

        nuint each = ShareSize(batch);
        return size > nuint.MaxValue - Alignment || ranks > Quotient.Of(nuint.MaxValue - Alignment - size, each)
            ? nuint.MaxValue
            : size + Alignment + (ranks * each);
    }

    /// <summary>What a thread has for itself: what it found, the magnitudes, and the scratch of its passes.</summary>
    private static nuint ShareSize(nuint batch)
    {
        nuint floats = (nuint)TKernels.FixedThreadFloats + (batch * (nuint)TKernels.ThreadFloats);
        return Alignment + (RoundToLine(floats) * sizeof(float));
    }

    private static nuint RoundToLine(nuint floats) => (floats + 15) & ~(nuint)15;

    /// <summary>What a thread knows before anything is computed: of its part, or once all agree, of the batch.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Findings
    {
        public NetworkStatus Status;
        public Zeros Zeros;
        public float LargestInput;
        public float LargestParameter;
        public int Stops;

        public void Join(in Findings other)
        {
            // The order in which one thread finds them: targets before inputs.
            if (Status == NetworkStatus.Ok || (Status == NetworkStatus.InputNotFinite && other.Status != NetworkStatus.Ok))
            {
                Status = other.Status;
            }

            Zeros = (Zeros)Math.Min((int)Zeros, (int)other.Zeros);
            LargestInput = Math.Max(LargestInput, other.LargestInput);
            LargestParameter = Math.Max(LargestParameter, other.LargestParameter);
            Stops |= other.Stops;
        }
    }

    /// <summary>A thread at its work: alone, or with its share of memory and of each batch.</summary>
    private readonly struct Worker(Team team, void* shares, nuint shareSize)
    {
        private readonly Team _team = team;
        private readonly byte* _shares = (byte*)shares;
        private readonly nuint _shareSize = shareSize;

        public bool IsAlone => _team.IsAlone;

        public bool IsFirst => _team.IsFirst;

        /// <summary>A worker whose shares lie behind the memory of a thread that works alone.</summary>
        public static Worker Of(in Team team, void* workspace, nuint sizeAlone, nuint batch) =>
            team.IsAlone ? new(team, null, 0) : new(team, Align((byte*)workspace + sizeAlone), ShareSize(batch));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Part Part(nint N) => IsAlone
            ? new Part(N)
            : new Part(N, _team, MagnitudesOf(_team.Rank));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Wait() => _team.Wait();

        /// <summary>From what each has found to what all of them know.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Findings Agree(in Findings own) => IsAlone ? own : AgreeTogether(own);

        /// <summary>The largest magnitude of a matrix over all parts: infinite or NaN if any is.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Largest(float* workspace, int number) => IsAlone ? workspace[number] : LargestTogether(number);

        private Findings AgreeTogether(in Findings own)
        {
            *FindingsOf(_team.Rank) = own;
            Wait();
            Findings all = *FindingsOf(0);
            for (int rank = 1; rank < _team.Ranks; rank++)
            {
                all.Join(*FindingsOf(rank));
            }

            return all;
        }

        private float LargestTogether(int number)
        {
            float largest = 0;
            for (int rank = 0; rank < _team.Ranks; rank++)
            {
                largest = Math.Max(largest, MagnitudesOf(rank)[number]);
            }

            return largest;
        }

        private Findings* FindingsOf(int rank) => (Findings*)(_shares + ((nuint)rank * _shareSize));

        private float* MagnitudesOf(int rank) => (float*)(_shares + ((nuint)rank * _shareSize) + Alignment);
    }
}
