using AotBackprop;

namespace Race;

/// <summary>The generated type, compiled by the JIT.</summary>
internal sealed unsafe class Ours<T>(string name, int[] sizes, int batch) : Contestant(name, sizes, batch)
    where T : class, INetwork<T>
{
    private readonly T network = T.Create(1);

    public override ReadOnlySpan<float> Parameters => network.Parameters;

    public override void Load(ReadOnlySpan<float> parameters) => network.SetParameters(parameters);

    public override void Forward(Samples samples, long runs)
    {
        for (long r = 0; r < runs; r++)
        {
            network.Forward(samples.Rows, new Span<float>(Probabilities, Outputs.Length));
        }
    }

    public override void Step(Samples samples, float rate, long runs)
    {
        for (long r = 0; r < runs; r++)
        {
            MeanLoss = network.TrainStep(samples.Rows, samples.Classes, rate);
        }
    }

    public override void Epoch(Samples samples, float rate) =>
        MeanLoss = network.TrainEpoch(samples.Rows, samples.Classes, Batch, rate, seed: 1, epoch: 0);
}
