namespace AotBackprop.Runtime;

public sealed unsafe partial class NetworkInstance<TKernels>
{
    /// <summary>Every intermediate of one batch, as the kernels compute it, and the gradient. No parameter is changed.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="targets">What the network should say.</param>
    public NetworkTrace Trace(ReadOnlySpan<float> X, Targets targets)
    {
        // What is looked at is what was computed with: others may change theirs meanwhile.
        Samples samples = SamplesOf(X, targets);
        int N = samples.Count;
        int[] labels = targets.Labels.ToArray();
        float[] Y = targets.Normalizes ? samples.Divided(new float[targets.Values.Length], TKernels.OutputCount).ToArray()
            : targets.AreLabels ? ValuesOf(labels)
            : targets.Values.ToArray();
        float[] weights = targets.Weights.ToArray();
        Targets copied = labels.Length > 0 ? labels : Y;
        float[] gradient = new float[TKernels.ParameterCount];
        double loss = Gradient(X, copied.WithWeights(weights), gradient);
        PinnedMemory parameters = Enter(Activity.Trace);
        try
        {
            PinnedMemory workspace = _memory.Training(NetworkFunctions<TKernels>.TrainingWorkspaceSize((nuint)N));
            fixed (float* y = Y, w = weights)
            fixed (int* l = labels)
            {
                bool takesLabels = TKernels.Output == Output.Softmax && labels.Length > 0;
                BatchTargets given = BatchTargets.Of(takesLabels ? l : null, takesLabels ? null : y, w).Weighed(N);
                return Trace(N, X, given, Y, new(TKernels.LayerSizes, N, loss, gradient), (float*)parameters.Start, (float*)workspace.Start);
            }
        }
        finally
        {
            Leave();
            GC.KeepAlive(parameters);
        }
    }

    /// <summary>Y of class numbers: 1 at the class of each sample; of one output the number itself.</summary>
    private static float[] ValuesOf(int[] labels)
    {
        int outputs = TKernels.OutputCount;
        Guard.Labels(labels, Outputs.ClassesOf(TKernels.Output, outputs), "targets");
        float[] Y = new float[Guard.ArrayLength((long)labels.Length * outputs)];
        for (int n = 0; n < labels.Length; n++)
        {
            if (outputs == 1)
            {
                Y[n] = labels[n];
            }
            else
            {
                Y[(n * outputs) + labels[n]] = 1;
            }
        }

        return Y;
    }

    private static NetworkTrace Trace(
        int N,
        ReadOnlySpan<float> X,
        in BatchTargets targets,
        ReadOnlySpan<float> Y,
        NetworkTrace trace,
        float* parameters,
        float* workspace)
    {
        int layers = TKernels.LayerSizes.Length - 1;
        float* outputs = TKernels.Outputs(workspace, N);
        fixed (float* x = X)
        {
            TKernels.Differentiate(parameters, x, targets, Zeros.Few, Part.InRows(N), workspace);
            for (int l = 1; l < layers; l++)
            {
                trace.A[l - 1] = Copy(l, N, workspace, gradients: false);
            }

            trace.Z[layers - 1] = Copy(layers, N, workspace, gradients: false);
            trace.A[layers - 1] = new ReadOnlySpan<float>(outputs, N * TKernels.OutputCount).ToArray();
            for (int l = 1; l <= layers; l++)
            {
                trace.dZ[l - 1] = Copy(l, N, workspace, gradients: true);
            }

            for (int i = 0; i < Y.Length; i++)
            {
                float c = targets.ShareOf(i / TKernels.OutputCount, N);
                trace.dA[layers - 1][i] = TKernels.Output switch
                {
                    Output.Softmax or Output.Sigmoid => OutputDerivative(trace.A[layers - 1][i], Y[i]) * c,
                    _ => trace.dZ[layers - 1][i], // A is Z.
                };
            }

            TraceSums(trace, new(parameters, TKernels.ParameterCount), X);
        }

        return trace;
    }

