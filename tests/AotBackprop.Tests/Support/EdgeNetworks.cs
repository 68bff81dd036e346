namespace AotBackprop.Tests.Support;

/// <summary>
/// Networks chosen by hand, compiled by the generator: where tiles, vectors and chunks of
/// sums begin and end, where a layer is wide enough to be packed, forward and backward, and where all are tiny.
/// </summary>
internal static class EdgeNetworks
{
    private static readonly int[][] Sizes =
    [
        [1, 2], [1, 1, 2], [130, 2], [1, 130], [7, 1, 1, 1, 3], [16, 16], [17, 17, 17], [64, 15, 2], [2, 64, 2],
        [100, 7, 33], [15, 88], [9, 24, 40, 3], [130, 130, 130, 130, 130], [8, 32, 16, 64, 65], [1030, 256, 260, 10],
        [8, 500, 1030, 3], [6, 2], [3, 8, 7], [5, 4, 10], [2, 5, 3, 16],
        [100, 1, 3], [33, 1, 20, 1, 5], [64, 1, 2], [300, 1, 40, 4],
        [1, 1], [4, 8, 1], [20, 1], [13, 32, 1], [130, 64, 1], [4, 8, 5, 1],
    ];

    private static readonly Lazy<(Shape Shape, Type Type)[]> Compiled = new(() =>
    {
        Shape[] shapes =
        [
            .. Sizes.Select((sizes, i) => Shape.Forms(sizes).ElementAt(i % 2)),
            .. Sizes.Where((_, i) => i % (Trials.AreInFull ? 3 : 9) == 0).Select(sizes => Shape.Forms(sizes).Last()),
        ];
        return [.. shapes.Zip(Shape.Compile(shapes))];
    });

    /// <summary>Tests each network with batches of these sizes.</summary>
    public static void ForEach(int[] batches, Action<RandomNetwork, Type> test)
    {
        foreach ((Shape shape, Type type) in Compiled.Value)
        {
            foreach (int N in batches)
            {
                test(new RandomNetwork(shape, N, N), type);
            }
        }
    }
}
