using System.CommandLine;
using System.Text;
using AotBackprop.CommandLine.IO;

namespace AotBackprop.CommandLine;

/// <summary><c>man</c>: the program's manual page, as man reads it.</summary>
internal static class ManCommand
{
    /// <param name="root">What is described.</param>
    /// <param name="description">What the program is.</param>
    public static Command Create(RootCommand root, string description)
    {
        Command command = new("man", Examples.Of("Print the manual page", $"man > {RootCommand.ExecutableName}.1", $"man | man -l -"));
        command.SetAction(_ =>
        {
            Standard.Output.Write(Page(root, description));
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Page(RootCommand root, string description)
    {
        StringBuilder text = new();
        string name = Text(root.Name);
        text.Append($".TH \"{name}\" 1\n.SH NAME\n{name} \\- {Line(description.Split('\n')[0])}\n.SH SYNOPSIS\n");
        foreach (Command command in root.Subcommands)
        {
            string arguments = string.Join(' ', command.Arguments.Select(one => $"\\fI{Text(one.Name)}\\fR"));
            text.Append($".B {name} {Text(command.Name)}\n{arguments} [\\fIoptions\\fR]\n.br\n");
        }

        foreach (Command command in root.Subcommands)
        {
            text.Append($".SH {Text(command.Name.ToUpperInvariant())}\n");
            Paragraphs(text, command.Description ?? "");
            foreach (Argument argument in command.Arguments)
            {
                text.Append($".TP\n\\fI{Text(argument.Name)}\\fR\n{Line(argument.Description ?? "")}\n");
            }

            foreach (Option option in CompletionCommand.OptionsOf(command))
            {
                string value = CompletionCommand.IsFlag(option) ? "" : $" \\fI{Text(option.HelpName ?? "VALUE")}\\fR";
                text.Append($".TP\n\\fB{Text(option.Name)}\\fR{value}\n{Line((option.Description ?? "") + Standing(option))}\n");
            }
        }

        text.Append(".SH EXIT STATUS\n");
        Paragraphs(text, ExitCode.Description);
        return text.ToString();
    }

    private static string Standing(Option option) =>
        option.HasDefaultValue && !CompletionCommand.IsFlag(option) && option.GetDefaultValue() is IConvertible value
            ? $" [default: {value.ToString(System.Globalization.CultureInfo.InvariantCulture)}]"
            : "";

    /// <summary>Paragraphs of a description; lines that begin with blanks stay lines.</summary>
    private static void Paragraphs(StringBuilder text, string description)
    {
        foreach (string line in description.Split('\n'))
        {
            text.Append(line.Length == 0 ? ".PP\n" : line[0] == ' ' ? $".br\n{Line(line.Trim())}\n" : $"{Line(line)}\n");
        }
    }

    // A line that begins with a point or an apostrophe would be a request.
    private static string Line(string text) => Text(text) is ['.' or '\'', ..] and var request ? $"\\&{request}" : Text(text);

    private static string Text(string text) =>
        text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
}
