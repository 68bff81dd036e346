using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// The kernels of a network for one vector width, and the methods that call them in the order of the schedule.
/// </summary>
internal static class NetworkLowering
{
    public static IEnumerable<Section> Lower(NetworkPlan plan, WidthPlan width)
    {
        yield return new("Forward: from X to the probabilities", new(new ForwardSection(plan, width).Kernels()));
        yield return new("Backward: from the loss to every dZ", new(new BackwardSection(plan, width).Kernels()));
        yield return new(
            "Gradients: every dW and db, applied as they are finished",
            new(new GradientSection(plan, width).Kernels()));
        if (plan.HasOneSample)
        {
            OneSampleLowering one = new(plan, width);
            yield return new("One sample: the same with fewer calls", new(one.Kernels()))
            {
                MostWords = OneSamplePlan.MostWords,
            };
        }

        if (plan.HasFewSamples)
        {
            yield return new(
                "Few samples: the same, sample by sample", new(new FewSamplesLowering(plan, width).Kernels()));
        }

        if (plan.IsTiny)
        {
            InterleavedLowering interleaved = new(plan, width);
            yield return new(
                "A sample in each lane: the same for batches of 16 samples and more",
                [.. interleaved.Forward(), .. interleaved.Differentiate(), .. interleaved.Gradient()]);
        }
    }

    /// <summary>The equation with its shapes, then how it is written and in which order it sums.</summary>
    public static EquatableArray<string> Head(string equation, string shapes, Form? form = null, string? order = null)
    {
        string[] text = [.. new[] { form is { } f ? Text(f) : null, order }.OfType<string>()];
        return text.Length == 0 ? [equation, $"{shapes}."] : [equation, $"{shapes}.", string.Join(" ", text)];
    }

    /// <summary>The same kernels, the first with lines above it.</summary>
    public static IEnumerable<Kernel> WithHead(EquatableArray<string> head, IEnumerable<Kernel> kernels) =>
        kernels.Select((kernel, i) => i == 0 ? kernel with { Notes = [.. head, .. kernel.Notes] } : kernel);

    public static string Order(string index, int inner, int chunks, string start) => chunks == 1
        ? $"Each sum starts from {start} and adds {index} = 0 to {inner - 1} ascending."
        : $"Each sum is {chunks} sums over {index} ≡ 0 to {chunks - 1} (mod {chunks}), the first from {start}, then " +
            $"joined {(chunks == SoftmaxPlan.VirtualLanes ? "by halves" : "in order")}.";

    private static string Text(Form form) => form switch
    {
        Form.StraightLine => "Straight line.",
        Form.Tiles => "Tiles.",
        Form.FewColumns => "Few columns.",
        _ => "A dot product.",
    };
}
