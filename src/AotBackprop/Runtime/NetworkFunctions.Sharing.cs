using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

internal static unsafe partial class NetworkFunctions<TKernels>
{
    private static int LayerCount => TKernels.LayerSizes.Length - 1;

    // The largest magnitudes with which a part's memory begins: of dZ and of A for each layer.
    private static int MaxAbsCount => 2 * LayerCount;

    /// <summary>Bytes of workspace for several threads that train together.</summary>
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

    /// <summary>Bytes of a thread's own memory: its result of validation, the largest magnitudes, and the scratch of its passes.</summary>
    private static nuint ShareSize(nuint batch)
    {
        nuint floats = (nuint)TKernels.FixedThreadFloats + (batch * (nuint)TKernels.ThreadFloats);
        return Alignment + (RoundToLine(floats) * sizeof(float));
    }

    private static nuint RoundToLine(nuint floats) => (floats + 15) & ~(nuint)15;

    /// <summary>The result of validation: of a thread's part, or, reduced over all threads, of the batch.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Findings
    {
        public NetworkStatus Status;
        public Zeros Zeros;
        public float LargestInput;
        public float LargestParameter;
        public float LargestDerivative;
        public int Stops;

        /// <summary>Σw of the batch: all go by what the first thread has found, for weights may change meanwhile.</summary>
        public double TotalWeight;

        public void Combine(in Findings other)
        {
            // The order in which one thread finds them: targets before inputs.
            if (Status == NetworkStatus.Ok || (Status == NetworkStatus.InputNotFinite && other.Status != NetworkStatus.Ok))
            {
                Status = other.Status;
            }

            Zeros = (Zeros)Math.Min((int)Zeros, (int)other.Zeros);
            LargestInput = Math.Max(LargestInput, other.LargestInput);
            LargestParameter = Math.Max(LargestParameter, other.LargestParameter);
            LargestDerivative = Math.Max(LargestDerivative, other.LargestDerivative);
            Stops |= other.Stops;
        }
    }

    /// <summary>One thread of a team with its share of memory, or a thread alone.</summary>
    private readonly struct Worker(Team team, void* shares, nuint shareSize)
    {
        private readonly Team _team = team;
        private readonly byte* _shares = (byte*)shares;
        private readonly nuint _shareSize = shareSize;

        public bool IsAlone => _team.IsAlone;

        public bool IsFirst => _team.IsFirst;

        /// <summary>A worker whose shares follow the memory of a thread that works alone.</summary>
        public static Worker Of(in Team team, void* workspace, nuint sizeAlone, nuint batch) =>
            team.IsAlone ? new(team, null, 0) : new(team, Align((byte*)workspace + sizeAlone), ShareSize(batch));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Part Part(nint N) => IsAlone
            ? new Part(N)
            : new Part(N, _team, MaxAbsOf(_team.Rank));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Wait() => _team.Wait();

        /// <summary>Reduces the results of all threads to one, which each gets.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Findings AllReduce(in Findings own) => IsAlone ? own : ReduceTogether(own);

        /// <summary>The largest magnitude of a matrix over all parts: infinite or NaN if any is.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float MaxAbs(float* workspace, int number) => IsAlone ? workspace[number] : MaxAbsTogether(number);

        private Findings ReduceTogether(in Findings own)
        {
            *FindingsOf(_team.Rank) = own;
            Wait();
            Findings all = *FindingsOf(0);
            for (int rank = 1; rank < _team.Ranks; rank++)
            {
                all.Combine(*FindingsOf(rank));
            }

            return all;
        }

        private float MaxAbsTogether(int number)
        {
            float largest = 0;
            for (int rank = 0; rank < _team.Ranks; rank++)
            {
                largest = Math.Max(largest, MaxAbsOf(rank)[number]);
            }

            return largest;
        }

        private Findings* FindingsOf(int rank) => (Findings*)(_shares + ((nuint)rank * _shareSize));

        private float* MaxAbsOf(int rank) => (float*)(_shares + ((nuint)rank * _shareSize) + Alignment);
    }
}
