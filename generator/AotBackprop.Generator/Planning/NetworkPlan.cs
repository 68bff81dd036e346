using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>
/// Every choice about a network's code. The first part, the order, decides the bits of every result: the layers with
/// their offsets and the order of their sums. The second, a tile table for each vector width, decides the speed alone.
/// </summary>
internal sealed record NetworkPlan
{
    /// <summary>What was asked for.</summary>
    public required NetworkSpec Spec { get; init; }

    /// <summary>The layers, with the order of their sums.</summary>
    public required EquatableArray<LayerPlan> Layers { get; init; }

    /// <summary>
    /// Whether dW and db are 16 sums, over the samples n ≡ 0 to 15 (mod 16), joined by halves, in batches of 16 samples
    /// or more; such batches then have a form with a sample in each lane, forward too. Else the samples are added
    /// ascending.
    /// </summary>
    public required bool IsTiny { get; init; }

    /// <summary>Whether forward and a step on one sample are methods of their own.</summary>
    public required bool HasOneSample { get; init; }

    /// <summary>Whether forward and a step on few samples are methods of their own.</summary>
    public required bool HasFewSamples { get; init; }

    /// <summary>Weights and biases in all.</summary>
    public required int ParameterCount { get; init; }

    /// <summary>Scratch memory.</summary>
    public required WorkspacePlan Workspace { get; init; }

    /// <summary>A tile table for each vector width.</summary>
    public required EquatableArray<WidthPlan> Widths { get; init; }

    public LayerPlan OutputLayer => Layers[Layers.Count - 1];

    /// <summary>
    /// Whether the output layer has a form with a sample in each lane, for whole blocks of 16 samples: a row of few
    /// classes would leave lanes of a vector empty, and a softmax by rows goes across them. The bits are the same.
    /// </summary>
    public bool HasOutputAcross => !IsTiny && OutputLayer.IsNarrowSoftmax;

    /// <summary>
    /// Whether dW of the output layer has a form with an input in each lane, of which the sums take the place of Wᵀ:
    /// where vectors have 16 lanes. Shorter ones are filled better by a row of classes.
    /// </summary>
    public bool HasGradientAcross(WidthPlan width) =>
        !IsTiny && OutputLayer.LeavesLanesEmpty && width.Lanes == AcrossPlan.Samples;

    /// <summary>Multiply-adds of a forward pass for one sample.</summary>
    public long ForwardCost => Layers.Sum(l => l.Weights);

    /// <summary>Multiply-adds of a training step for one sample: forward, dA of the hidden layers, dW.</summary>
    public long TrainingCost => (2 * ForwardCost) + Layers.Skip(1).Sum(l => l.Weights);
}

/// <summary>The form with a sample in each lane: of a tiny network, or of the output layer alone.</summary>
internal static class AcrossPlan
{
    /// <summary>Samples of a block: SampleLanes.Samples of the runtime library. Smaller batches go by rows.</summary>
    public const int Samples = 16;
}

/// <summary>The softmax of a row.</summary>
internal static class SoftmaxPlan
{
    /// <summary>Sums that a sum over classes is formed in, class j in sum j mod 16, and joined by halves.</summary>
    public const int VirtualLanes = 16;

    /// <summary>Classes up to which a row has no loop.</summary>
    public const int LongestLine = 64;
}

/// <summary>A layer, and the order of its sums.</summary>
internal sealed record LayerPlan
{
    /// <summary>Counted from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The place of the largest |dZ| among the workspace's magnitudes.</summary>
    public int PlaceOfdZ => 2 * (Number - 1);

    /// <summary>The place of its inputs' largest magnitude there: of X, or of the A before it.</summary>
    public int PlaceOfInput => PlaceOfdZ + 1;

    /// <summary>Rows of W.</summary>
    public required int Inputs { get; init; }

    /// <summary>Columns of W.</summary>
    public required int Outputs { get; init; }

    /// <summary>Whether its activation is the softmax; a hidden layer has that of the network.</summary>
    public required bool IsOutput { get; init; }

    /// <summary>What the network's hidden layers have.</summary>
    public required Activation HiddenActivation { get; init; }

    /// <summary>Whether f′(Z) is kept beside A.</summary>
    public bool KeepsSlope => !IsOutput && KeepsHiddenSlope;

    /// <summary>Whether the network's hidden layers keep f′(Z).</summary>
    public bool KeepsHiddenSlope => Activations.KeepSlope(HiddenActivation);

    /// <summary>
    /// The matrix in which the derivative of the layer below is found: A, or f′(Z) where that is kept.
    /// </summary>
    public string HiddenDerivativeFrom =>
        KeepsHiddenSlope ? $"Slope{Number - 1}" : $"A{Number - 1}";

    /// <summary>Floats before W in the parameters.</summary>
    public required int WeightsOffset { get; init; }

    /// <summary>Floats before b in the parameters.</summary>
    public required int BiasOffset { get; init; }

    /// <summary>Floats from one sample's inputs to the next: X is dense, activations are padded.</summary>
    public required int InputStride { get; init; }

    /// <summary>Floats from one sample's activations to the next, a multiple of 16.</summary>
    public required int Stride { get; init; }

    /// <summary>
    /// Z adds x[i] w[i] for ascending i in this many sums, i modulo their number, the first starting from b; then the
    /// sums in order, 16 sums by halves.
    /// </summary>
    public required int ForwardChunks { get; init; }

    /// <summary>Whether a sum has its 16 sums in lanes: that of a layer of one unit, whose W is one column.</summary>
    public bool IsDotProduct => ForwardChunks == SoftmaxPlan.VirtualLanes;

    /// <summary>The same for dA of the layer below, from 0, over this layer's outputs.</summary>
    public required int BackwardChunks { get; init; }

    /// <summary>Whether there are forms that skip inputs that are 0; they change no sum.</summary>
    public required bool SkipsZeros { get; init; }

    public long Weights => (long)Inputs * Outputs;

    /// <summary>What the output layer of the network makes of its Z.</summary>
    public required Output OutputKind { get; init; }

    /// <summary>δ of Huber's output.</summary>
    public required float HuberDelta { get; init; }

    /// <summary>Whether it is an output layer that ends in a softmax of no more classes than there are lanes.</summary>
    public bool IsNarrowSoftmax => IsSoftmax && Outputs <= AcrossPlan.Samples;

    /// <summary>Whether it is an output layer that ends in a softmax.</summary>
    public bool IsSoftmax => IsOutput && OutputKind == Output.Softmax;

    /// <summary>
    /// Whether a third or more of 16 lanes are empty in a row of an output layer that has hidden ones before it.
    /// </summary>
    public bool LeavesLanesEmpty => IsOutput && Number > 1 && 3 * Outputs <= 2 * AcrossPlan.Samples;

    /// <summary>
    /// Whether Z of the output layer is formed with a sample in each lane, of whole blocks of 16, from A of the layer
    /// below: for a softmax, which goes on so; else where vectors have 16 lanes and a row would leave many empty.
    /// </summary>
    public bool FormsZAcross(int lanes) => Number > 1
        && (IsNarrowSoftmax || (LeavesLanesEmpty && !IsDotProduct && lanes == AcrossPlan.Samples));
}
