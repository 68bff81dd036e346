using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>
/// A piece of W for one sample, which uses each weight once: where its columns are gone through in short parts, one
/// after the other, that is done by pieces of some rows, so that W is read nearly as it lies. Caches give the most
/// then: 256 bytes of each row of 2 KB, and then the next 256, came at three quarters of that.
/// </summary>
internal static class KBlocking
{
    // 16 KB, which the first cache holds beside all else.
    private const int Floats = 4096;

    // Fewer rows would load and store sums more often than it is worth.
    private const int FewestRows = 8;

    // W of 64 KB, of which the first cache does not keep most from one part to the next.
    private const int LeastPieces = 4;

    // From 1 KB on a part of a row comes as fast as all of it.
    private const int LongPart = 256;

    /// <summary>
    /// Rows of a piece; all of them where a row has one part or long ones, or where there is little to gain.
    /// </summary>
    public static int Rows(int rows, int stride, EquatableArray<Panel> panels)
    {
        int parts = panels.Sum(p => p.Count);
        int piece = Math.Max(FewestRows, Floats / stride);
        return parts == 1 || stride / parts >= LongPart || rows < LeastPieces * piece ? rows : piece;
    }
}
