namespace Race;

/// <summary>A network that can be timed. The loops are its own, so that a call of this interface does not count.</summary>
internal abstract unsafe class Contestant(string name, int[] sizes, int batch)
{
    public string Name => name;

    public virtual bool Trains => true;

    public double MeanLoss { get; protected set; }

    public float* Probabilities { get; } = Samples.Allocate(batch * sizes[^1]);

    protected int Batch => batch;

    public ReadOnlySpan<float> Outputs => new(Probabilities, batch * sizes[^1]);

    public abstract ReadOnlySpan<float> Parameters { get; }

    public abstract void Load(ReadOnlySpan<float> parameters);

    public abstract void Forward(Samples samples, long runs);

    public abstract void Step(Samples samples, float rate, long runs);

    public abstract void Epoch(Samples samples, float rate);
}
