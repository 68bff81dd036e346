namespace AotBackprop.Runtime;

public sealed unsafe partial class NetworkInstance<TKernels>
{
    /// <summary>Every intermediate of one batch, as the kernels compute it, and the gradient. No parameter is changed.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    public NetworkTrace Trace(ReadOnlySpan<float> X, ReadOnlySpan<int> labels)
    {
        Samples samples = SamplesOf(X, labels);
        Guard.Labels(labels, TKernels.ClassCount, nameof(labels));
        int classes = TKernels.ClassCount;
        float[] Y = new float[Guard.ArrayLength((long)samples.Count * classes)];
        for (int n = 0; n < labels.Length; n++)
        {
            Y.AsSpan(n * classes, classes)[labels[n]] = 1;
        }

        return Trace(samples.Count, X, Y, labels.ToArray());
    }

    /// <inheritdoc cref="Trace(ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C probabilities, each row summing to 1.</param>
    /// <param name="normalize">Whether each row is divided by its sum first.</param>
    public NetworkTrace Trace(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, bool normalize)
    {
        Samples samples = SamplesOf(X, Y, normalize);
        return Trace(samples.Count, X, normalize ? samples.Divided(new float[Y.Length], TKernels.ClassCount) : Y, null);
    }

    private NetworkTrace Trace(int N, ReadOnlySpan<float> X, ReadOnlySpan<float> Y, int[]? labels)
    {
        float[] gradient = new float[TKernels.ParameterCount];
        double loss = labels is null ? Gradient(X, Y, gradient, normalize: false) : Gradient(X, labels, gradient);
        PinnedMemory parameters = Enter(Activity.Trace);
        try
        {
            PinnedMemory workspace = _memory.Training(NetworkFunctions<TKernels>.TrainingWorkspaceSize((nuint)N));
            fixed (float* y = Y)
            fixed (int* l = labels)
            {
                return Trace(N, X, TargetsOf(l, y), Y, gradient, loss, (float*)parameters.Start, (float*)workspace.Start);
            }
        }
        finally
        {
            Leave();
            GC.KeepAlive(parameters);
        }
    }

    private static NetworkTrace Trace(
        int N,
        ReadOnlySpan<float> X,
        Targets targets,
        ReadOnlySpan<float> Y,
        float[] gradient,
        double loss,
        float* parameters,
        float* workspace)
    {
        int layers = TKernels.LayerSizes.Length - 1;
        float* probabilities = TKernels.Probabilities(workspace, N);
        NetworkTrace trace = new(TKernels.LayerSizes, N, loss, gradient);
        fixed (float* x = X)
        {
            TKernels.Differentiate(parameters, x, targets, Zeros.Few, Part.InRows(N), workspace);
            for (int l = 1; l < layers; l++)
            {
                trace.A[l - 1] = Copy(l, N, workspace, gradients: false);
            }

            trace.Z[layers - 1] = Copy(layers, N, workspace, gradients: false);
            trace.A[layers - 1] = new ReadOnlySpan<float>(probabilities, N * TKernels.ClassCount).ToArray();
            for (int i = 0; i < Y.Length; i++)
            {
                // ∂L/∂A = −1/N · Y / A, and 0 where Y is 0.
                trace.dA[layers - 1][i] = Y[i] == 0 ? 0 : -Y[i] / trace.A[layers - 1][i] / N;
            }

            for (int l = 1; l <= layers; l++)
            {
                trace.dZ[l - 1] = Copy(l, N, workspace, gradients: true);
            }

            TraceSums(trace, new(parameters, TKernels.ParameterCount), X);
        }

        return trace;
    }

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
