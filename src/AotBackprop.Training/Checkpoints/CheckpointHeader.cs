using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using AotBackprop.Files;

namespace AotBackprop.Training.Checkpoints;

/// <summary>The head of a checkpoint: its length in 8 bytes, then JSON, padded with spaces.</summary>
internal static class CheckpointHeader
{
    public const string Format = "aotbackprop-checkpoint";
    public const string Version = "1";
    public const string MetadataKey = "__metadata__";
    public const string FormatKey = "format";
    public const string VersionKey = "format_version";
    public const string SizesKey = "sizes";
    public const string ActivationKey = "activation";
    public const string OutputKey = "output";
    public const string StateKey = "state";
    public const string ChecksumKey = "checksum";

    // A header has no checksum in the format, and a state of which a digit has changed would be read as another one.
    public const string StateChecksumKey = "state_checksum";

    public const string ParametersName = "parameters";
    public const string OptimizerName = "optimizer";
    public const string BestName = "best";
    public const int LengthBytes = sizeof(ulong);
    private const int Alignment = 8;

    public static byte[] Write(CheckpointShape shape, string state, uint checksum, int optimizerSize, bool hasBest)
    {
        ArrayBufferWriter<byte> buffer = new();
        buffer.Write(new byte[LengthBytes]);
        using (Utf8JsonWriter json = new(buffer, ModelFileValues.Plain))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            json.WriteString(FormatKey, Format);
            json.WriteString(VersionKey, Version);
            json.WriteString(SizesKey, shape.Sizes);
            json.WriteString(ActivationKey, shape.Activation);
            json.WriteString(OutputKey, shape.Output);
            json.WriteString(StateKey, state);
            json.WriteString(ChecksumKey, ModelFileHeader.ChecksumText(checksum));
            json.WriteString(StateChecksumKey, ChecksumOf(state));
            json.WriteEndObject();
            long end = Tensor(json, ParametersName, "F32", shape.ParameterCount, sizeof(float), 0);
            if (optimizerSize > 0)
            {
                end = Tensor(json, OptimizerName, "U8", optimizerSize, 1, end);
            }

            if (hasBest)
            {
                Tensor(json, BestName, "F32", shape.ParameterCount, sizeof(float), end);
            }

            json.WriteEndObject();
        }

        buffer.Write("       "u8[..(-buffer.WrittenCount & (Alignment - 1))]);
        byte[] header = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)(header.Length - LengthBytes));
        return header;
    }

    public static string ChecksumOf(string state)
    {
        Crc32 crc = Crc32.Start();
        crc.Add(Encoding.UTF8.GetBytes(state));
        return ModelFileHeader.ChecksumText(crc.Value);
    }

    private static long Tensor(Utf8JsonWriter json, string name, string type, int count, int size, long begin)
    {
        long end = begin + ((long)count * size);
        json.WriteStartObject(name);
        json.WriteString("dtype", type);
        json.WriteStartArray("shape");
        json.WriteNumberValue(count);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }
}
