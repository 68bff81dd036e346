namespace AotBackprop.Tests.Support;

/// <summary>How much is tried: most of the time goes into compiling networks, so that a run of all tests has a few of them.</summary>
internal static class Trials
{
    /// <summary>Whether the environment asks for all of them, as <c>tests/long.sh networks</c> does.</summary>
    public static bool AreInFull { get; } = Environment.GetEnvironmentVariable("AOTBACKPROP_TRIALS") == "full";
}
