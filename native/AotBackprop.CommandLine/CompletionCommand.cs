using System.CommandLine;
using System.Text;
using AotBackprop.CommandLine.IO;

namespace AotBackprop.CommandLine;

/// <summary><c>completion SHELL</c>: a script by which a shell completes the program's commands, options and files.</summary>
internal static class CompletionCommand
{
    private static readonly string[] s_shells = ["bash", "zsh", "fish"];

    /// <param name="root">What is completed.</param>
    public static Command Create(RootCommand root)
    {
        Argument<string> shell = new("SHELL") { Description = ProgramOptions.Either(s_shells) };
        shell.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && !s_shells.Contains(token.Value))
            {
                given.AddError($"SHELL is '{token.Value}'; wanted {ProgramOptions.Either(s_shells)}.");
            }
        });
        Command command = new("completion", Examples.Of(
            "Print a script by which a shell completes commands, options and files",
            "completion bash > ~/.local/share/bash-completion/completions/" + RootCommand.ExecutableName)) { shell };
        command.SetAction(result =>
        {
            Standard.Output.Write(result.GetRequiredValue(shell) switch
            {
                "zsh" => Zsh(root),
                "fish" => Fish(root),
                _ => Bash(root),
            });
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Bash(RootCommand root)
    {
        string function = FunctionOf(root.Name);
        StringBuilder text = new();
        text.Append($$"""
            # Of bash: completes {{root.Name}}.
            {{function}}() {
                local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options= words=
                case ${COMP_WORDS[1]} in

            """);
        foreach (Command command in root.Subcommands)
        {
            text.Append($"        {command.Name}) options='{string.Join(' ', OptionsOf(command).Select(one => one.Name))}' ;;\n");
        }

        text.Append("    esac\n    case $before in\n");
        foreach (IGrouping<string, Option> group in WithWords(root).GroupBy(one => one.Name))
        {
            text.Append($"        {group.Key}) words='{string.Join(' ', group.SelectMany(ProgramOptions.WordsOf).Distinct())}' ;;\n");
        }

        text.Append($$"""
                completion) words='{{string.Join(' ', s_shells)}}' ;;
                esac
                if [ "$COMP_CWORD" -eq 1 ]; then
                    words='{{string.Join(' ', root.Subcommands.Select(one => one.Name))}} --help --version'
                elif [ -z "$words" ] && [[ $word == -* ]]; then
                    words=$options
                fi
                if [ -n "$words" ]; then
                    COMPREPLY=($(compgen -W "$words" -- "$word"))
                else
                    compopt -o filenames 2> /dev/null
                    COMPREPLY=($(compgen -f -- "$word"))
                fi
            }
            complete -F {{function}} {{Quoted(root.Name)}}

            """);
        return text.ToString();
    }

    private static string Zsh(RootCommand root)
    {
        string function = FunctionOf(root.Name);
        StringBuilder text = new();
        text.Append($"#compdef {root.Name}\n{function}() {{\n    local -a commands options\n    commands=(\n");
        foreach (Command command in root.Subcommands)
        {
            text.Append($"        {Quoted($"{command.Name}:{FirstLine(command)}")}\n");
        }

        text.Append("    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n    case $words[2] in\n");
        foreach (Command command in root.Subcommands.Where(one => OptionsOf(one).Any()))
        {
            text.Append($"        {command.Name}) options=(\n");
            foreach (Option option in OptionsOf(command))
            {
                string[] words = ProgramOptions.WordsOf(option);
                string value = IsFlag(option) ? "" : words.Length > 0 ? $":{HelpNameOf(option)}:({string.Join(' ', words)})" : $":{HelpNameOf(option)}:_files";
                text.Append($"            {Quoted($"{option.Name}[{ZshText(FirstLine(option))}]{value}")}\n");
            }

            text.Append("        ) ;;\n");
        }

        // Sourced it is told of, and from a folder of functions it is called as soon as it is read.
        string files = Quoted("*:file:_files");
        text.Append($$"""
                    completion) options=({{Quoted($"2:SHELL:({string.Join(' ', s_shells)})")}}) ;;
                esac
                _arguments -s $options {{files}}
            }
            if [[ $funcstack[1] == {{function}} ]]; then
                {{function}} "$@"
            else
                compdef {{function}} {{Quoted(root.Name)}}
            fi

            """);
        return text.ToString();
    }

    private static string Fish(RootCommand root)
    {
        string name = Quoted(root.Name);
        StringBuilder text = new();
        foreach (Command command in root.Subcommands)
        {
            text.Append($"complete -c {name} -f -n __fish_use_subcommand -a {command.Name} -d {Quoted(FirstLine(command))}\n");
            string condition = Quoted($"__fish_seen_subcommand_from {command.Name}");
            foreach (Option option in OptionsOf(command))
            {
                string[] words = ProgramOptions.WordsOf(option);
                string value = IsFlag(option) ? "" : words.Length > 0 ? $" -x -a {Quoted(string.Join(' ', words))}" : " -r";
                text.Append($"complete -c {name} -n {condition} -l {option.Name.TrimStart('-')}{value} -d {Quoted(FirstLine(option))}\n");
            }
        }

        text.Append($"complete -c {name} -f -n {Quoted("__fish_seen_subcommand_from completion")} -a {Quoted(string.Join(' ', s_shells))}\n");
        return text.ToString();
    }

    internal static IEnumerable<Option> OptionsOf(Command command) =>
        command.Options.Where(one => !one.Hidden && one.Name.StartsWith("--", StringComparison.Ordinal));

    internal static string FirstLine(Symbol symbol) => (symbol.Description ?? "").Split('\n')[0];

    internal static bool IsFlag(Option option) => option.ValueType == typeof(bool);

    private static IEnumerable<Option> WithWords(RootCommand root) =>
        root.Subcommands.SelectMany(OptionsOf).Where(one => ProgramOptions.WordsOf(one).Length > 0);

    private static string HelpNameOf(Option option) => option.HelpName ?? "VALUE";

    // A program may have any name; a shell's function none but these.
    private static string FunctionOf(string program) => "_" + string.Concat(program.Select(one => char.IsAsciiLetterOrDigit(one) ? one : '_'));

    private static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string ZshText(string text) =>
        text.Replace("[", @"\[", StringComparison.Ordinal).Replace("]", @"\]", StringComparison.Ordinal).Replace(":", @"\:", StringComparison.Ordinal);
}
