namespace AotBackprop.Data;

/// <summary>Where rows come from, for messages.</summary>
internal sealed class Origin(string name, bool isText, ColumnPlan plan)
{
    /// <summary>What a message calls the file.</summary>
    public string Name => name;

    /// <summary>The columns.</summary>
    public ColumnPlan Plan => plan;

    /// <summary>The line of each row.</summary>
    public LineMap Lines { get; } = new();

    /// <summary>What a message calls a row.</summary>
    public string Place(int row) => PlaceOf(Lines[row]);

    /// <summary>What a message calls a line, or a sample that is in none.</summary>
    public string PlaceOf(long line) => $"{name}, {(isText ? "line" : "sample")} {line}";

    /// <summary>What a message calls an input.</summary>
    public string Input(int input) => plan.Called(plan.Inputs[input]);
}
