using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

/// <summary>From a status to an exception that names the culprit. The search for it runs only here.</summary>
public sealed unsafe partial class NetworkInstance<TKernels>
{
    // Samples that are looked at together.
    private const int Explained = 256;

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Throw(NetworkStatus status, in Samples samples, in OptimizerStep optimizerStep, bool isStep = false)
    {
        switch (status)
        {
            case NetworkStatus.LabelOutOfRange:
                Guard.Labels(samples.Targets.Labels, Outputs.ClassesOf(TKernels.Output, TKernels.OutputCount), "targets");
                break;
            case NetworkStatus.InvalidProbabilities:
                Guard.Probabilities(samples.Targets.Values, TKernels.OutputCount, "targets");
                break;
            case NetworkStatus.TargetOutOfRange:
                Guard.Values(samples.Targets.Values, new(TKernels.Output, TKernels.OutputCount), "targets");
                break;
            case NetworkStatus.InvalidWeights:
                Guard.Weights(samples.Targets.Weights, "targets");
                break;
            case NetworkStatus.NotFinite:
                string kept = isStep ? " The parameters are left as they were before that step." : "";
                NotFiniteNumberException notFinite = new(Explain(samples, optimizerStep, out CulpritInput? culprit) + kept);
                culprit?.AddTo(notFinite);
                throw notFinite;
        }

        ThrowOfInputs(status, samples.X, optimizerStep.LearningRate);
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ThrowOfApply(NetworkStatus status, ReadOnlySpan<float> gradient, in OptimizerStep optimizerStep)
    {
        if (status == NetworkStatus.NotFinite)
        {
            Guard.Finite(gradient, nameof(gradient));
            double largest = 0;
            foreach (float g in gradient)
            {
                largest = Math.Max(largest, Math.Abs(g));
            }

            throw new NotFiniteNumberException(
                $"{optimizerStep.WhyUnsafe("the gradient", largest, LargestParameter()) ?? "A gradient or a parameter is not finite"}: "
                + "the parameters are left as they were.");
        }

        ThrowOfInputs(status, default, optimizerStep.LearningRate);
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowOfInputs(NetworkStatus status, ReadOnlySpan<float> X, float learningRate = 0)
    {
        switch (status)
        {
            case NetworkStatus.InputNotFinite:
                Guard.Finite(X, TKernels.InputCount, nameof(X));
                break;
            case NetworkStatus.InvalidLearningRate:
                Guard.Magnitude(learningRate, nameof(learningRate));
                break;
        }

        throw new InvalidOperationException($"Another thread has changed the data while it was read: the status was {status}.");
    }

    /// <summary>Why a loss, a gradient or an update could not be: what is not finite, or would not be, and where it comes from.</summary>
    private string Explain(in Samples samples, in OptimizerStep optimizerStep, out CulpritInput? culprit)
    {
        culprit = null;
        if (WrongParameter() is { } wrong)
        {
            return $"{wrong}; wanted finite parameters.";
        }

        ReadOnlySpan<int> sizes = TKernels.LayerSizes;
        double[] A = new double[sizes.Length];
        double[] dW = new double[sizes.Length];
        bool hasLoss = Measure(samples, A, dW);
        CulpritInput largest = LargestInput(samples.X);
        float x = samples.X[(largest.Row * TKernels.InputCount) + largest.Column];
        string input = $"{largest} is {Guard.Text(x)}, the largest input";
        for (int l = 1; l < sizes.Length; l++)
        {
            if (!double.IsFinite(A[l]) || (l == sizes.Length - 1 && !hasLoss))
            {
                culprit = largest;
                return $"A sum of layer {l}, Z{l}, is larger than a float can hold: {input}. Smaller inputs or parameters help.";
            }
        }

        int worst = 1;
        for (int l = 2; l < sizes.Length; l++)
        {
            worst = dW[l] > dW[worst] ? l : worst;
        }

        string why = optimizerStep.WhyUnsafe($"the gradient of layer {worst}", dW[worst], LargestParameter())
            ?? "A loss, a gradient or an update is not finite";
        float target = LargestTarget(samples.Targets);
        if (target > Math.Abs(x))
        {
            return $"{why}: the largest target is {Guard.Text(target)}; targets near 1, or a smaller learning rate, are learned best.";
        }

        culprit = largest;
        return $"{why}: {input}; inputs near 1 are learned best.";
    }

    /// <summary>The largest magnitude of targets that may be as large as they like; 0 of others.</summary>
    private static float LargestTarget(in Targets targets)
    {
        float largest = 0;
        if (TKernels.Output is Output.Linear or Output.Huber)
        {
            foreach (float y in targets.Values)
            {
                largest = Math.Max(largest, Math.Abs(y));
            }
        }

        return largest;
    }

    /// <summary>The first parameter that is not finite, by its name and place.</summary>
    private string? WrongParameter()
    {
        Span<float> parameters = Parameters;
        ReadOnlySpan<int> sizes = TKernels.LayerSizes;
        int offset = 0;
        for (int l = 1; l < sizes.Length; l++)
        {
            for (int i = 0; i <= sizes[l - 1]; i++)
            {
                for (int j = 0; j < sizes[l]; j++, offset++)
                {
                    if (!float.IsFinite(parameters[offset]))
                    {
                        string place = i < sizes[l - 1] ? $"W{l}[{i}, {j}]" : $"b{l}[{j}]";
                        return $"{place} is {Guard.Text(parameters[offset])}";
                    }
                }
            }
        }

        return null;
    }

    private float LargestParameter()
    {
        float largest = 0;
        foreach (float parameter in Parameters)
        {
            largest = Math.Max(largest, Math.Abs(parameter));
        }

        return largest;
    }

    private static CulpritInput LargestInput(ReadOnlySpan<float> X)
    {
        int largest = 0;
        for (int i = 1; i < X.Length; i++)
        {
            largest = Math.Abs(X[i]) > Math.Abs(X[largest]) ? i : largest;
        }

        return new(largest / TKernels.InputCount, largest % TKernels.InputCount);
    }

    /// <summary>
    /// The largest |A| of each layer, X being A[0], and the bound of each |dW|, over all samples; N · dZ does not depend on
    /// the batch that a sample comes in.
    /// </summary>
    /// <returns>Whether every sample has a finite loss.</returns>
    private bool Measure(in Samples samples, double[] A, double[] dW)
    {
        // Targets as they are now; what became of them since they were found valid does no harm here.
        int outputs = TKernels.OutputCount;
        Targets targets = samples.Targets;
        int[] labels = targets.Labels.ToArray();
        for (int n = 0; n < labels.Length; n++)
        {
            labels[n] = (int)((uint)labels[n] % (uint)Outputs.ClassesOf(TKernels.Output, outputs));
        }

        bool takesLabels = TKernels.Output == Output.Softmax && targets.AreLabels;
        float[] Y = targets.Normalizes ? samples.Divided(new float[targets.Values.Length], outputs).ToArray()
            : targets.AreLabels ? ValuesOf(labels)
            : targets.Values.ToArray();
        PinnedMemory parameters = OwnParameters();
        PinnedMemory workspace = new(NetworkFunctions<TKernels>.TrainingWorkspaceSize(Explained), "the search for what overflows", cleared: false);
        float* scratch = (float*)workspace.Start;
        bool hasLoss = true;
        fixed (float* x = samples.X, y = Y)
        fixed (int* l = labels)
        {
            for (nint first = 0; first < samples.Count; first += Explained)
            {
                nint N = Math.Min(Explained, samples.Count - first);
                float* inputs = x + (first * TKernels.InputCount);
                TKernels.Differentiate(
                    (float*)parameters.Start,
                    inputs,
                    BatchTargets.Of(takesLabels ? l : null, takesLabels ? null : y, null).From(first, outputs),
                    Zeros.Few,
                    new Part(N),
                    scratch);
                for (int i = 0; i < dW.Length - 1; i++)
                {
                    double entering = i == 0 ? Scan.Largest(inputs, (nuint)N * (nuint)TKernels.InputCount) : scratch[(2 * i) + 1];
                    A[i] = Math.Max(A[i], entering);
                    dW[i + 1] = Math.Max(dW[i + 1], N * (double)scratch[2 * i] * Math.Max(1, entering));
                }

                double* losses = TKernels.SampleLosses(scratch, N);
                for (nint n = 0; n < N; n++)
                {
                    hasLoss &= double.IsFinite(losses[n]);
                }
            }
        }

        GC.KeepAlive(parameters);
        GC.KeepAlive(workspace);
        return hasLoss;
    }
}
