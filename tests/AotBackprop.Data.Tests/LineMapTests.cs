using AotBackprop.Numerics;
using Xunit;

namespace AotBackprop.Data.Tests;

public sealed class LineMapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_row_has_the_line_that_was_added(int most)
    {
        Xoshiro256 random = new(1);
        LineMap map = new();
        List<long> lines = [];
        for (long line = 3; lines.Count < 2000; line += 1 + (long)random.NextBelow((ulong)most))
        {
            map.Add(line);
            lines.Add(line);
            if (lines.Count == 1000)
            {
                line = 5_000_000_000;
            }
        }

        Assert.Equal(lines, Enumerable.Range(0, lines.Count).Select(row => map[row]));
    }
}
