using System.Globalization;

namespace AotBackprop.Abuse;

/// <summary>What the threads share, and what they count.</summary>
internal sealed class Session(TimeSpan time)
{
    public const int Threads = 8;

    // More than ever lives at once: a few networks and their workspaces, and the data.
    private const long MostBytes = 1L << 30;

    private readonly DateTime _end = DateTime.UtcNow + time;
    private readonly Victims<Tiny> _tiny = new(Tiny.LayerSizes);
    private readonly Victims<Small> _small = new(Small.LayerSizes);
    private readonly Victims<Sparse> _sparse = new(Sparse.LayerSizes);
    private readonly Victims<Large> _large = new(Large.LayerSizes);
    private long _calls;
    private long _refusals;
    private long _mostBytes;

    /// <summary>What should not have been thrown, or should not have been.</summary>
    public string? Unexpected { get; private set; }

    /// <summary>Does what should not be done until the time is over.</summary>
    public void Abuse(int seed)
    {
        Random random = new(seed);
        while (DateTime.UtcNow < _end && Unexpected is null)
        {
            try
            {
                switch (random.Next(4))
                {
                    case 0:
                        _tiny.Abuse(random);
                        break;
                    case 1:
                        _small.Abuse(random);
                        break;
                    case 2:
                        _sparse.Abuse(random);
                        break;
                    default:
                        _large.Abuse(random);
                        break;
                }
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException or NotFiniteNumberException)
            {
                Interlocked.Increment(ref _refusals);
            }
            catch (Exception e)
            {
                Unexpected = e.ToString();
            }

            long calls = Interlocked.Increment(ref _calls);
            if (calls % 256 == 0)
            {
                long bytes = GC.GetTotalMemory(forceFullCollection: false);
                _mostBytes = Math.Max(_mostBytes, bytes);
                if (bytes > MostBytes)
                {
                    Unexpected = string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes live");
                }
            }
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_calls} calls from {Threads} threads, {_refusals} refused; no more than {_mostBytes >> 20} MB at a time");
}
