using AotBackprop.Data;
using AotBackprop.Runtime;

namespace AotBackprop.Training.Runs;

/// <summary>Looks at a file that is read block by block: whether it suits the network and the options.</summary>
internal static class StreamCheck
{
    /// <summary>Refuses a file that was read for another network, and blocks that a batch does not divide.</summary>
    public static void Require(StreamedDataset samples, DataShape wanted, int batchSize)
    {
        if (samples.Shape != wanted)
        {
            throw new ArgumentException(
                $"The file was opened for {Described(samples.Shape)}; wanted {Described(wanted)}, as the network has: StreamedDataset.Open of its type.",
                nameof(samples));
        }

        if (samples.BlockSize % batchSize != 0)
        {
            string such = Nearest(samples.BlockSize, batchSize);
            throw new ArgumentException(
                $"A block has {samples.BlockSize} samples and a batch {batchSize}; wanted a block of a multiple of the batch, such as {such}.",
                nameof(samples));
        }

        if ((samples.Count + batchSize - 1) / batchSize > int.MaxValue)
        {
            throw new ArgumentException(
                $"{samples.Count} samples are more than {int.MaxValue} batches of {batchSize}; wanted a larger batch.", nameof(samples));
        }
    }

    /// <summary>The multiples of a batch that are nearest to the size of a block.</summary>
    public static string Nearest(int blockSize, int batchSize)
    {
        long below = (long)blockSize / batchSize * batchSize;
        return below > 0 ? $"{below} or {below + batchSize}" : $"{batchSize}";
    }

    /// <summary>Refuses rows of probabilities that sum to something else than 1.</summary>
    public static void RequireProbabilities(SampleBlock block, OutputShape output)
    {
        ReadOnlySpan<float> values = block.Targets.Values;
        if (output.Kind != Output.Softmax || values.IsEmpty)
        {
            return;
        }

        for (int n = 0; n < block.Count; n++)
        {
            ReadOnlySpan<float> row = values.Slice(n * output.Count, output.Count);
            if (!Scan.IsDistribution(row))
            {
                double sum = 0;
                foreach (float y in row)
                {
                    sum += y;
                }

                throw new InvalidDataException(FormattableString.Invariant(
                    $"{block.Place(n)}: the probabilities of the classes sum to {sum:G6}; wanted 1, within 0.0001."));
            }
        }
    }

    private static string Described(DataShape shape) => $"{shape.Inputs} inputs and {shape.Outputs} outputs ({Outputs.NameOf(shape.Output)})";
}
