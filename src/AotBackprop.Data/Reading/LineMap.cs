namespace AotBackprop.Data;

/// <summary>The line of each row, as runs of rows whose lines are as far from each other: of most files one.</summary>
internal sealed class LineMap
{
    private readonly List<(int Row, long Line, long Step)> _runs = [];
    private int _rows;

    public void Add(long line)
    {
        if (_rows > 0)
        {
            (int row, long first, long step) = _runs[^1];
            if (first + ((_rows - row) * step) == line)
            {
                _rows++;
                return;
            }

            if (_rows - row == 1)
            {
                _runs[^1] = (row, first, line - first);
                _rows++;
                return;
            }
        }

        _runs.Add((_rows++, line, 1));
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
