namespace AotBackprop.CommandLine;

/// <summary>What one program has of its own.</summary>
public sealed record ProgramSettings
{
    /// <summary>A line for the help.</summary>
    public required string Description { get; init; }

    /// <summary>What inputs are divided by unless <c>--scale</c> says otherwise.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>What to do without arguments; without it the program shows its help.</summary>
    public Action? Demo { get; init; }
}
