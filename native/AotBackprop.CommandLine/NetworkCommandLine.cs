using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using AotBackprop.CommandLine.IO;
using AotBackprop.Files;

namespace AotBackprop.CommandLine;

/// <summary>The commands of a program around one network.</summary>
public static class NetworkCommandLine
{
    private const int NarrowestHelp = 40;
    private const int LongestMessage = 1000;

    /// <summary>
    /// Does what the arguments say. Results go to the standard output, progress and errors to the standard error.
    /// </summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="args">The program's arguments.</param>
    /// <param name="settings">What the program has of its own.</param>
    /// <returns>
    /// The program's exit code: 0 done, 1 failed, or done and not all of it could be told, 2 not understood, 129, 130,
    /// 143 and 152 stopped by SIGHUP, Ctrl-C, SIGTERM and SIGXCPU.
    /// </returns>
    public static int Run<TNetwork>(string[] args, ProgramSettings settings)
        where TNetwork : class, INetwork<TNetwork>
    {
        string program = RootCommand.ExecutableName;
        try
        {
            if (OperatingSystem.IsLinux())
            {
                SystemCalls.IgnoreFileSizeSignal();
            }

            int code = Invoke(Parse<TNetwork>(Arguments.Recover(args), settings));
            Standard.Output.Flush();
            return code == ExitCode.Ok && Standard.LogFailed ? ExitCode.Failure : code;
        }
        catch (Exception e)
        {
            // The results before it are whole lines, and stay. Whatever it is, a user is told in words.
            try
            {
                Standard.Output.Flush();
            }
            catch (IOException)
            {
                // The message may be of this very stream; and the exit code says the same.
            }

            Standard.Log($"{program}: {Shown(e is TypeInitializationException ? e.GetBaseException().Message : e.Message)}");
            return ExitCode.Failure;
        }
    }

    /// <summary>A message has texts of whatever origin in it.</summary>
    private static string Shown(string message) => Printable.Of(message, LongestMessage);

    private static ParseResult Parse<TNetwork>(string[] args, ProgramSettings settings)
        where TNetwork : class, INetwork<TNetwork>
    {
        RootCommand root = new($"{settings.Description}\n\n{ExitCode.Description}")
        {
            TrainCommand.Create<TNetwork>(settings),
            EvaluateCommand.Create<TNetwork>(settings),
            PredictCommand.Create<TNetwork>(settings),
            InfoCommand.Create<TNetwork>(),
        };
        root.Add(CompletionCommand.Create(root));
        root.Add(ManCommand.Create(root, settings.Description));

        root.Directives.Clear();
        HelpAction help = (HelpAction)root.Options.OfType<HelpOption>().First().Action!;
        help.MaxWidth = SystemCalls.TerminalWidth(SystemCalls.Output) is { } width ? Math.Max(width, NarrowestHelp) : int.MaxValue;
        root.SetAction(result =>
        {
            if (settings.Demo is null)
            {
                help.Invoke(result);
                return ExitCode.Usage;
            }

            settings.Demo();
            return ExitCode.Ok;
        });

        // Without a replacer a file whose name begins with @ is a file like any other.
        return root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
    }

    private static int Invoke(ParseResult result)
    {
        // The parser passes over what looks like [a directive]; there are none here.
        string[] directives = [.. result.Tokens.Where(token => token.Type == TokenType.Directive).Select(token => token.Value)];
        if (directives.Length > 0)
        {
            return Misunderstood(result, directives.Select(directive => $"Unrecognized command or argument '{directive}'."));
        }

        if (result.Errors.Count > 0 && result.Action is ParseErrorAction)
        {
            return Misunderstood(result, result.Errors.Select(error => error.Message));
        }

        try
        {
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = Standard.Output });
        }
        catch (UsageException e)
        {
            return Misunderstood(result, [e.Message]);
        }
    }

    private static int Misunderstood(ParseResult result, IEnumerable<string> messages)
    {
        Command root = result.RootCommandResult.Command;
        foreach (string message in messages)
        {
            Standard.Log($"{root.Name}: {Shown(message)}");
        }

        Command command = result.CommandResult.Command;
        Standard.Log(command is RootCommand ? $"See {root.Name} --help" : $"See {root.Name} {command.Name} --help");
        return ExitCode.Usage;
    }
}
