namespace AotBackprop.Data;

/// <summary>The line of each row, as runs of rows whose lines are as far from each other: of most files one.</summary>
internal sealed class LineMap
{
    private readonly List<(int Row, long Line, long Step)> _runs = [];
    private int _rows;

    // The line of the next row, where it goes on with the last run.
    private long _next;
    private long _step;

    public void Add(long line)
    {
        if (line == _next && _rows > 0)
        {
            _next += _step;
            _rows++;
            return;
        }

        Begin(line);
    }

    private void Begin(long line)
    {
        if (_rows > 0 && _rows - _runs[^1].Row == 1)
        {
            // The second row says how far apart they are.
            (int row, long first, long _) = _runs[^1];
            _step = line - first;
            _runs[^1] = (row, first, _step);
        }
        else
        {
            _step = 1;
            _runs.Add((_rows, line, _step));
        }

        _next = line + _step;
        _rows++;
    }

    public long this[int row]
    {
        get
        {
            int low = 0;
            for (int high = _runs.Count - 1; low < high;)
            {
                int middle = low + ((high - low + 1) / 2);
                (low, high) = _runs[middle].Row <= row ? (middle, high) : (low, middle - 1);
            }

            return _runs[low].Line + ((row - _runs[low].Row) * _runs[low].Step);
        }
    }
}
