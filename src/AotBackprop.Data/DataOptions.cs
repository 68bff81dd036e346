using System.Text;

namespace AotBackprop.Data;

/// <summary>How a file of samples is read. Whatever is null or not given is found out.</summary>
public sealed record DataOptions
{
    /// <summary>The format; found out by the first bytes, not by the name.</summary>
    public DataFormat? Format { get; init; }

    /// <summary>What stands between values: an ASCII character. A blank stands for one or more.</summary>
    public char? Delimiter { get; init; }

    /// <summary>What the first line is.</summary>
    public HeaderUse Header { get; init; }

    /// <summary>Lines that begin with this ASCII character are passed over.</summary>
    public char? Comment { get; init; }

    /// <summary>Whether numbers are written with a comma: <c>1,5</c> is 1.5.</summary>
    public bool DecimalComma { get; init; }

    /// <summary>The encoding of text without a byte order mark, such as <see cref="Encoding.Latin1"/>.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>The columns of targets, in the network's order; the last ones unless given.</summary>
    public IReadOnlyList<Column>? Targets { get; init; }

    /// <summary>
    /// The column of each sample's weight, which is neither input nor target; of an NPZ file the name of an array. Null where
    /// every sample counts the same. Where inputs alone are read, it is passed over.
    /// </summary>
    public Column? Weights { get; init; }

    /// <summary>Columns that are neither inputs nor targets.</summary>
    public IReadOnlyList<Column> LeaveOut { get; init; } = [];

    /// <summary>
    /// The names of the inputs in the network's order, as a model keeps them. A table with a header is read by them,
    /// in whatever order it has its columns, and what it has besides is left out.
    /// </summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>
    /// The names of the targets in the network's order, as a model keeps them: they are the targets of a table with a
    /// header that has them, unless <see cref="Targets"/> are given.
    /// </summary>
    public IReadOnlyList<string>? TargetNames { get; init; }

    /// <summary>
    /// The names of the classes in the network's order, as a model keeps them; empty where labels are class numbers. Any
    /// other label is an error.
    /// </summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>What takes the place of an input that is missing.</summary>
    public MissingValues Missing { get; init; } = MissingValues.Refused;

    /// <summary>The scaling to apply as values are read, as a model keeps it.</summary>
    public InputScaling? Scaling { get; init; }

    /// <summary>The scaling to fit on the training part: <see cref="ScalingKind.Standard"/> or <see cref="ScalingKind.MinMax"/>.</summary>
    public ScalingKind? Fit { get; init; }

    /// <summary>A file of the targets, a row for each sample, where they are not in the file of the inputs.</summary>
    public string? TargetFile { get; init; }

    /// <summary>The array of the inputs in an NPZ file: <c>X</c>, <c>x</c>, <c>x_train</c> or <c>data</c> unless given.</summary>
    public string? InputMember { get; init; }

    /// <summary>The array of the targets in an NPZ file: <c>y</c>, <c>y_train</c>, <c>labels</c> or <c>target</c> unless given.</summary>
    public string? TargetMember { get; init; }

    /// <summary>Whether the column of weights need not be there where a name says which it is: every sample counts the same then.</summary>
    internal bool AreWeightsOptional { get; init; }

    /// <summary>As many columns as a table has for weights, as far as the options tell.</summary>
    internal int WeightCount => Weights is { } column && !(AreWeightsOptional && column.Name is not null) ? 1 : 0;

    internal static DataOptions Default { get; } = new();

    /// <summary>How another file is read as one was that was read so, with what was found out and fitted on that one.</summary>
    internal DataOptions OfAnother(
        InputScaling? scaling,
        IReadOnlyList<double>? missing,
        IReadOnlyList<string>? columns,
        IReadOnlyList<string>? targetNames,
        IReadOnlyList<string>? classes) => this with
        {
            Fit = null,
            Scaling = scaling,
            Missing = missing is null ? MissingValues.Refused : MissingValues.By([.. missing]),
            Columns = columns,
            TargetNames = targetNames,
            Classes = classes ?? [],
            TargetFile = null,
            AreWeightsOptional = true,
        };

    internal void Validate()
    {
        Require(Delimiter is null or (> '\0' and < '\x7F' and not '"' and not '\r' and not '\n'), nameof(Delimiter), Delimiter,
            "an ASCII character that is no quotation mark and ends no line");
        Require(Comment is null or (> ' ' and < '\x7F' and not '"'), nameof(Comment), Comment, "an ASCII character that is seen, and no quotation mark");
        Require(Comment is null || Comment != Delimiter, nameof(Comment), Comment, "another character than the delimiter");
        Require(!(DecimalComma && Delimiter == ','), nameof(Delimiter), Delimiter, "another delimiter than the comma, which is in numbers");
        Require(Fit is null or ScalingKind.Standard or ScalingKind.MinMax, nameof(Fit), Fit, "Standard or MinMax, which are fitted");
        Require(Fit is null || Scaling is null, nameof(Fit), Fit, "none beside a scaling that is given");
        Require(!(Missing.IsMean && Scaling is { Inputs: > 0 }), nameof(Missing), "Mean", "the numbers that the model keeps beside its scaling");
        Require(Targets is not { Count: 0 }, nameof(Targets), "empty", "a column, or null");
    }

    private static void Require(bool holds, string name, object? came, string wanted)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name} is {came}; wanted {wanted}.", name);
        }
    }
}
