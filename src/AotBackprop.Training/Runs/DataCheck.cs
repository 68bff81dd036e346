using AotBackprop.Runtime;

namespace AotBackprop.Training.Runs;

/// <summary>Looks at all samples before the first step, so that none is refused in the middle of a training.</summary>
internal static class DataCheck
{
    /// <summary>Refuses samples that a network would refuse.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="inputs">D.</param>
    /// <param name="output">The network's output.</param>
    /// <param name="which">Whose they are, in the words of an exception.</param>
    public static void Require(TrainingData data, int inputs, OutputShape output, string which)
    {
        try
        {
            Samples samples = new(data.X.Span, data.Targets, inputs, output);
            Guard.Finite(samples.X, inputs, "X");
            if (data.AreLabels)
            {
                Guard.Labels(data.Labels.Span, Outputs.ClassesOf(output.Kind, output.Count), "targets");
            }
            else if (output.Kind == Output.Softmax)
            {
                Guard.Probabilities(data.Values.Span, output.Count, "targets");
            }
            else
            {
                Guard.Values(data.Values.Span, output, "targets");
            }

            RequireWeights(data.Weights.Span);
        }
        catch (ArgumentException e)
        {
            // An exception's text ends in its parameter, which the new one adds to its own, and in the value, which it has told.
            int end = e.Message.LastIndexOf($" (Parameter '{e.ParamName}')", StringComparison.Ordinal);
            string message = end < 0 ? e.Message : e.Message[..end];
            throw new ArgumentException($"The {which} data: {message}", e.ParamName, e);
        }
    }

    /// <summary>Refuses weights of which no mean could be taken.</summary>
    public static void RequireWeights(ReadOnlySpan<float> weights)
    {
        bool isAny = weights.IsEmpty;
        bool areWell = true;
        foreach (float weight in weights)
        {
            isAny |= weight > 0;
            areWell &= weight >= 0 && float.IsFinite(weight);
        }

        if (!isAny || !areWell)
        {
            Guard.Weights(weights, "weights");
        }
    }
}
