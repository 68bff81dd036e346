namespace AotBackprop.Training.Runs;

/// <summary>The learning rates of one training.</summary>
internal abstract class Rates
{
    /// <summary>η of an epoch, counted from 0: the one that runs, or where it follows from the number alone, any.</summary>
    public abstract double Of(int epoch);

    /// <summary>Takes the figure that is watched, after each epoch.</summary>
    public virtual void Feed(double figure)
    {
    }
}

/// <summary>Rates that follow from the number of the epoch alone.</summary>
internal sealed class FormulaRates(Func<int, double> formula) : Rates
{
    public override double Of(int epoch) => formula(epoch);
}

/// <summary>A rate that is reduced where a figure does not improve, as torch.optim.lr_scheduler.ReduceLROnPlateau does it.</summary>
internal sealed class PlateauRates(PlateauSchedule options, double initial) : Rates
{
    private readonly bool _isBetterSmaller = ValidationFigures.IsBetterSmaller(options.Monitor);

    /// <summary>What goes on from epoch to epoch.</summary>
    public PlateauState State { get; set; } = new(initial, null, 0, 0);

    public override double Of(int epoch) => State.Rate;

    public override void Feed(double figure)
    {
        bool isBetter = IsBetter(figure);
        double? best = isBetter ? figure : State.Best;
        int wait = isBetter ? 0 : State.Wait + 1;
        int cooldown = State.Cooldown;
        double rate = State.Rate;
        if (cooldown > 0)
        {
            cooldown--;
            wait = 0;
        }

        if (wait > options.Patience)
        {
            double reduced = Math.Max(rate * options.Factor, options.Minimum);
            rate = rate - reduced > options.Epsilon ? reduced : rate;
            cooldown = options.Cooldown;
            wait = 0;
        }

        State = new(rate, best, wait, cooldown);
    }

    // NaN is no better than anything.
    private bool IsBetter(double figure) => _isBetterSmaller
        ? figure < (State.Best is { } smallest ? smallest * (1 - options.Threshold) : double.PositiveInfinity)
        : figure > (State.Best is { } largest ? largest * (1 + options.Threshold) : double.NegativeInfinity);
}

/// <summary>What a rate that is reduced on a plateau depends on.</summary>
/// <param name="Rate">η.</param>
/// <param name="Best">The best figure so far; null before the first.</param>
/// <param name="Wait">Epochs since.</param>
/// <param name="Cooldown">Epochs that are not to be counted yet.</param>
internal readonly record struct PlateauState(double Rate, double? Best, int Wait, int Cooldown);
