namespace AotBackprop.Data;

/// <summary>What the first line of a table is.</summary>
public enum HeaderUse
{
    /// <summary>Names of columns where none of its fields is a number, else values.</summary>
    Find = 0,

    /// <summary>Values, as every other line.</summary>
    None = 1,

    /// <summary>Names of columns.</summary>
    Names = 2,

    /// <summary>Neither: it is passed over.</summary>
    Skip = 3,
}
