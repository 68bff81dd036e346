using AotBackprop.Generator.Planning;
using AotBackprop.Generator.Tests.Compiler.MemoryCheck;

namespace AotBackprop.Generator.Tests.Compiler.ScheduleCheck;

/// <summary>
/// What threads do to each other between two barriers of a schedule: a piece that one writes and another reads or writes.
/// </summary>
internal static class Conflicts
{
    public static IEnumerable<string> In(NetworkPlan plan, WidthPlan width, IEnumerable<Step> steps, Situation situation)
    {
        List<KernelRun> phase = [];
        foreach (Step step in steps.Append(new ThreadBarrier()))
        {
            if (step is KernelRun run)
            {
                phase.Add(Taken(run, situation));
                continue;
            }

            foreach (string conflict in Within(plan, width, phase, situation))
            {
                yield return conflict;
            }

            phase.Clear();
        }
    }

    // A batch without a block of 16 samples, and one of nearly all zeros, take other forms.
    private static KernelRun Taken(KernelRun run, Situation situation)
    {
        KernelRun form = situation.N < 16 && run.Otherwise is { } otherwise ? otherwise : run;
        return situation.Zeros == InputZeros.NearlyAll && form.WhereNearlyAllAreZero is { } sparse ? sparse : form;
    }

    private static IEnumerable<string> Within(NetworkPlan plan, WidthPlan width, List<KernelRun> phase, Situation situation)
    {
        (KernelRun Run, int Rank, Piece[] Reads, Piece[] Writes)[] shares =
        [
            .. from run in phase
               from rank in Enumerable.Range(0, situation.Ranks)
               let share = new SharedRun(plan, width, run, situation with { Rank = rank })
               select (run, rank, share.Reads.ToArray(), share.Writes.ToArray()),
        ];
        return from one in shares
               from other in shares
               where one.Rank != other.Rank
               from written in one.Writes
               from used in other.Reads.Concat(other.Writes)
               where written.Meets(used)
               select $"{one.Run.Pass}{one.Run.Layer} writes {written}, {other.Run.Pass}{other.Run.Layer} uses {used}";
    }
}
