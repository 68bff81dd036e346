namespace AotBackprop.CommandLine;

/// <summary>What a script learns from the end of the program.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The command was understood and could not be done: a bad file, no memory, a training that diverges.</summary>
    public const int Failure = 1;

    /// <summary>The command was not understood.</summary>
    public const int Usage = 2;

    /// <summary>Training was stopped by Ctrl-C: 128 and the number of the signal, as shells count.</summary>
    public const int Interrupted = 130;
}
