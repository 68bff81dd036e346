using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace AotBackprop.CommandLine;

/// <summary>The commands of a program around one network.</summary>
public static class NetworkCommandLine
{
    /// <summary>
    /// Does what the arguments say. Results go to the standard output, progress and errors to the standard error.
    /// </summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="args">The program's arguments.</param>
    /// <param name="settings">What the program has of its own.</param>
    /// <returns>The program's exit code: 0 done, 1 failed, 2 not understood, 130 stopped by Ctrl-C.</returns>
    public static int Run<TNetwork>(string[] args, ProgramSettings settings)
        where TNetwork : class, INetwork<TNetwork>
    {
        RootCommand root = new(settings.Description)
        {
            TrainCommand.Create<TNetwork>(settings),
            EvaluateCommand.Create<TNetwork>(settings),
            PredictCommand.Create<TNetwork>(settings),
            InfoCommand.Create<TNetwork>(),
        };
        root.SetAction(result =>
        {
            if (settings.Demo is null)
            {
                ((SynchronousCommandLineAction)new HelpOption().Action!).Invoke(result);
                return ExitCode.Usage;
            }

            settings.Demo();
            return ExitCode.Ok;
        });

        // Without a replacer a file whose name begins with @ is a file like any other.
        ParseResult result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        return result.Errors.Count > 0 && result.Action is ParseErrorAction
            ? Misunderstood(root.Name, result, result.Errors.Select(error => error.Message))
            : Invoke(root.Name, result);
    }

    private static int Misunderstood(string program, ParseResult result, IEnumerable<string> messages)
    {
        foreach (string message in messages)
        {
            Console.Error.WriteLine($"{program}: {message}");
        }

        Command command = result.CommandResult.Command;
        Console.Error.WriteLine(command is RootCommand ? $"See {program} --help" : $"See {program} {command.Name} --help");
        return ExitCode.Usage;
    }

    private static int Invoke(string program, ParseResult result)
    {
        try
        {
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (UsageException e)
        {
            return Misunderstood(program, result, [e.Message]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArithmeticException
            or ArgumentException or OutOfMemoryException)
        {
            Console.Error.WriteLine($"{program}: {e.Message}");
            return ExitCode.Failure;
        }
    }
}
