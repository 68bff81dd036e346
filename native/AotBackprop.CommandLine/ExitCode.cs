namespace AotBackprop.CommandLine;

/// <summary>What a script learns from the end of the program.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>
    /// The command was understood and could not be done, or not told of: a bad file, no memory, a training that diverges,
    /// a log on a full disk.
    /// </summary>
    public const int Failure = 1;

    /// <summary>The command was not understood.</summary>
    public const int Usage = 2;

    public const string Description = """
        Exit codes: 0 done; 1 failed, or done and not all of it could be told; 2 not understood; 129, 130, 143 and 152
        stopped by SIGHUP, Ctrl-C, SIGTERM and SIGXCPU, with the network saved where --save was given.
        """;

    /// <summary>Training was stopped by a signal: 128 and its number, as shells count.</summary>
    public static int OfSignal(int number) => 128 + number;
}
