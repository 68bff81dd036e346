using System.Globalization;
using AotBackprop.Numerics;
using Xunit;

namespace AotBackprop.Data.Tests;

/// <summary>Files that are read block by block.</summary>
public sealed class StreamedTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    [InlineData(150)]
    [InlineData(1000)]
    public void Blocks_hold_every_sample_once_in_the_order_of_seed_epoch_and_block(int size)
    {
        using TemporaryFile file = new(Tables.Iris);
        Dataset all = Tables.Read(Tables.Iris);
        StreamedDataset streamed = StreamedDataset.Open<Flowers>(file.Name, size, null);
        Assert.Equal((150, (150 + size - 1) / size), (streamed.Count, streamed.BlockCount));
        for (int epoch = 0; epoch < 3; epoch++)
        {
            int before = 0;
            foreach (SampleBlock block in streamed.Blocks(seed: 9, epoch))
            {
                int[] order = new int[Math.Min(size, 150 - before)];
                Shuffle.Fill(order, 9, (ulong)((epoch * streamed.BlockCount) + block.Index));
                Assert.Equal(order.Length, block.Count);
                for (int i = 0; i < order.Length; i++)
                {
                    Assert.Equal(all.X.Slice((before + order[i]) * 4, 4).ToArray(), block.X.Slice(i * 4, 4).ToArray());
                    Assert.Equal(all.Targets.Labels[before + order[i]], block.Targets.Labels[i]);
                }

                before += block.Count;
            }

            Assert.Equal(150, before);
        }

        List<float> inOrder = [];
        foreach (SampleBlock block in streamed.InOrder())
        {
            inOrder.AddRange(block.X);
        }

        Assert.Equal(all.X.ToArray(), inOrder);
    }

    [Fact]
    public void One_block_trains_as_an_epoch_in_memory_does()
    {
        using TemporaryFile file = new(Tables.Iris);
        Dataset all = Tables.Read(Tables.Iris);
        using Flowers whole = new(seed: 1);
        using Flowers blocks = new(seed: 1);
        StreamedDataset streamed = StreamedDataset.Open<Flowers>(file.Name, 150, null);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            whole.TrainEpoch(all.X, all.Targets, batchSize: 32, learningRate: 0.1f, seed: 5, epoch);
            foreach (SampleBlock block in streamed.Blocks(5, epoch))
            {
                for (int start = 0; start < block.Count; start += 32)
                {
                    int count = Math.Min(32, block.Count - start);
                    blocks.TrainStep(block.X.Slice(start * 4, count * 4), block.Targets.Labels.Slice(start, count), 0.1f);
                }
            }
        }

        Assert.Equal(whole.Parameters.ToArray(), blocks.Parameters.ToArray());
    }

    [Theory]
    [InlineData(ScalingKind.Standard)]
    [InlineData(ScalingKind.MinMax)]
    public void What_is_fitted_is_what_is_fitted_in_memory(ScalingKind kind)
    {
        string text = "a,b,c,d,kind\n" + Tables.Map(Tables.Iris.Replace("5.1,", "NA,"), (field, i) => i < 4 ? field : "k" + field);
        using TemporaryFile file = new(text);
        DataOptions options = new() { Fit = kind, Missing = MissingValues.Mean };
        Dataset training = Tables.Read(text, options: options).Split(0, 1).Training;
        StreamedDataset streamed = StreamedDataset.Open<Flowers>(file.Name, 40, options);
        Assert.Equal(training.Scaling!.ToJson(), streamed.Scaling!.ToJson());
        Assert.Equal(training.Missing!, streamed.Missing!);
        Assert.Equal(["k0", "k1", "k2"], streamed.Classes!);
        Assert.Equal(["a", "b", "c", "d"], streamed.Columns!);
        Assert.Equal(["kind"], streamed.TargetNames!);
        List<float> X = [];
        List<int> labels = [];
        foreach (SampleBlock block in streamed.InOrder())
        {
            X.AddRange(block.X);
            labels.AddRange(block.Targets.Labels);
        }

        Assert.Equal(training.X.ToArray(), X);
        Assert.Equal(training.Targets.Labels.ToArray(), labels);
    }

    [Fact]
    public void Values_come_in_blocks_too()
    {
        string text = string.Concat(Enumerable.Range(0, 100).Select(n => $"{n},0,1,{n}.5,{-n}\n"));
        using TemporaryFile file = new(Tables.Gzip(System.Text.Encoding.ASCII.GetBytes(text)));
        int count = 0;
        foreach (SampleBlock block in StreamedDataset.Open<Pair>(file.Name, 16, null).Blocks(1, 0))
        {
            for (int i = 0; i < block.Count; i++, count++)
            {
                Assert.Equal([block.X[3 * i] + 0.5f, -block.X[3 * i]], block.Targets.Values.Slice(2 * i, 2).ToArray());
            }
        }

        Assert.Equal(100, count);
    }

    [Fact]
    public void A_file_that_changes_is_told_of()
    {
        using TemporaryFile file = new(Tables.Iris);
        StreamedDataset streamed = StreamedDataset.Open<Flowers>(file.Name, 40, null);
        File.AppendAllText(file.Name, "1,2,3,4,0\n");
        Assert.Equal(
            $"{file.Name} is not what it was when it was read first; wanted a file that nobody changes meanwhile.",
            Assert.Throws<IOException>(() => streamed.Blocks(1, 0).Count()).Message);
    }

    [Fact]
    public void A_link_is_followed_to_the_file_that_changes_and_so_is_a_file_of_targets()
    {
        using TemporaryFile file = new(string.Concat(Enumerable.Range(0, 150).Select(n => $"1,2,3,{n}\n")));
        using TemporaryFile labels = new(Labels());
        string link = file.Name + ".link";
        File.CreateSymbolicLink(link, file.Name);
        try
        {
            StreamedDataset streamed = StreamedDataset.Open<Flowers>(link, 40, new() { TargetFile = labels.Name });
            Assert.Equal(4, streamed.InOrder().Count());
            File.AppendAllText(labels.Name, "1\n");
            Changed(labels.Name, streamed);
            File.WriteAllText(labels.Name, Labels());
            streamed = StreamedDataset.Open<Flowers>(link, 40, new() { TargetFile = labels.Name });
            File.AppendAllText(file.Name, "1,2,3,4\n");
            Changed(link, streamed);
        }
        finally
        {
            File.Delete(link);
        }

        static void Changed(string name, StreamedDataset streamed) =>
            Assert.StartsWith($"{name} is not what it was", Assert.Throws<IOException>(() => streamed.InOrder().Count()).Message, StringComparison.Ordinal);

        static string Labels() => string.Concat(Enumerable.Range(0, 150).Select(n => $"{n % 3}\n"));
    }

    [Fact]
    public async Task A_pipe_is_refused()
    {
        string pipe = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", pipe);
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        Task writer = Task.Run(() => File.OpenHandle(pipe, FileMode.Open, FileAccess.Write).Dispose(), TestContext.Current.CancellationToken);
        Assert.Equal(
            $"{pipe} can be read once only, as a pipe can; wanted a file, which each epoch reads again.",
            Assert.Throws<InvalidDataException>(() => StreamedDataset.Open<Flowers>(pipe, 40, null)).Message);
        await writer;
        File.Delete(pipe);
    }

    [Fact]
    public void What_is_wrong_with_a_file_is_found_as_it_is_opened()
    {
        using TemporaryFile file = new(Tables.Iris.Replace("5.9,3.0,5.1,1.8,2", "5.9,x,5.1,1.8,2"));
        Assert.StartsWith(
            $"{file.Name}, line 150: column 2 is 'x'",
            Assert.Throws<InvalidDataException>(() => StreamedDataset.Open<Flowers>(file.Name, 40, null)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => StreamedDataset.Open<Flowers>(file.Name, 0, null));
    }

    [Fact]
    public void Only_a_block_is_in_memory()
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{string.Join(',', Enumerable.Range(0, 64).Select(i => i * 0.5))},3\n");
        using TemporaryFile file = new(string.Concat(Enumerable.Repeat(line, 20_000)));
        DataShape shape = new(64, 10, Output.Softmax);
        long before = GC.GetAllocatedBytesForCurrentThread();
        StreamedDataset streamed = StreamedDataset.Open(file.Name, shape, 256, new() { Fit = ScalingKind.Standard });
        int count = 0;
        foreach (SampleBlock block in streamed.Blocks(1, 0))
        {
            count += block.Count;
        }

        Assert.Equal(20_000, count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 12L << 20);
    }
}
