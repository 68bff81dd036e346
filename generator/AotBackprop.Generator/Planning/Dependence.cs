
namespace AotBackprop.Generator.Planning;

/// <summary>Whether one run of a schedule has to wait for the others' share of another.</summary>
internal static class Dependence
{
    /// <summary>Whether threads must meet between two runs, whichever forms they take.</summary>
    public static bool IsBetween(KernelRun earlier, KernelRun later) =>
        Forms(earlier).Any(first => Forms(later).Any(second =>
            Meet(first, first.Writes, second, second.Reads)
            || Meet(first, first.Writes, second, second.Writes)
            || Meet(first, first.Reads, second, second.Writes)));

    private static IEnumerable<KernelRun> Forms(KernelRun run) =>
        new[] { run, run.Otherwise, run.WhereNearlyAllAreZero }.OfType<KernelRun>();

    private static bool Meet(KernelRun first, IEnumerable<Access> theirs, KernelRun second, IEnumerable<Access> own) =>
        theirs.Any(a => own.Any(b => a.Name == b.Name && !IsSameShare(first, a, second, b)));

    // A thread that touches the same part as before needs nobody.
    private static bool IsSameShare(KernelRun first, Access a, KernelRun second, Access b) => (a.Share, b.Share) switch
    {
        (Share.Samples, Share.Samples) => true,
        (Share.Units, Share.Units) => first.Division == second.Division && first.Tile == second.Tile,
        _ => false,
    };
}
