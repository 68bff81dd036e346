namespace AotBackprop.Generator.Tests.Compiler.MemoryCheck;

/// <summary>A region, a parameter matrix, an array of the caller's.</summary>
internal sealed class Memory(string name, long count)
{
    public string Name => name;

    /// <summary>Its elements.</summary>
    public long Count => count;

    public bool HoldsInts { get; init; }

    /// <summary>Whether a thread has it for itself.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Of ints the least and the most that may stand there.</summary>
    public Whole? Contents { get; set; }

    /// <summary>Matrices within it that have names of their own, by their first element.</summary>
    public IReadOnlyDictionary<long, Memory> Parts { get; init; } = new Dictionary<long, Memory>();

    public override string ToString() => $"{name}[{count}]";
}

/// <summary>How memory is touched.</summary>
internal enum Use
{
    Read,
    Write,

    /// <summary>A write that stores the same, 0, whoever does it.</summary>
    Clear,

    /// <summary>A read of what changes no result.</summary>
    Overread,
}

/// <summary>A use of some elements by a kernel: from the least first one up to the most last one.</summary>
internal readonly record struct Touch(string Kernel, Memory Memory, long First, long End, Use Use)
{
    public bool IsInside => First >= 0 && End <= Memory.Count;

    public override string ToString() => $"{Kernel}: {Use} of {Memory} from {First} to {End - 1}";
}

/// <summary>What is told of every use of memory, and of the places where threads meet.</summary>
internal interface IWatch
{
    void See(Touch touch);

    void Meet();
}

/// <summary>Keeps the uses beyond the ends of memory, of each kernel and region the first.</summary>
internal sealed class BoundsWatch : IWatch
{
    private readonly Dictionary<(string Kernel, string Memory), Touch> _outside = [];

    public IReadOnlyCollection<Touch> Outside => _outside.Values;

    public long Seen { get; private set; }

    public void See(Touch touch)
    {
        Seen++;
        if (!touch.IsInside)
        {
            _outside.TryAdd((touch.Kernel, touch.Memory.Name), touch);
        }
    }

    public void Meet()
    {
    }
}
