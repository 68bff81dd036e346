using AotBackprop.Runtime;
using Xunit;

namespace AotBackprop.Tests.Numerics;

public sealed unsafe class MatrixTests
{
    /// <summary>All of it, or in two shares; whole blocks of 8, and what is left over.</summary>
    [Fact]
    public void Transposed_are_all_entries_with_zeros_behind_them()
    {
        foreach (int rows in new[] { 1, 3, 4, 7, 8, 9, 16, 20, 31 })
        {
            foreach (int columns in new[] { 1, 2, 7, 8, 10, 15, 16, 25 })
            {
                Check(rows, columns, columns);
                Check(rows, columns, columns / 2);
            }
        }
    }

    private static void Check(int rows, int columns, int share)
    {
        int stride = (rows + 15) / 16 * 16;
        float[] source = [.. Enumerable.Range(1, rows * columns)];
        float[] target = new float[columns * stride];
        Array.Fill(target, float.NaN);
        fixed (float* from = source, to = target)
        {
            Matrix.Transpose(from, rows, columns, 0, share, to, stride);
            Matrix.Transpose(from, rows, columns, share, columns, to, stride);
        }

        for (int j = 0; j < columns; j++)
        {
            for (int i = 0; i < stride; i++)
            {
                Assert.Equal(i < rows ? source[(i * columns) + j] : 0, target[(j * stride) + i]);
            }
        }
    }
}
