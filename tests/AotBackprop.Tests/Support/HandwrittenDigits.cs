using System.Globalization;
using System.IO.Compression;

namespace AotBackprop.Tests.Support;

/// <summary>1,797 handwritten digits of 8×8 pixels from 0 to 1, every fifth held out.</summary>
internal static class HandwrittenDigits
{
    public static (float[] X, int[] Labels) Training() => Read(row => row % 5 != 4);

    public static (float[] X, int[] Labels) HeldOut() => Read(row => row % 5 == 4);

    private static (float[] X, int[] Labels) Read(Func<int, bool> wanted)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "digits.csv.gz")), CompressionMode.Decompress));
        int[][] rows = [.. reader.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where((_, row) => wanted(row))
            .Select(line => line.Split(',').Select(field => int.Parse(field, CultureInfo.InvariantCulture)).ToArray())];
        return ([.. rows.SelectMany(row => row[..64]).Select(pixel => pixel / 16f)], [.. rows.Select(row => row[64])]);
    }
}
