using System.Diagnostics;
using AotBackprop.Generator.Printing;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Planning;
using AotBackprop.Testing;
using Microsoft.CodeAnalysis.CSharp;

namespace AotBackprop.Generator.Tests;

public sealed class GenerationCostTests(ITestOutputHelper output)
{
    private static readonly NetworkSpec Mnist = Spec(784, 128, 10);
    private static readonly NetworkSpec Large = Spec(4096, 4096, 10);

    [Fact]
    public void The_text_of_a_large_network_is_hardly_longer_than_that_of_a_small_one()
    {
        int small = Emit(Mnist).Sum(file => file.Text.Length);
        int large = Emit(Large).Sum(file => file.Text.Length);
        output.WriteLine($"784-128-10: {small} characters; 4096-4096-10: {large}.");
        Assert.True(large <= 1.3 * small);
    }

    [Fact]
    public void Generating_a_large_network_allocates_hardly_more_than_generating_a_small_one()
    {
        long small = Allocated(Mnist);
        long large = Allocated(Large);
        long largest = Allocated(Spec(65_534, 8_192));
        output.WriteLine($"784-128-10: {small} bytes; 4096-4096-10: {large}; 65534-8192: {largest}.");
        Assert.True(large <= 1.5 * small);
        Assert.True(largest <= 1.5 * small);
    }

    [Fact]
    public void The_time_of_a_generation_is_told()
    {
        foreach (int[] sizes in new int[][] { [784, 128, 10], [4096, 4096, 10] })
        {
            CSharpCompilation compilation = GeneratorRun.Compile(Declare.Network("Net", sizes));
            double[] times = [.. Enumerable.Range(0, 10).Select(_ =>
            {
                long start = Stopwatch.GetTimestamp();
                GeneratorRun.CreateDriver().RunGenerators(compilation, TestContext.Current.CancellationToken);
                return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            })];
            output.WriteLine($"{string.Join('-', sizes)}: {times.Min():F1} ms warm, {times[0]:F1} ms the first time.");
        }
    }

    private static long Allocated(NetworkSpec spec)
    {
        Emit(spec);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Emit(spec);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static EmittedFile[] Emit(NetworkSpec spec) => [.. NetworkPrinter.Emit(Planner.Plan(spec))];

    private static NetworkSpec Spec(params int[] sizes) => new() { Name = "Net", Sizes = new(sizes) };
}
