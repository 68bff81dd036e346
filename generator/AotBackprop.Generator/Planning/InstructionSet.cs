using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>What a processor's vectors offer to kernels: a row for each width.</summary>
internal sealed record InstructionSet
{
    /// <summary>Independent sums that hide the latency of a multiply-add: 4 cycles, two a cycle.</summary>
    public const int LatencyHidingSums = 8;

    public static readonly EquatableArray<InstructionSet> All =
    [
        new()
        {
            Name = "AVX-512",
            Lanes = 16,
            Registers = 32,
            TileSums = 16,
            TileVectors = 2,
            RowRegisters = 16,
            TileRows = [8, 4, 2, 1],
            InterleavedSums = 24,
            InterleavedGradientColumns = 6,
            RegisterExponentials = 16,
        },
        new()
        {
            Name = "AVX2",
            Lanes = 8,
            Registers = 16,
            TileSums = 12,
            TileVectors = 2,
            RowRegisters = 8,
            TileRows = [6, 3, 2, 1],
            InterleavedSums = 12,
            InterleavedGradientColumns = 4,
            RegisterExponentials = 6,
        },
        new()
        {
            Name = "SSE4.1, Neon",
            IsEverywhere = true,
            Lanes = 4,
            Registers = 16,
            TileSums = 12,
            TileVectors = 2,
            RowRegisters = 8,
            TileRows = [6, 3, 2, 1],
            InterleavedSums = 12,
            InterleavedGradientColumns = 4,
            RegisterExponentials = 6,
        },
    ];

    public required string Name { get; init; }

    /// <summary>Floats in a vector.</summary>
    public required int Lanes { get; init; }

    /// <summary>Whether every processor has it.</summary>
    public bool IsEverywhere { get; init; }

    /// <summary>Vector registers.</summary>
    public required int Registers { get; init; }

    /// <summary>Vectors of sums that fit beside the operands of a register tile.</summary>
    public required int TileSums { get; init; }

    /// <summary>Vectors side by side in a register tile of many rows.</summary>
    public required int TileVectors { get; init; }

    /// <summary>Vectors of a row that stay in registers beside what is done with them.</summary>
    public required int RowRegisters { get; init; }

    /// <summary>Heights of a register tile to choose from, the largest first.</summary>
    public required EquatableArray<int> TileRows { get; init; }

    /// <summary>Vectors of sums that fit beside the operands where a sample lies in each lane.</summary>
    public required int InterleavedSums { get; init; }

    /// <summary>Columns of dW at a time, where a sample lies in each lane.</summary>
    public required int InterleavedGradientColumns { get; init; }

    /// <summary>Classes whose exponentials fit into registers beside what an exponential takes.</summary>
    public required int RegisterExponentials { get; init; }

    /// <summary>
    /// The tiles for rows of so many vectors. Of three, two side by side would leave one alone, for which 9 loads bring
    /// 8 multiply-adds; 32 registers hold the sums of 8 × 3.
    /// </summary>
    public InstructionSet ForRowsOf(int vectors) =>
        vectors == 3 && Registers >= 32 && TileVectors == 2 ? this with { TileSums = 24, TileVectors = 3 } : this;
}
