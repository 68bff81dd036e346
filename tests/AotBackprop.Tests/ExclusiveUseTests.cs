using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>Calls on one object that must not meet: the later one throws, and the earlier one ends as if it had not come.</summary>
public sealed class ExclusiveUseTests
{
    // An epoch of so many steps takes some tenths of a second, in which the other call comes.
    private const int Large = 8_000;

    private static readonly Batch Samples = Batch.Draw(1, Mnist.LayerSizes, Large);

    private static readonly Lazy<float[]> Undisturbed = new(() => Train(_ => { }));

    private static readonly Dictionary<string, Action<Mnist>> Calls = new()
    {
        ["TrainStep"] = net => net.TrainStep(First(1).X, First(1).Labels, 0.1f),
        ["TrainStep, by an optimizer"] = net => net.TrainStep(First(1).X, First(1).Y, Optimizer.Adam()),
        ["TrainEpoch"] = net => net.TrainEpoch(First(1).X, First(1).Labels, 1, 0.1f, 1, 0),
        ["Gradient"] = net => net.Gradient(First(1).X, First(1).Labels, new float[Mnist.ParameterCount]),
        ["Gradient, of Trace"] = net => net.Trace(First(1).X, First(1).Labels),
        ["Apply"] = net => net.Apply(new float[Mnist.ParameterCount], 0.1f),
        ["Initialize"] = net => net.Initialize(2),
        ["SetParameters"] = net => net.SetParameters(new float[Mnist.ParameterCount]),
        ["Threads"] = net => net.Threads = 2,
        ["Dispose"] = net => net.Dispose(),
        ["Forward"] = net => net.Forward(First(1).X, new float[10]),
        ["Classify"] = net => net.Classify(First(1).X, new int[1]),
        ["Evaluate"] = net => net.Evaluate(First(1).X, First(1).Labels),
        ["Loss"] = net => net.Loss(First(1).X, First(1).Y),
    };

    public static TheoryData<string> Names => [.. Calls.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_call_beside_a_training_says_who_is_in_and_changes_nothing(string name)
    {
        float[] expected = Undisturbed.Value;
        InvalidOperationException? refused = null;
        float[] came = Train(net => refused = Assert.Throws<InvalidOperationException>(() => Calls[name](net)));
        Assert.Contains($"{name.Split(',')[0]} and TrainEpoch ran on one Mnist at once", refused!.Message, StringComparison.Ordinal);
        Bits.Same(expected, came);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_two_trainers_one_is_told_and_none_waits_for_ever(int threads)
    {
        using Mnist net = new(seed: 1) { Threads = threads };
        int refusals = 0;
        Thread[] trainers = [.. Enumerable.Range(0, 2).Select(t => new Thread(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                Batch batch = First(1 + (i * 7 % 300));
                try
                {
                    net.TrainStep(batch.X, batch.Labels, 0.01f);
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref refusals);
                }
            }
        })
        { IsBackground = true })];
        Array.ForEach(trainers, trainer => trainer.Start());
        Assert.All(trainers, trainer => Assert.True(trainer.Join(TimeSpan.FromMinutes(1))));
        Assert.True(double.IsFinite(net.TrainStep(First(5).X, First(5).Labels, 0.01f)));
        Assert.InRange(refusals, 0, 399);
    }

    [Fact]
    public void A_disposed_network_throws_and_its_spans_stay()
    {
        Mnist net = new(seed: 1) { Threads = 2 };
        net.TrainStep(First(64).X, First(64).Labels, 0.1f);
        Span<float> W1 = net.W1;
        float[] before = W1.ToArray();
        net.Dispose();
        net.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Bits.Same(before, W1);
        W1.Fill(1);
        Assert.All(Calls.Where(call => call.Key != "Dispose"), call => Assert.Throws<ObjectDisposedException>(() => call.Value(net)));
        Assert.Throws<ObjectDisposedException>(() => net.Parameters.Length);
    }

    [Fact]
    public void A_failed_call_leaves_the_network_free()
    {
        using Mnist net = new(seed: 1);
        Optimizer others = Optimizer.Adam();
        using Mnist other = new(seed: 1);
        other.TrainStep(First(1).X, First(1).Labels, others);
        Assert.ThrowsAny<Exception>(() => net.TrainStep(First(1).X, [99], 0.1f));
        Assert.ThrowsAny<Exception>(() => net.TrainStep(First(1).X, First(1).Labels, others));
        Assert.ThrowsAny<Exception>(() => net.TrainStep(First(1).X, new float[10], 0.1f, normalize: true));
        Assert.ThrowsAny<Exception>(() => net.TrainEpoch(First(1).X, [99], 1, 0.1f, 1, 0));
        Assert.ThrowsAny<Exception>(() => net.Apply(Enumerable.Repeat(float.NaN, Mnist.ParameterCount).ToArray(), 0.1f));
        Assert.True(double.IsFinite(net.TrainStep(First(1).X, First(1).Labels, 0.1f)));
    }

    [Fact]
    public void One_optimizer_serves_one_of_two_networks_that_come_at_once()
    {
        for (int round = 0; round < 50; round++)
        {
            using Digits small = new(seed: 1);
            using Mnist large = new(seed: 1);
            Batch digits = Batch.Draw(1, Digits.LayerSizes, 1);
            Optimizer optimizer = Optimizer.Adam();
            using Barrier start = new(2);
            int refusals = 0;
            void Run(Action step)
            {
                start.SignalAndWait();
                try
                {
                    step();
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref refusals);
                }
            }

            Thread other = new(() => Run(() => large.TrainStep(First(1).X, First(1).Labels, optimizer)));
            other.Start();
            Run(() => small.TrainStep(digits.X, digits.Labels, optimizer));
            other.Join();
            Assert.Equal(1, refusals);
        }
    }

    /// <summary>Trains for an epoch, and does something meanwhile.</summary>
    private static float[] Train(Action<Mnist> meanwhile)
    {
        using Mnist net = new(seed: 1);
        Exception? failure = null;
        bool done = false;
        Thread trainer = new(() =>
        {
            failure = Record.Exception(() => net.TrainEpoch(Samples.X, Samples.Labels, 1, 0.001f, 1, 0));
            Volatile.Write(ref done, true);
        });
        trainer.Start();

        // A call that comes before the training has begun is no test: b2 moves with its first step.
        Span<float> b2 = net.b2;
        float first = b2[0];
        while (Volatile.Read(ref b2[0]) == first && !Volatile.Read(ref done))
        {
            Thread.Yield();
        }

        meanwhile(net);
        trainer.Join();
        Assert.Null(failure);
        return net.Parameters.ToArray();
    }

    private static Batch First(int count) => Samples.Slice(0, count);
}
