namespace AotBackprop;

/// <summary>The names of the outputs where they are text.</summary>
internal static class Outputs
{
    /// <summary>Every output, in the order of its number.</summary>
    public static readonly IReadOnlyList<(Output Value, string Name)> All =
    [
        (Output.Softmax, "softmax"),
        (Output.Linear, "linear"),
        (Output.Sigmoid, "sigmoid"),
        (Output.Huber, "huber"),
    ];

    /// <summary>The name of an output, as Python, the command line and model files have it: "softmax".</summary>
    /// <param name="output">One that exists.</param>
    public static string NameOf(Output output) => All[(int)output].Name;

    /// <summary>The class numbers that its samples may have; 0 where targets are values alone.</summary>
    /// <param name="output">One that exists.</param>
    /// <param name="count">C.</param>
    public static int ClassesOf(Output output, int count) => output switch
    {
        Output.Softmax => count,
        Output.Sigmoid when count == 1 => 2,
        _ => 0,
    };
}
