using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AotBackprop.Files;

namespace AotBackprop.Data;

/// <summary>A column of a table: by its name, or by its number as messages count them, from 1; −1 is the last.</summary>
[SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "Named and At are.")]
public readonly record struct Column
{
    /// <summary>The first column.</summary>
    public static Column First => At(1);

    /// <summary>The last column.</summary>
    public static Column Last => At(-1);

    /// <summary>Its name; null where a number says which it is.</summary>
    public string? Name { get; private init; }

    /// <summary>Its number from 1, or from −1 backwards; 0 where a name says which it is.</summary>
    public int Number { get; private init; }

    /// <summary>The column that the header calls so.</summary>
    /// <param name="name">Letter by letter, without blanks around it.</param>
    public static Column Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new() { Name = name };
    }

    /// <summary>The column of a number.</summary>
    /// <param name="number">From 1, or from −1 backwards.</param>
    public static Column At(int number) => number != 0
        ? new() { Number = number }
        : throw new ArgumentOutOfRangeException(nameof(number), number, "The column is 0; wanted a number from 1, or from −1 backwards.");

    /// <summary>A number where the text is one, else a name: <c>3</c>, <c>-1</c>, <c>price</c>.</summary>
    /// <param name="text">As people write it.</param>
    public static Column Parse(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number != 0 ? At(number) : Named(text);

    /// <summary>The column that the header calls so.</summary>
    /// <param name="name">Letter by letter, without blanks around it.</param>
    public static implicit operator Column(string name) => Named(name);

    /// <summary>The column of a number.</summary>
    /// <param name="number">From 1, or from −1 backwards.</param>
    public static implicit operator Column(int number) => At(number);

    /// <inheritdoc/>
    public override string ToString() => Name is null ? Number.ToString(CultureInfo.InvariantCulture) : Printable.Quote(Name);
}
