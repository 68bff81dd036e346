using System.Runtime.CompilerServices;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

public sealed class ConcurrencyTests
{
    [Fact]
    public void Inference_on_one_object_from_many_threads_gives_the_same_bits_as_alone()
    {
        using Digits network = new(seed: 1);
        Batch batch = Batch.Draw(1, Digits.LayerSizes, 300);
        float[] expected = Forward(network, batch);
        Evaluation evaluation = network.Evaluate(batch.X, batch.Labels);
        Exception?[] failures = new Exception?[8];
        Thread[] threads = [.. Enumerable.Range(0, failures.Length).Select(i => new Thread(() => failures[i] = Record.Exception(() =>
        {
            for (int repetition = 0; repetition < 100; repetition++)
            {
                Bits.Same(expected, Forward(network, batch));
                Assert.Equal(evaluation, network.Evaluate(batch.X, batch.Labels));
            }
        })))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(failures, Assert.Null);
    }

    [Fact]
    public void Networks_of_their_own_train_on_many_threads_to_the_same_bits()
    {
        Batch batch = Batch.Draw(1, Digits.LayerSizes, 33);
        float[] expected = TrainAndDrop(batch, 50);
        Parallel.For(0, 16, _ => Bits.Same(expected, TrainAndDrop(batch, 50)));
    }

    [Fact]
    public void A_dropped_network_is_freed_only_after_its_last_step()
    {
        Batch batch = Batch.Draw(1, Digits.LayerSizes, 33);
        float[] expected = TrainAndDrop(batch, 2);
        using CancellationTokenSource done = new();
        Thread collector = new(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            for (int i = 0; i < 500; i++)
            {
                Bits.Same(expected, TrainAndDrop(batch, 2));
                Assert.True(LossOfADropped(batch) > 0);
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float[] TrainAndDrop(Batch batch, int steps)
    {
        Digits network = new(seed: 1);
        float[] gradient = new float[Digits.ParameterCount];
        for (int i = 0; i < steps; i++)
        {
            network.TrainStep(batch.X, batch.Labels, 0.1f);
        }

        network.Gradient(batch.X, batch.Labels, gradient);
        return gradient;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double LossOfADropped(Batch batch) => new Digits(seed: 1).Loss(batch.X, batch.Labels);

    private static float[] Forward(Digits network, Batch batch)
    {
        float[] probabilities = new float[batch.Y.Length];
        network.Forward(batch.X, probabilities);
        return probabilities;
    }
}
