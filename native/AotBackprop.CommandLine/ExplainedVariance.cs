using AotBackprop.Data;

namespace AotBackprop.CommandLine;

/// <summary>
/// R² of samples that come block by block: 1 − Σ w(A − Y)² / Σ w(Y − Ȳ)², the mean over the outputs. An output whose targets
/// are all the same counts 1 where the network says them exactly, else 0.
/// </summary>
/// <param name="outputs">C.</param>
internal sealed class ExplainedVariance(int outputs)
{
    // Sums of d = Y − a target, which are smaller than those of Y.
    private readonly double[] _shift = new double[outputs];
    private readonly double[] _d = new double[outputs];
    private readonly double[] _squares = new double[outputs];
    private readonly double[] _errors = new double[outputs];
    private double _all;
    private bool _isBegun;

    public double RSquared
    {
        get
        {
            double sum = 0;
            for (int j = 0; j < outputs; j++)
            {
                double total = _squares[j] - (_d[j] * _d[j] / _all);
                sum += total > 0 ? 1 - (_errors[j] / total) : _errors[j] == 0 ? 1 : 0;
            }

            return sum / outputs;
        }
    }

    public void Add(INetwork network, SampleBlock block)
    {
        float[] said = new float[block.Count * outputs];
        network.Forward(block.X, said);
        ReadOnlySpan<float> values = block.Targets.Values;
        for (int n = 0; n < block.Count; n++)
        {
            double weight = block.Weights.IsEmpty ? 1 : block.Weights[n];
            _all += weight;
            for (int j = 0; j < outputs; j++)
            {
                double value = values[(n * outputs) + j];
                _shift[j] = _isBegun ? _shift[j] : value;
                double d = value - _shift[j];
                double error = said[(n * outputs) + j] - value;
                _d[j] += weight * d;
                _squares[j] += weight * (d * d);
                _errors[j] += weight * (error * error);
            }

            _isBegun = true;
        }
    }
}
