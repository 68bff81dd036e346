using AotBackprop.Generator.Tests.Compiler.MemoryCheck;

namespace AotBackprop.Generator.Tests.Compiler.ScheduleCheck;

/// <summary>Keeps which thread touches each element between two barriers.</summary>
internal sealed class RaceWatch : IWatch
{
    private readonly Dictionary<(int Phase, MemoryCheck.Memory Memory), Marks> _marks = [];
    private readonly List<int> _phases = [];
    private byte _thread;

    public IReadOnlyList<int> Phases => _phases;

    /// <summary>From now on another thread is seen.</summary>
    public void Begin(int rank)
    {
        _thread = (byte)(1 << rank);
        _phases.Add(0);
    }

    public void Meet() => _phases[^1]++;

    public void See(Touch touch)
    {
        if (touch.Use == Use.Overread || touch.Memory.IsOwn)
        {
            return;
        }

        if (!_marks.TryGetValue((_phases[^1], touch.Memory), out Marks? marks))
        {
            _marks[(_phases[^1], touch.Memory)] = marks = new(touch.Memory.Count);
        }

        byte[] of = marks.Of(touch.Use);

        // What lies outside is for the check of bounds.
        for (long i = Math.Max(0, touch.First); i < Math.Min(touch.End, touch.Memory.Count); i++)
        {
            of[i] |= _thread;
        }
    }

    /// <summary>Elements that one thread writes and another touches, in the same phase.</summary>
    public IEnumerable<string> Races() =>
        from pair in _marks
        let at = pair.Value.FirstRace()
        where at >= 0
        select $"{pair.Key.Memory} at {at}, after {pair.Key.Phase} barriers";

    /// <summary>A bit for each thread that has touched an element.</summary>
    private sealed class Marks(long count)
    {
        private readonly byte[] _read = new byte[count], _written = new byte[count], _cleared = new byte[count];

        public byte[] Of(Use use) => use switch
        {
            Use.Read => _read,
            Use.Write => _written,
            _ => _cleared,
        };

        public long FirstRace()
        {
            for (long i = 0; i < count; i++)
            {
                // Several may set to 0 what nobody writes otherwise.
                int others = _read[i] | _cleared[i], all = others | _written[i];
                if ((_written[i] != 0 && !IsOne(all)) || (_cleared[i] != 0 && (_read[i] & ~_cleared[i]) != 0))
                {
                    return i;
                }
            }

            return -1;
        }

        private static bool IsOne(int threads) => (threads & (threads - 1)) == 0;
    }
}
