using Xunit;

namespace AotBackprop.Tests.Support;

internal static class Allocations
{
    // A lock makes its event when two threads first want it at once, which may be late.
    private const int Rounds = 4;

    /// <summary>Fails if the thread goes on to allocate managed memory in each round of so many calls.</summary>
    public static void AssertNone(int calls, Action<int> call)
    {
        call(0);
        long allocated = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 1; i <= calls; i++)
            {
                call(i);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated == 0)
            {
                return;
            }
        }

        Assert.Fail($"The last {calls} calls allocated {allocated} bytes.");
    }
}
