using System.CommandLine;

namespace AotBackprop.CommandLine;

/// <summary>Examples in the help of a command.</summary>
internal static class Examples
{
    /// <summary>A description with examples below it.</summary>
    /// <param name="description">What the command does.</param>
    /// <param name="arguments">What follows the program's name in each.</param>
    public static string Of(string description, params ReadOnlySpan<string> arguments) =>
        $"{description}\n\nExamples:\n{string.Join('\n', arguments.ToArray().Select(one => $"  {RootCommand.ExecutableName} {one}"))}";
}
