using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>What an optimizer keeps from step to step, copied out and in.</summary>
public sealed class OptimizerStateTests
{
    private const int Head = 64;

    public static TheoryData<string> Kinds => ["sgd", "sgd, clipped", "momentum", "nesterov, clipped", "adam", "adamw, clipped", "lion"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_training_goes_on_from_it_to_the_same_bits(string kind)
    {
        Batch batch = Batch.Draw(1, Iris.LayerSizes, 12);
        using Iris all = new(1), first = new(1), rest = new(2);
        Optimizer ofAll = Of(kind), ofFirst = Of(kind), ofRest = Of(kind);
        Train(all, ofAll, batch, 9);
        Train(first, ofFirst, batch, 4);
        byte[] state = StateOf(ofFirst);
        ofRest.SetState(state);
        Assert.Equal(ofFirst.StateSize == 0 || kind == "sgd, clipped" ? 0 : state.Length, ofRest.StateSize);
        rest.SetParameters(first.Parameters);
        Train(rest, ofRest, batch, 5);
        Bits.Same(all.Parameters, rest.Parameters);
        Assert.Equal(StateOf(ofAll), StateOf(ofRest));

        // It belongs to the network that it has trained.
        Assert.Throws<InvalidOperationException>(() => Train(first, ofRest, batch, 1));
    }

    // There is memory for it by then, in which no step has left anything.
    [Fact]
    public void A_first_step_that_was_refused_leaves_no_state()
    {
        using Digits net = new(seed: 1);
        Optimizer adam = Optimizer.Adam();
        float[] X = new float[64];
        X[0] = 1e20f;
        Assert.Throws<NotFiniteNumberException>(() => net.TrainStep(X, new int[1], adam));
        Assert.Equal(0, adam.StateSize);
        adam.SetState([]);
    }

    [Fact]
    public void Its_bytes_are_a_head_and_what_is_kept_of_each_parameter()
    {
        using Iris network = new(1);
        Optimizer adam = Of("adam");
        Assert.Equal(0, adam.StateSize);
        adam.GetState([]);
        Train(network, adam, Batch.Draw(1, Iris.LayerSizes, 12), 3);
        byte[] state = StateOf(adam);

        // 67 parameters, each array padded to 80.
        Assert.Equal(Head + (2 * 80 * sizeof(float)), state.Length);
        Assert.Equal(3, BinaryPrimitives.ReadInt64LittleEndian(state));
        Assert.Equal((int)OptimizerMemory.Moments, BinaryPrimitives.ReadInt32LittleEndian(state.AsSpan(8)));
        Assert.Equal(67, BinaryPrimitives.ReadInt32LittleEndian(state.AsSpan(12)));
        Assert.True(state.AsSpan(16, Head - 16).IndexOfAnyExcept((byte)0) < 0);
        Assert.All(MemoryMarshal.Cast<byte, float>(state.AsSpan(Head + (80 * sizeof(float)))).ToArray(), v => Assert.True(v >= 0));
        Assert.Throws<ArgumentException>(() => adam.GetState(new byte[state.Length - 1]));
    }

    [Fact]
    public void Room_for_a_gradient_comes_and_goes()
    {
        Batch batch = Batch.Draw(1, Iris.LayerSizes, 12);
        using Iris first = new(1);
        Optimizer wide = Of("adamw, clipped");
        Train(first, wide, batch, 4);
        byte[] state = StateOf(wide);
        using Iris other = new(1);
        Optimizer narrow = Optimizer.AdamW();
        narrow.SetState(state);
        Assert.Equal(state.Length - (80 * sizeof(float)), narrow.StateSize);
        Train(other, narrow, batch, 1);
        using Iris clipped = new(1);
        Optimizer again = Of("adamw, clipped");
        again.SetState(StateOf(narrow));
        Train(clipped, again, batch, 1);
        Assert.Equal(state.Length, again.StateSize);
    }

    [Fact]
    public void What_is_no_state_is_refused_and_changes_nothing()
    {
        Batch batch = Batch.Draw(1, Iris.LayerSizes, 12);
        using Iris network = new(1);
        Optimizer adam = Of("adam");
        Train(network, adam, batch, 2);
        byte[] state = StateOf(adam);
        Refused(state[..^1]);
        Refused(state[..Head]);
        Refused([.. state, .. new byte[4]]);
        Refused(Changed(12, 81));
        Refused(Changed(12, -1));
        Refused(Changed(8, (int)OptimizerMemory.Sum));
        Refused(new byte[state.Length]);
        Refused(Changed(Head + 8, BitConverter.SingleToInt32Bits(float.NaN)));
        Refused(Changed(Head + (80 * sizeof(float)), BitConverter.SingleToInt32Bits(-1)));
        Assert.Throws<ArgumentException>(() => Of("momentum").SetState(state));
        Assert.Equal(state, StateOf(adam));
        Train(network, adam, batch, 1);

        // Of another network's size, which only its step can know.
        using Digits digits = new(1);
        Optimizer told = Of("adam");
        told.SetState(state);
        Batch larger = Batch.Draw(1, Digits.LayerSizes, 5);
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => digits.TrainStep(larger.X, larger.Labels!, told));
        Assert.Contains("67 weights and biases; wanted one of 2410", e.Message, StringComparison.Ordinal);
        told.SetState([]);
        digits.TrainStep(larger.X, larger.Labels!, told);

        void Refused(byte[] bytes) => Assert.Throws<ArgumentException>(() => adam.SetState(bytes));

        byte[] Changed(int at, int number)
        {
            byte[] changed = (byte[])state.Clone();
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(at), number);
            return changed;
        }
    }

    private static void Train(Iris network, Optimizer optimizer, Batch batch, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            network.TrainStep(batch.X, batch.Labels!, optimizer);
        }
    }

    private static byte[] StateOf(Optimizer optimizer)
    {
        byte[] state = new byte[optimizer.StateSize];
        optimizer.GetState(state);
        return state;
    }

    private static Optimizer Of(string kind) => kind switch
    {
        "sgd" => Optimizer.Sgd(0.1f),
        "sgd, clipped" => Optimizer.Sgd(0.1f, clipNorm: 0.1f),
        "momentum" => Optimizer.Momentum(0.1f),
        "nesterov, clipped" => Optimizer.Nesterov(0.1f, clipNorm: 0.1f),
        "adam" => Optimizer.Adam(),
        "adamw, clipped" => Optimizer.AdamW(clipNorm: 0.1f),
        _ => Optimizer.Lion(),
    };
}
