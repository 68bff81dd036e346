using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>What a vector width offers to a register tile.</summary>
/// <param name="Lanes">Floats in a vector.</param>
/// <param name="Accumulators">Vectors of sums that fit beside the operands: of 32 registers, or of 16.</param>
/// <param name="Across">Vectors side by side in a tile of many rows.</param>
/// <param name="Kept">Vectors of a row that stay in registers beside what is done with them.</param>
/// <param name="Rows">Heights of a tile to choose from, the largest first.</param>
internal sealed record VectorTable(int Lanes, int Accumulators, int Across, int Kept, EquatableArray<int> Rows)
{
    /// <summary>Independent sums that hide the latency of a multiply-add: 4 cycles, two a cycle.</summary>
    public const int Chains = 8;

    public static readonly EquatableArray<VectorTable> All = new(
    [
        new VectorTable(16, 16, 2, 16, new([8, 4, 2, 1])),
        new VectorTable(8, 12, 2, 8, new([6, 3, 2, 1])),
        new VectorTable(4, 12, 2, 8, new([6, 3, 2, 1])),
    ]);

    /// <summary>
    /// The same for rows of so many vectors. Of three, two side by side would leave one alone, for which 9 loads bring 8
    /// multiply-adds; 32 registers hold the sums of 8 × 3.
    /// </summary>
    public VectorTable ForRowsOf(int vectors) => vectors == 3 && Lanes == 16 && Across == 2 ? this with { Accumulators = 24, Across = 3 } : this;
}
