namespace AotBackprop.Generator.Nodes;

/// <summary>The vector vocabulary, beside loads, stores and multiply-adds.</summary>
internal static class VectorOps
{
    /// <summary>z ≤ 0 ? +0 : z.</summary>
    public static readonly Op Relu = new("Relu");

    /// <summary>dA where A is above 0, else 0.</summary>
    public static readonly Op Mask = new("Mask");

    public static readonly Op Max = new("Max");

    public static readonly Op Exp = new("Exp");

    public static readonly Op Sigmoid = new("Sigmoid");

    public static readonly Op Abs = new("Abs");

    /// <summary>A vector whose lanes are no further from 0 than a number.</summary>
    public static readonly Op Clamp = new("Clamp");

    /// <summary>A number in every lane.</summary>
    public static readonly Op Splat = new("Fill");

    /// <summary>The largest lane; of the first lanes where a count is given.</summary>
    public static readonly Op LargestLane = new("MaxOf");

    /// <summary>The sum of 16 virtual lanes.</summary>
    public static readonly Op SumLanes = new("Sum");

    /// <summary>The first lanes of a vector, and a number in the others.</summary>
    public static readonly Op Keep = new("Keep");

    /// <summary>1 in one lane.</summary>
    public static readonly Op OneAt = new("OneAt");

    /// <summary>1 in each lane whose label is a class.</summary>
    public static readonly Op OneWhere = new("OneWhere");

    /// <summary>Whether every lane is below a limit.</summary>
    public static readonly Op AreBelow = new("AreBelow");
}
