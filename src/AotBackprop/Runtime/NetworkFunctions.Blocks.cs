namespace AotBackprop.Runtime;

internal static unsafe partial class NetworkFunctions<TKernels>
{
    /// <summary>
    /// The gradient of a batch of more than <see cref="Part.BlockSamples"/> samples, of some parameters after others,
    /// the last first. Every thread of a team goes through it.
    /// </summary>
    /// <remarks>
    /// No memory is there for it: the sums take the place of what has been read. All of them that of Z of the output
    /// layer, if there is room; else those of each layer that of its own A or Z, which only the layer above reads, and
    /// is done with. A batch has a row for each sample there, so that only of a layer with more inputs than samples
    /// some rows of dW come after others.
    /// </remarks>
    private struct BlockSums(float* X, Zeros zeros, Part part, float* workspace)
    {
        // In which sums of rows of W can begin and end: those that an output layer's kernels update together.
        private const int RowsTogether = SampleLanes.Samples;

        private readonly float* _X = X;
        private readonly Zeros _zeros = zeros;
        private readonly Part _part = part;
        private readonly float* _workspace = workspace;
        private int _layer = LayerCount;

        /// <summary>The sums of the parameters at hand that are this thread's to use.</summary>
        public float* Values { get; private set; }

        /// <summary>The number of the first of these parameters.</summary>
        public int First { get; private set; }

        /// <summary>How many they are.</summary>
        public int Count { get; private set; }

        // Where the parameters begin of which the sums have been formed.
        private int Begin { get; set; } = TKernels.ParameterCount;

        /// <summary>Forms the next sums, if there are any left.</summary>
        public bool Next()
        {
            if (Begin == 0)
            {
                return false;
            }

            LayerView layer = TKernels.Layer(_layer, _part.N, _workspace);
            nint room = _part.N * layer.Stride;
            if (Begin == TKernels.ParameterCount && Begin <= room)
            {
                Form(layer.Activations, 0, default);
                return true;
            }

            // b is one row more. The rows are counted: on arm64 a division may throw.
            int endRow = 0;
            for (int end = layer.Offset; end < Begin; end += layer.Outputs)
            {
                endRow++;
            }

            int rows = (int)Math.Min(endRow, _part.N);
            int firstRow = (endRow - rows + RowsTogether - 1) & ~(RowsTogether - 1);
            GradientBlock some = new() { Layer = _layer, FirstRow = firstRow, EndRow = endRow };
            if (firstRow == 0)
            {
                _layer--;
            }

            Form(layer.Activations, layer.Offset + (firstRow * layer.Outputs), some);
            return true;
        }

        /// <summary>The sums of the parameters from one on, at some place, block by block.</summary>
        private void Form(float* place, int first, GradientBlock block)
        {
            int count = Begin - first;
            Begin = first;
            _part.Share(count, RowsTogether, out int ownFirst, out int ownEnd);
            Values = place + ownFirst;
            First = first + ownFirst;
            Count = ownEnd - ownFirst;

            // Nobody reads any more what is there; and all is 0 before anybody adds.
            _part.Wait();
            Matrix.Clear(Values, Count);
            _part.Wait();
            AddUpdate add = new(place, place + count);
            Part ofBlock = new(_part, &block);
            for (block.First = 0; block.First < _part.N; block.First += Part.BlockSamples)
            {
                block.Count = Math.Min(Part.BlockSamples, _part.N - block.First);
                TKernels.Descend(place - first, _X, _zeros, ofBlock, add, _workspace);
            }

            _part.Wait();
        }
    }
}
