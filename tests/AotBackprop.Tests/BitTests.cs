using AotBackprop.Numerics;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>What has to be the same to the last bit, for networks drawn at random.</summary>
public sealed class BitTests
{
    // So small that squared errors of a hundred outputs shrink.
    private const float Rate = 0.002f;

    [Fact]
    public void A_step_is_the_gradient_and_then_its_application() => RandomNetworks.ForEach((random, type) =>
    {
        foreach (bool soft in new[] { false, true })
        {
            using Subject stepping = Subject.Drawn(type, random.Seed);
            using Subject applying = Subject.Drawn(type, random.Seed);
            for (int step = 0; step < 3; step++)
            {
                Batch batch = Batch.Draw(random.Seed + step, stepping, random.N, soft);
                (double loss, float[] gradient) = applying.Gradient(batch);
                applying.Apply(gradient, Rate);
                Bits.Same(loss, stepping.TrainStep(batch, Rate), "the loss");
                Bits.Same(applying.Parameters, stepping.Parameters, "of the parameters");
            }
        }
    });

    [Fact]
    public void One_hot_rows_and_class_numbers_are_the_same() => RandomNetworks.ForEach((random, type) =>
    {
        using Subject numbers = Subject.Drawn(type, random.Seed);
        using Subject rows = Subject.Drawn(type, random.Seed);
        Batch batch = Batch.Draw(random.Seed, numbers, random.N);
        (double loss, float[] gradient) = numbers.Gradient(batch);
        (double lossOfRows, float[] gradientOfRows) = rows.Gradient(batch.AsRows());
        Bits.Same(loss, lossOfRows, "the loss");
        Bits.Same(gradient, gradientOfRows, "of the gradient");
        Assert.Equal(numbers.Evaluate(batch), rows.Evaluate(batch.AsRows()));
        Bits.Same(numbers.TrainStep(batch, Rate), rows.TrainStep(batch.AsRows(), Rate), "the loss");
        Bits.Same(numbers.Parameters, rows.Parameters, "of the parameters");
        Bits.Same(numbers.TrainEpoch(batch, 8, Rate, 3, 1), rows.TrainEpoch(batch.AsRows(), 8, Rate, 3, 1), "the epoch's loss");
        Bits.Same(numbers.Parameters, rows.Parameters, "of the parameters");
    });

    [Fact]
    public void Every_form_trains_to_the_same_bits() => RandomNetworks.ForEachInEveryForm((random, forms) =>
    {
        Subject[] subjects = [.. forms.Select(form => Subject.Drawn(form, random.Seed))];
        foreach (bool soft in new[] { false, true })
        {
            Batch batch = Batch.Draw(random.Seed, subjects[0], random.N, soft);
            (double loss, float[] gradient) = subjects[0].Gradient(batch);
            double stepLoss = subjects[0].TrainStep(batch, Rate);
            foreach (Subject other in subjects[1..])
            {
                (double otherLoss, float[] otherGradient) = other.Gradient(batch);
                Bits.Same(loss, otherLoss, "the loss");
                Bits.Same(gradient, otherGradient, "of the gradient");
                Bits.Same(stepLoss, other.TrainStep(batch, Rate), "the loss");
                Bits.Same(subjects[0].Parameters, other.Parameters, "of the parameters");
            }
        }

        Array.ForEach(subjects, subject => subject.Dispose());
    });

    [Fact]
    public void A_sample_is_seen_the_same_in_any_batch_and_form() => RandomNetworks.ForEachInEveryForm((random, forms) =>
    {
        float[]? expected = null;
        int[]? classes = null;
        foreach (Type form in forms)
        {
            using Subject subject = Subject.Drawn(form, random.Seed);
            Batch all = Batch.Draw(random.Seed, subject, 70);
            expected ??= subject.Forward(all.X);
            classes ??= subject.Classify(all.X);
            foreach (int N in new[] { 70, 17, 16, 15, 1 })
            {
                float[] parts = [.. Enumerable.Range(0, 70).Chunk(N).SelectMany(part => subject.Forward(all.Slice(part[0], part.Length).X))];
                Bits.Same(expected, parts, $"with {N} at a time");
                Assert.Equal(classes, Enumerable.Range(0, 70).Chunk(N).SelectMany(part => subject.Classify(all.Slice(part[0], part.Length).X)));
            }

            double sum = 0;
            for (int n = 0; n < 70; n++)
            {
                sum += subject.Loss(all.Slice(n, 1));
            }

            Assert.Equal(sum / 70, subject.Loss(all), 1e-12 * Math.Max(1, sum));
        }
    });

