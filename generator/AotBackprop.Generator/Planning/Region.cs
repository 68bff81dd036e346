using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>
/// A piece of scratch memory: the one description of it. Sizes, the workspace's fields and each thread's share follow.
/// </summary>
internal sealed record Region
{
    // A multiple of the widest vector's floats, so that each row of a scratch matrix begins on a cache line.
    private const int Line = 16;

    /// <summary>A1, dZ2, W2T; with a point, a field of a struct of the runtime library.</summary>
    public required string Name { get; init; }

    /// <summary>What it holds, in words: its shape.</summary>
    public required string Contents { get; init; }

    public RegionElement Element { get; init; } = RegionElement.Float;

    /// <summary>Units of 4 bytes for each sample.</summary>
    public int PerSample { get; init; }

    /// <summary>Units of 4 bytes beside them, in whole cache lines.</summary>
    public int Once { get; init; }

    /// <summary>Whether samples lie in whole blocks of 16, one in each lane.</summary>
    public bool InBlocks { get; init; }

    /// <summary>Whether training alone needs it.</summary>
    public bool IsTraining { get; init; }

    /// <summary>Whether each thread that shares a batch has one of its own.</summary>
    public bool IsPerThread { get; init; }

    /// <summary>Whether its size is rounded up to whole cache lines where N is known.</summary>
    public bool IsRounded => !InBlocks && PerSample % Line != 0;

    /// <summary>The most that rounding adds.</summary>
    public int Rounding => InBlocks ? (AcrossPlan.Samples - 1) * PerSample : IsRounded ? Line - 1 : 0;

    /// <summary>What so many floats take.</summary>
    public static long BytesOf(int floats) => sizeof(float) * (long)floats;

    /// <summary>Units of 4 bytes rounded up to whole cache lines.</summary>
    public static int WholeLines(int units) => (units + Line - 1) / Line * Line;

    /// <summary>Units of 4 bytes that it takes for a batch.</summary>
    public long Size(long samples)
    {
        long whole = (samples + Line - 1) / Line * Line;
        long each = InBlocks ? whole * PerSample : samples * PerSample;
        return ((each + Line - 1) / Line * Line) + Once;
    }
}

/// <summary>What a region holds.</summary>
internal enum RegionElement
{
    Float,
    Int,

    /// <summary>Two units of 4 bytes.</summary>
    Double,
}

/// <summary>Scratch memory: the regions of inference, then those that training has beside them.</summary>
internal sealed record WorkspacePlan(EquatableArray<Region> Regions)
{
    /// <summary>Floats of a block: RowBlock.Floats of the runtime library.</summary>
    public const int BlockFloats = 512;

    /// <summary>
    /// Ints that a list of columns may be written beyond its end: NonZero.Overrun of the runtime library.
    /// </summary>
    public const int ListSlack = 16;

    /// <summary>For each sample, in floats.</summary>
    public int InferencePerSample => Inference.Sum(r => r.PerSample);

    /// <summary>Once, in floats, with what rounding may add.</summary>
    public int InferenceFixed => Inference.Sum(r => r.Once + r.Rounding);

    /// <summary>For each sample, those of inference among them.</summary>
    public int TrainingPerSample => Regions.Sum(r => r.PerSample);

    /// <summary>Once, those of inference among them.</summary>
    public int TrainingFixed => Regions.Sum(r => r.Once + r.Rounding);

    /// <summary>What each of several threads has for itself, for each sample and once.</summary>
    public (int PerSample, int Fixed) Thread =>
        (PerThread.Sum(r => r.PerSample), PerThread.Sum(r => r.Once + r.Rounding));

    public IEnumerable<Region> PerThread => Regions.Where(r => r.IsPerThread);

    private IEnumerable<Region> Inference => Regions.Where(r => !r.IsTraining);

    /// <summary>Whether there is a region of a name.</summary>
    public bool Has(string name) => Regions.Any(r => r.Name == name);

    /// <summary>The most entries of a sample that are listed: Entries.Capacity of the runtime library.</summary>
    public static int EntriesOf(int inputs) => (inputs + 7) / 8;
}
