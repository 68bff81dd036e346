using System.Diagnostics.CodeAnalysis;

namespace AotBackprop;

/// <summary>
/// What a network should say about N samples: class numbers, or rows of values; and how much each sample counts. Arrays and
/// spans of <c>int</c> become class numbers, those of <c>float</c> rows of values, by themselves.
/// </summary>
/// <remarks>
/// A softmax takes N class numbers from 0 to C − 1, or N×C probabilities whose rows sum to 1. One sigmoid output takes N
/// class numbers 0 and 1, or N values from 0 to 1; several take N×C values from 0 to 1. Linear outputs take N×C finite
/// values.
/// </remarks>
[SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "The constructors are.")]
public readonly ref struct Targets
{
    /// <summary>Class numbers.</summary>
    /// <param name="labels">N of them.</param>
    public Targets(ReadOnlySpan<int> labels)
    {
        Labels = labels;
        AreLabels = true;
    }

    /// <summary>Rows of values.</summary>
    /// <param name="values">N×C of them.</param>
    public Targets(ReadOnlySpan<float> values) => Values = values;

    private Targets(Targets targets, ReadOnlySpan<float> weights, bool normalizes)
    {
        Labels = targets.Labels;
        Values = targets.Values;
        AreLabels = targets.AreLabels;
        Weights = weights;
        Normalizes = normalizes;
    }

    /// <summary>N class numbers, or empty.</summary>
    public ReadOnlySpan<int> Labels { get; }

    /// <summary>N×C values, or empty.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>N weights; empty where every sample counts the same.</summary>
    public ReadOnlySpan<float> Weights { get; }

    /// <summary>Whether they are class numbers.</summary>
    public bool AreLabels { get; }

    /// <summary>Whether each row of values is divided by its sum before it is used.</summary>
    public bool Normalizes { get; }

    /// <summary>Class numbers.</summary>
    /// <param name="labels">N of them.</param>
    public static implicit operator Targets(ReadOnlySpan<int> labels) => new(labels);

    /// <inheritdoc cref="op_Implicit(ReadOnlySpan{int})"/>
    public static implicit operator Targets(Span<int> labels) => new(labels);

    /// <inheritdoc cref="op_Implicit(ReadOnlySpan{int})"/>
    public static implicit operator Targets(int[]? labels) => new(labels);

    /// <summary>Rows of values.</summary>
    /// <param name="values">N×C of them.</param>
    public static implicit operator Targets(ReadOnlySpan<float> values) => new(values);

    /// <inheritdoc cref="op_Implicit(ReadOnlySpan{float})"/>
    public static implicit operator Targets(Span<float> values) => new(values);

    /// <inheritdoc cref="op_Implicit(ReadOnlySpan{float})"/>
    public static implicit operator Targets(float[]? values) => new(values);

    /// <summary>
    /// The same, where sample i counts wᵢ: in loss and gradient cᵢ = wᵢ/Σw takes the place of 1/N.
    /// </summary>
    /// <param name="weights">N weights, finite, none negative, one at least above 0; empty for none.</param>
    public Targets WithWeights(ReadOnlySpan<float> weights) => new(this, weights, Normalizes);

    /// <summary>The same, where each row of values is divided by its sum first; one that sums to 0 is an error.</summary>
    public Targets Normalized() => new(this, Weights, normalizes: true);
}
