namespace AotBackprop.Training.Runs;

/// <summary>The best epoch of a training that may stop early, with its parameters.</summary>
internal sealed class BestSoFar(EarlyStopping options)
{
    private float[]? _parameters;

    /// <summary>The figure of the best epoch; null before there is one.</summary>
    public double? Value { get; private set; }

    /// <summary>Its number, counted from 0.</summary>
    public int Epoch { get; private set; }

    /// <summary>Epochs without an improvement.</summary>
    public int Wait { get; private set; }

    /// <summary>Its parameters; empty before there is one.</summary>
    public ReadOnlyMemory<float> Parameters => _parameters;

    /// <summary>Whether too many epochs have passed without an improvement.</summary>
    public bool IsOver => Wait >= options.Patience;

    /// <summary>Looks at an epoch.</summary>
    /// <returns>Whether it is the best so far.</returns>
    public bool Consider(IReadOnlyList<Figure> validation, int epoch, ReadOnlySpan<float> parameters)
    {
        double value = Judge.ValueOf(validation, options.Monitor);
        bool isBest = double.IsFinite(value) && (Value is not { } best
            || (ValidationFigures.IsBetterSmaller(options.Monitor) ? value < best - options.MinDelta : value > best + options.MinDelta));
        Wait = isBest ? 0 : Wait + 1;
        if (isBest)
        {
            Set(value, epoch, parameters, wait: 0);
        }

        return isBest;
    }

    /// <summary>Goes on from an earlier training.</summary>
    public void Restore(double? value, int epoch, ReadOnlySpan<float> parameters, int wait)
    {
        Wait = wait;
        if (value is { } known)
        {
            Set(known, epoch, parameters, wait);
        }
    }

    private void Set(double value, int epoch, ReadOnlySpan<float> parameters, int wait)
    {
        Value = value;
        Epoch = epoch;
        Wait = wait;
        _parameters ??= new float[parameters.Length];
        parameters.CopyTo(_parameters);
    }
}