    /// <summary>The derivative of a sample's loss by one of its outputs, which is a probability.</summary>
    private static float OutputDerivative(float A, float Y) => TKernels.Output switch
    {
        // −Y/A, and 0 where Y is 0.
        Output.Softmax => Y == 0 ? 0 : -Y / A,
        _ => A == Y ? 0 : (A - Y) / (A * (1 - A)),
    };

    /// <summary>
    /// Z and dA of the hidden layers, of which the kernels keep A and dZ alone: each sum in the order in which they form it,
    /// to the bit.
    /// </summary>
    private static void TraceSums(NetworkTrace trace, ReadOnlySpan<float> parameters, ReadOnlySpan<float> X)
    {
        ReadOnlySpan<int> sizes = TKernels.LayerSizes;
        for (int l = 1; l < sizes.Length; l++)
        {
            int inputs = sizes[l - 1], outputs = sizes[l];
            ReadOnlySpan<float> W = parameters[..(inputs * outputs)], b = parameters.Slice(W.Length, outputs);
            if (l < sizes.Length - 1)
            {
                TraceZ(l == 1 ? X : trace.A[l - 2], W, b, TKernels.ForwardSums[l - 1], trace.Z[l - 1]);
            }

            if (l > 1)
            {
                TraceGradient(trace.dZ[l - 1], W, outputs, TKernels.BackwardSums[l - 2], trace.dA[l - 2]);
            }

            parameters = parameters[(W.Length + outputs)..];
        }
    }

    // Z = A W + b.
    private static void TraceZ(ReadOnlySpan<float> A, ReadOnlySpan<float> W, ReadOnlySpan<float> b, int sums, float[] Z)
    {
        int outputs = b.Length, inputs = W.Length / outputs;
        for (int i = 0; i < Z.Length; i++)
        {
            int column = i % outputs;
            Z[i] = Sum(A.Slice(i / outputs * inputs, inputs), W[column..], outputs, b[column], sums);
        }
    }

    // dA = dZ Wᵀ.
    private static void TraceGradient(ReadOnlySpan<float> dZ, ReadOnlySpan<float> W, int outputs, int sums, float[] dA)
    {
        int inputs = W.Length / outputs;
        for (int i = 0; i < dA.Length; i++)
        {
            dA[i] = Sum(dZ.Slice(i / inputs * outputs, outputs), W.Slice(i % inputs * outputs, outputs), 1, 0, sums);
        }
    }

    // A row times a column, in sums that take turns and are then joined: 16 by halves, fewer in order.
    private static float Sum(ReadOnlySpan<float> row, ReadOnlySpan<float> column, int stride, float start, int count)
    {
        Span<float> sums = stackalloc float[count];
        sums.Clear();
        sums[0] = start;
        for (int i = 0; i < row.Length; i++)
        {
            sums[i % count] = float.MultiplyAddEstimate(row[i], column[i * stride], sums[i % count]);
        }

        if (count == 16)
        {
            for (int half = count / 2; half > 0; half /= 2)
            {
                for (int i = 0; i < half; i++)
                {
                    sums[i] += sums[i + half];
                }
            }

            return sums[0];
        }

        float joined = sums[0];
        for (int i = 1; i < count; i++)
        {
            joined += sums[i];
        }

        return joined;
    }

    private static float[] Copy(int number, int N, float* workspace, bool gradients)
    {
        LayerView layer = TKernels.Layer(number, N, workspace);
        float* from = gradients ? layer.Gradients : layer.Activations;
        int columns = TKernels.LayerSizes[number];
        float[] copy = new float[Guard.ArrayLength((long)N * columns)];
        for (int n = 0; n < N; n++)
        {
            new ReadOnlySpan<float>(from + ((nint)n * layer.Stride), columns).CopyTo(copy.AsSpan(n * columns));
        }

        return copy;
    }
}
