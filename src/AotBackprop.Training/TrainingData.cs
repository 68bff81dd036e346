using AotBackprop.Data;
using AotBackprop.Numerics;

namespace AotBackprop.Training;

/// <summary>
/// Samples and what the network should say about them: class numbers, or rows of values. Nothing is copied, and nothing may
/// change while a training reads it.
/// </summary>
public sealed class TrainingData
{
    /// <summary>Samples of classes.</summary>
    /// <param name="X">N×D inputs, a sample a row.</param>
    /// <param name="labels">N class numbers.</param>
    public TrainingData(ReadOnlyMemory<float> X, ReadOnlyMemory<int> labels)
    {
        this.X = X;
        Labels = labels;
        AreLabels = true;
    }

    /// <summary>Samples of values: numbers, the probabilities of labels, or rows of probabilities that sum to 1.</summary>
    /// <param name="X">N×D inputs, a sample a row.</param>
    /// <param name="values">N×C values.</param>
    public TrainingData(ReadOnlyMemory<float> X, ReadOnlyMemory<float> values)
    {
        this.X = X;
        Values = values;
    }

    /// <summary>Samples of a table, which are not copied.</summary>
    /// <param name="samples">With targets, and scaled.</param>
    public TrainingData(Dataset samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (!samples.HasTargets)
        {
            throw new ArgumentException("Only inputs were read; wanted samples with their targets.", nameof(samples));
        }

        X = samples.Inputs;
        Labels = samples.Labels;
        Values = samples.Values;
        Weights = samples.SampleWeights;
        AreLabels = samples.Targets.AreLabels;
    }

    /// <summary>N×D inputs.</summary>
    public ReadOnlyMemory<float> X { get; }

    /// <summary>N class numbers, or empty.</summary>
    public ReadOnlyMemory<int> Labels { get; }

    /// <summary>N×C values, or empty.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>How much each sample counts: N weights, finite and 0 or more; empty where all count the same.</summary>
    public ReadOnlyMemory<float> Weights { get; init; }

    /// <summary>Whether the targets are class numbers.</summary>
    public bool AreLabels { get; }

    /// <summary>The targets and weights as a network takes them.</summary>
    public Targets Targets => (AreLabels ? new Targets(Labels.Span) : new Targets(Values.Span)).WithWeights(Weights.Span);

    /// <summary>
    /// Holds out a share of the samples, as <see cref="Holdout.Choose"/> does: of each class in its proportion. Both parts are
    /// copies in the order of the samples.
    /// </summary>
    /// <param name="inputs">D.</param>
    /// <param name="share">From 0 up to, and not, 1.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <returns>What to learn from, and what was held out.</returns>
    public (TrainingData Training, TrainingData Validation) Split(int inputs, decimal share, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        int count = X.Length / inputs;
        bool[] heldOut = new bool[count];
        int validation = Holdout.Choose(AreLabels ? Labels.Span : new int[count], share, seed, heldOut);
        int[] samples = [.. Enumerable.Range(0, count)];
        return validation > 0
            ? (Pick([.. samples.Where(n => !heldOut[n])], count), Pick([.. samples.Where(n => heldOut[n])], count))
            : throw new ArgumentException(
                $"A share of {share} of {count} samples holds none of them out; wanted more samples, or a larger share.", nameof(share));
    }

    private TrainingData Pick(int[] samples, int count)
    {
        float[] x = Rows(X, samples, count);
        return AreLabels
            ? new TrainingData(x, Rows(Labels, samples, count)) { Weights = Rows(Weights, samples, count) }
            : new TrainingData(x, Rows(Values, samples, count)) { Weights = Rows(Weights, samples, count) };
    }

    private static T[] Rows<T>(ReadOnlyMemory<T> all, int[] samples, int count)
    {
        int columns = count == 0 ? 0 : all.Length / count;
        T[] rows = new T[(long)samples.Length * columns];
        for (int n = 0; n < samples.Length; n++)
        {
            all.Span.Slice(samples[n] * columns, columns).CopyTo(rows.AsSpan(n * columns));
        }

        return rows;
    }
}
