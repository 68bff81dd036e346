namespace AotBackprop.Data;

/// <summary>The rows of a file, one after the other, whatever its format.</summary>
internal abstract class RowSource : IDisposable
{
    /// <summary>What a message calls the file.</summary>
    public required string Name { get; init; }

    /// <summary>What was found out.</summary>
    public abstract TableFormat Format { get; }

    /// <summary>The names of the columns; null where there are none.</summary>
    public virtual string[]? Names => null;

    /// <summary>How many columns it has.</summary>
    public abstract int Columns { get; }

    /// <summary>The line of the current row, or the number of its sample, from 1.</summary>
    public long Line { get; protected set; }

    /// <summary>Whether <see cref="Line"/> is a line of a text.</summary>
    public virtual bool IsText => true;

    /// <summary>How many rows the file has, as far as can be told.</summary>
    public virtual long Expected => 0;

    /// <summary>A line that says what is needed to read a file of another number of columns, for messages.</summary>
    public virtual string HintOfColumns(int wanted) => "";

    /// <summary>Goes to the next row.</summary>
    /// <exception cref="InvalidDataException">It is not as it should be.</exception>
    public abstract bool Next();

    /// <summary>The numbers of some columns of the row, up to the first that is no finite number.</summary>
    /// <param name="columns">Indices of columns.</param>
    /// <param name="from">Where in them to begin.</param>
    /// <param name="numbers">A place for each of the columns.</param>
    /// <returns>The place where it stopped; the number of columns where all are finite.</returns>
    public abstract int Numbers(int[] columns, int from, Span<double> numbers);

    /// <summary>Goes to the next row, and takes numbers of it: one call, for there are many rows.</summary>
    /// <param name="columns">Indices of columns.</param>
    /// <param name="numbers">A place for each of the columns.</param>
    /// <returns>What <see cref="Numbers"/> returns; −1 where there is no row.</returns>
    public abstract int Next(int[] columns, Span<double> numbers);

    /// <summary>The text of a field, without blanks around it, in UTF-8.</summary>
    public abstract ReadOnlySpan<byte> Text(int column);

    /// <summary>What may be wrong with a field that is no number: a sentence, or nothing.</summary>
    public virtual string HintOfValue(int column) => "";

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
