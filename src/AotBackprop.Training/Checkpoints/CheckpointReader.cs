using System.Buffers.Binary;
using AotBackprop.Files;

namespace AotBackprop.Training.Checkpoints;

/// <summary>Reads a checkpoint, whoever wrote it: what it returns is whole, and of the network that is wanted.</summary>
internal static class CheckpointReader
{
    // Some millions of epochs.
    private const int LargestHeader = 1 << 30;

    public static CheckpointContent Read(Stream stream, CheckpointShape shape)
    {
        long rest = stream.Length - CheckpointHeader.LengthBytes;
        Span<byte> length = stackalloc byte[CheckpointHeader.LengthBytes];
        stream.ReadExactly(length);
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (rest < 0 || size > (ulong)rest || size > LargestHeader)
        {
            throw new InvalidDataException($"Its header is said to have {size} bytes of {Math.Max(0, rest)}: it is truncated, or no checkpoint.");
        }

        byte[] json = new byte[size];
        stream.ReadExactly(json);
        JsonFields header = JsonFields.Parse(json, "its header");
        JsonFields metadata = header.Object(CheckpointHeader.MetadataKey);
        Require(metadata, CheckpointHeader.FormatKey, CheckpointHeader.Format);
        Require(metadata, CheckpointHeader.VersionKey, CheckpointHeader.Version);
        Require(metadata, CheckpointHeader.SizesKey, shape.Sizes);
        Require(metadata, CheckpointHeader.ActivationKey, shape.Activation);
        Require(metadata, CheckpointHeader.OutputKey, shape.Output);
        string state = metadata.Text(CheckpointHeader.StateKey);
        if (metadata.Has(CheckpointHeader.StateChecksumKey))
        {
            RequireChecksum(metadata.Text(CheckpointHeader.StateChecksumKey), CheckpointHeader.ChecksumOf(state), "Its state");
        }

        return ReadTensors(stream, header, metadata, StateText.Parse(state), shape, rest - (long)size);
    }

    private static CheckpointContent ReadTensors(
        Stream stream, JsonFields header, JsonFields metadata, TrainingState state, CheckpointShape shape, long bytes)
    {
        string[] names = [.. header.Names.Where(name => name != CheckpointHeader.MetadataKey)];
        string[] known = [CheckpointHeader.ParametersName, CheckpointHeader.OptimizerName, CheckpointHeader.BestName];
        if (names.Except(known).FirstOrDefault() is { } foreign)
        {
            throw new InvalidDataException($"It has a tensor {Printable.Quote(foreign)}; wanted {string.Join(", ", known)} and no other.");
        }

        Crc32 crc = Crc32.Start();
        long end = 0;
        float[] parameters = ReadFloats(CheckpointHeader.ParametersName);
        byte[] optimizer = [];
        if (header.Has(CheckpointHeader.OptimizerName))
        {
            optimizer = new byte[CountOf(CheckpointHeader.OptimizerName, "U8", sizeof(byte))];
            stream.ReadExactly(optimizer);
            crc.Add(optimizer);
        }

        float[] best = header.Has(CheckpointHeader.BestName) ? ReadFloats(CheckpointHeader.BestName) : [];
        if (end != bytes)
        {
            throw new InvalidDataException($"It has {bytes} bytes of tensors; wanted {end}.");
        }

        RequireChecksum(metadata.Text(CheckpointHeader.ChecksumKey), ModelFileHeader.ChecksumText(crc.Value), "What it holds");
        bool hasBest = best.Length > 0;
        if (hasBest != state.BestValue is not null)
        {
            throw new InvalidDataException($"It tells of {(hasBest ? "no" : "a")} best epoch, and holds {(hasBest ? "its" : "no")} parameters: it is damaged.");
        }

        return new(state, parameters, optimizer, best);

        float[] ReadFloats(string name)
        {
            float[] numbers = new float[CountOf(name, "F32", sizeof(float))];
            LittleEndian.ReadExactly(stream, numbers, seen => crc.Add(seen));
            int culprit = Array.FindIndex(numbers, number => !float.IsFinite(number));
            return culprit < 0 ? numbers : throw new InvalidDataException($"Element {culprit} of '{name}' is {numbers[culprit]}; wanted finite numbers.");
        }

        // In the order of the file, one behind the other.
        long CountOf(string name, string type, int size)
        {
            JsonFields tensor = header.Object(name);
            long[] dimensions = tensor.Wholes("shape");
            long[] offsets = tensor.Wholes("data_offsets");
            bool isKnown = tensor.Text("dtype") == type && dimensions is [>= 0] && offsets is [_, _] && offsets[0] == end
                && dimensions[0] <= (bytes - end) / size && offsets[1] == end + (dimensions[0] * size)
                && (type != "F32" || dimensions[0] == shape.ParameterCount) && dimensions[0] <= Array.MaxLength;
            if (!isKnown)
            {
                string count = type == "F32" ? $"{shape.ParameterCount} numbers" : "bytes";
                throw new InvalidDataException($"Its '{name}' is not what was wanted: {type}, {count}, from byte {end} on, within the file.");
            }

            end = offsets[1];
            return dimensions[0];
        }
    }

    private static void Require(JsonFields metadata, string key, string wanted)
    {
        string came = metadata.Text(key);
        if (came != wanted)
        {
            throw new InvalidDataException($"It has '{key}' {Printable.Quote(came)}; wanted '{wanted}'.");
        }
    }

    private static void RequireChecksum(string wanted, string came, string what)
    {
        if (came != wanted)
        {
            throw new InvalidDataException($"{what} has the checksum {came}; wanted {Printable.Quote(wanted)}: it is damaged.");
        }
    }
}
