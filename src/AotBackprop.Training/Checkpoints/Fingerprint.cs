using AotBackprop.Files;

namespace AotBackprop.Training.Checkpoints;

/// <summary>By what a checkpoint knows its samples again.</summary>
internal sealed class Fingerprint
{
    private Crc32 _crc = Crc32.Start();

    private Fingerprint()
    {
    }

    /// <summary>The checksum of all blocks so far.</summary>
    public string Text => ModelFileHeader.ChecksumText(_crc.Value);

    /// <summary>Of no samples yet.</summary>
    public static Fingerprint Begin() => new();

    /// <summary>The CRC-32 of X, then of the targets, then of the samples' own weights, as bytes.</summary>
    public static string Of(TrainingData data)
    {
        Fingerprint one = new();
        one.Add(data.X.Span, data.Targets);
        return one.Text;
    }

    /// <summary>Adds a block of samples.</summary>
    public void Add(ReadOnlySpan<float> X, Targets targets)
    {
        LittleEndian.Each(X, bytes => _crc.Add(bytes));
        LittleEndian.Each(targets.Labels, bytes => _crc.Add(bytes));
        LittleEndian.Each(targets.Values, bytes => _crc.Add(bytes));
        LittleEndian.Each(targets.Weights, bytes => _crc.Add(bytes));
    }
}