    [Fact]
    public void An_evaluation_counts_what_classification_finds_and_has_the_gradient_s_loss() => RandomNetworks.ForEach((random, type) =>
    {
        using Subject subject = Subject.Drawn(type, random.Seed);
        Batch batch = Batch.Draw(random.Seed, subject, random.N);
        if (subject.Evaluate(batch) is not Evaluation evaluation)
        {
            return;
        }

        Assert.Equal(random.N, evaluation.Count);
        Assert.Equal(subject.Classify(batch.X).Zip(batch.Labels!, (found, label) => found == label).Count(right => right), evaluation.Correct);
        Bits.Same(subject.Gradient(batch).Loss, evaluation.Loss, "the loss");
        Bits.Same(subject.Loss(batch), evaluation.Loss, "the loss");
    });

    [Fact]
    public void An_epoch_is_a_loop_of_steps_over_shuffled_batches() => RandomNetworks.ForEach((random, type) =>
    {
        foreach (bool soft in new[] { false, true })
        {
            using Subject epochs = Subject.Drawn(type, random.Seed);
            using Subject steps = Subject.Drawn(type, random.Seed);
            Batch set = Batch.Draw(random.Seed, epochs, random.N, soft);
            int batchSize = 1 + (random.N / 3);
            int[] order = new int[random.N];
            for (int epoch = 0; epoch < 2; epoch++)
            {
                Shuffle.Fill(order, seed: 5, (ulong)epoch);
                double sum = 0;
                foreach (int[] samples in order.Chunk(batchSize))
                {
                    sum += steps.TrainStep(set.Pick(samples), Rate) * samples.Length;
                }

                Bits.Same(sum / random.N, epochs.TrainEpoch(set, batchSize, Rate, seed: 5, epoch), "the loss");
                Bits.Same(steps.Parameters, epochs.Parameters, "of the parameters");
            }
        }
    });

    [Fact]
    public void What_a_trace_shows_is_what_the_other_members_compute() => RandomNetworks.ForEach(TraceOf);

    [Fact]
    public void So_it_is_where_layers_of_few_units_have_sums_of_their_own() => EdgeNetworks.ForEach([33], (network, type) =>
    {
        if (network.Shape.Sizes.AsSpan(1..^1).Contains(1))
        {
            TraceOf(network, type);
        }
    });

    private static void TraceOf(RandomNetwork random, Type type)
    {
        using Subject subject = Subject.Drawn(type, random.Seed);
        Batch batch = Batch.Draw(random.Seed, subject, random.N, soft: true);
        float[] before = subject.Parameters.ToArray();
        Intermediates trace = subject.Trace(batch);
        Bits.Same(before, subject.Parameters, "of the parameters");
        (double loss, float[] gradient) = subject.Gradient(batch);
        Bits.Same(loss, trace.Loss, "the loss");
        int L = subject.Sizes.Length - 1;
        Bits.Same(subject.Forward(batch.X), trace[$"A{L}"], $"A{L}");
        foreach (Oracle.ParameterTensor tensor in Oracle.ParameterTensor.Of(subject.Sizes))
        {
            Bits.Same(gradient.AsSpan(tensor.Offset, tensor.Count), trace[$"d{tensor.Name}"], $"d{tensor.Name}");
        }

        for (int l = 1; l < L; l++)
        {
            float[] Z = trace[$"Z{l}"];
            Bits.Same([.. Z.Select(z => ActivationBits.Of(subject.Activation, z))], trace[$"A{l}"], $"A{l}");
            Bits.Same([.. trace[$"dA{l}"].Zip(Z, (dA, z) => ActivationBits.Derive(subject.Activation, dA, z))], trace[$"dZ{l}"], $"dZ{l}");
        }
    }
}
