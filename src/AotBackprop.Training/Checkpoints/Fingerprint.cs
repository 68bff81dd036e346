using AotBackprop.Files;

namespace AotBackprop.Training.Checkpoints;

/// <summary>By what a checkpoint knows its samples again.</summary>
internal static class Fingerprint
{
    /// <summary>The CRC-32 of X, then of the targets, then of the samples' own weights, as bytes.</summary>
    public static string Of(TrainingData data)
    {
        Crc32 crc = Crc32.Start();
        LittleEndian.Each(data.X.Span, bytes => crc.Add(bytes));
        LittleEndian.Each(data.Labels.Span, bytes => crc.Add(bytes));
        LittleEndian.Each(data.Values.Span, bytes => crc.Add(bytes));
        LittleEndian.Each(data.Weights.Span, bytes => crc.Add(bytes));
        return ModelFileHeader.ChecksumText(crc.Value);
    }
}
