using Xunit;

namespace AotBackprop.Tests.Support;

internal static class Allocations
{
    /// <summary>Fails if the thread allocates managed memory in so many calls, once it has made the first.</summary>
    public static void AssertNone(int calls, Action<int> call)
    {
        call(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i <= calls; i++)
        {
            call(i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
