using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AotBackprop.Data;

/// <summary>
/// Numbers that come one after the other, and are one array in the end. Until how many there will be can be told they are
/// kept in chunks; then in an array of that size, of which the part that stays empty takes no memory.
/// </summary>
internal sealed class GrowingArray<T>
    where T : unmanaged
{
    private const int Chunk = 1 << 18;

    private readonly List<ArraySegment<T>> _chunks = [];
    private T[] _last = [];
    private int _used;
    private long _before;

    /// <summary>How many there are.</summary>
    public long Count => _before + _used;

    /// <summary>Makes place for as many in all.</summary>
    public void Reserve(long size)
    {
        if (size <= Count)
        {
            return;
        }

        T[] all = GC.AllocateUninitializedArray<T>((int)Math.Min(size, Array.MaxLength));
        int count = (int)Count;
        CopyTo(all);
        _last = all;
        _used = count;
        _before = 0;
    }

    public void Add(T value) => Extend(1)[0] = value;

    public void Add(ReadOnlySpan<T> values) => values.CopyTo(Extend(values.Length));

    /// <summary>As many more, whose values are whatever they are: the place where they are to be written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Extend(int count)
    {
        if (count > _last.Length - _used)
        {
            Begin(count);
        }

        _used += count;
        return _last.AsSpan(_used - count, count);
    }

    /// <summary>All of them; the array may be longer. Nothing can be added afterwards.</summary>
    public T[] ToArray()
    {
        if (_chunks.Count == 0)
        {
            return _last;
        }

        T[] all = GC.AllocateUninitializedArray<T>(checked((int)Count));
        CopyTo(all);
        return all;
    }

    private void Begin(int count)
    {
        if (_used > 0)
        {
            _chunks.Add(new(_last, 0, _used));
            _before += _used;
        }

        int size = Math.Max(count, Chunk);
        if (_before > Array.MaxLength - size)
        {
            throw new InvalidDataException($"There are more than {Array.MaxLength} numbers; read them in blocks (StreamedDataset).");
        }

        _last = new T[size];
        _used = 0;
    }

    private void CopyTo(T[] all)
    {
        int place = 0;
        for (int i = 0; i < _chunks.Count; i++)
        {
            _chunks[i].AsSpan().CopyTo(all.AsSpan(place));
            place += _chunks[i].Count;

            // Each is free as soon as it is copied.
            CollectionsMarshal.AsSpan(_chunks)[i] = [];
        }

        _last.AsSpan(0, _used).CopyTo(all.AsSpan(place));
        _chunks.Clear();
    }
}
