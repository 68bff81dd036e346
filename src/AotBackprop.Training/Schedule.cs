using AotBackprop.Training.Runs;

namespace AotBackprop.Training;

/// <summary>
/// How the learning rate changes from epoch to epoch. η₀ is the optimizer's; all of it is computed in double precision, and
/// a step is given the nearest float.
/// </summary>
public abstract class Schedule
{
    private protected Schedule()
    {
    }

    /// <summary>η₀ in every epoch.</summary>
    public static Schedule Constant { get; } = new ConstantSchedule();

    /// <summary>η is multiplied with γ after each so many epochs: PyTorch's StepLR.</summary>
    /// <param name="every">The epochs, 1 or more.</param>
    /// <param name="gamma">γ, above 0.</param>
    public static Schedule Step(int every, double gamma = 0.1) => new StepSchedule(every, gamma);

    /// <summary>
    /// η = ηmin + (η₀ − ηmin)·(1 + cos(π·e/T))/2 in epoch e, counted from 0: Loshchilov and Hutter (2016), PyTorch's
    /// CosineAnnealingLR.
    /// </summary>
    /// <param name="minimum">ηmin.</param>
    /// <param name="epochs">T; those of the training where it is null.</param>
    public static Schedule Cosine(double minimum = 0, int? epochs = null) => new CosineSchedule(minimum, epochs);

    /// <summary>
    /// η is multiplied with a factor once a figure has not improved for more epochs than the patience: PyTorch's
    /// ReduceLROnPlateau. The figure is the validation's, or where there is none the training loss.
    /// </summary>
    /// <param name="factor">Above 0 and below 1.</param>
    /// <param name="patience">Epochs without an improvement that are let pass.</param>
    /// <param name="threshold">By what share of the best so far a figure has to be better.</param>
    /// <param name="cooldown">Epochs after a reduction that are not counted.</param>
    /// <param name="minimum">The smallest η.</param>
    /// <param name="epsilon">A reduction by no more than this is not made.</param>
    /// <param name="monitor">The figure that is watched.</param>
    public static Schedule Plateau(
        double factor = 0.1,
        int patience = 10,
        double threshold = 1e-4,
        int cooldown = 0,
        double minimum = 0,
        double epsilon = 1e-8,
        ValidationFigure monitor = ValidationFigure.Loss) =>
        new PlateauSchedule
        {
            Factor = factor,
            Patience = patience,
            Threshold = threshold,
            Cooldown = cooldown,
            Minimum = minimum,
            Epsilon = epsilon,
            Monitor = monitor,
        };

    /// <summary>The schedule and its numbers, as a checkpoint has them.</summary>
    /// <param name="epochs">Those of the training.</param>
    internal abstract string Text(int epochs);

    /// <summary>The rates of one training.</summary>
    /// <param name="initial">η₀.</param>
    /// <param name="epochs">Those of the training.</param>
    internal abstract Rates Begin(double initial, int epochs);

    /// <summary>The figure that is watched; null where none is.</summary>
    internal virtual ValidationFigure? Watched => null;
}

/// <summary>η₀ always.</summary>
internal sealed class ConstantSchedule : Schedule
{
    internal override string Text(int epochs) => "constant";

    internal override Rates Begin(double initial, int epochs) => new FormulaRates(_ => initial);
}

/// <summary>η·γ after each so many epochs.</summary>
internal sealed class StepSchedule : Schedule
{
    private readonly int _every;
    private readonly double _gamma;

    public StepSchedule(int every, double gamma)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        Checks.Finite(gamma, double.Epsilon, nameof(gamma));
        _every = every;
        _gamma = gamma;
    }

    internal override string Text(int epochs) => $"step every={_every} gamma={NumberText.Of(_gamma)}";

    internal override Rates Begin(double initial, int epochs) => new FormulaRates(epoch =>
    {
        // One by one, as PyTorch does: a power would round otherwise.
        double rate = initial;
        for (int i = epoch / _every; i > 0; i--)
        {
            rate *= _gamma;
        }

        return rate;
    });
}

/// <summary>Half a wave of the cosine.</summary>
internal sealed class CosineSchedule : Schedule
{
    private readonly double _minimum;
    private readonly int? _epochs;

    public CosineSchedule(double minimum, int? epochs)
    {
        Checks.Finite(minimum, 0, nameof(minimum));
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs ?? 1, 1, nameof(epochs));
        _minimum = minimum;
        _epochs = epochs;
    }

    internal override string Text(int epochs) => $"cosine minimum={NumberText.Of(_minimum)} epochs={_epochs ?? epochs}";

    internal override Rates Begin(double initial, int epochs)
    {
        int period = _epochs ?? epochs;
        return new FormulaRates(epoch => _minimum + ((initial - _minimum) * (1 + Math.Cos(Math.PI * epoch / period)) / 2));
    }
}

/// <summary>η·factor where nothing improves.</summary>
internal sealed class PlateauSchedule : Schedule
{
    public required double Factor
    {
        get;
        init
        {
            Checks.Below(value, double.Epsilon, 1, "factor");
            field = value;
        }
    }

    public required int Patience
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, "patience");
            field = value;
        }
    }

    public required double Threshold
    {
        get;
        init
        {
            Checks.Below(value, 0, 1, "threshold");
            field = value;
        }
    }

    public required int Cooldown
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, "cooldown");
            field = value;
        }
    }

    public required double Minimum
    {
        get;
        init
        {
            Checks.Finite(value, 0, "minimum");
            field = value;
        }
    }

    public required double Epsilon
    {
        get;
        init
        {
            Checks.Finite(value, 0, "epsilon");
            field = value;
        }
    }

    public required ValidationFigure Monitor { get; init; }

    internal override ValidationFigure? Watched => Monitor;

    internal override string Text(int epochs) =>
        $"plateau monitor={ValidationFigures.NameOf(Monitor)} factor={NumberText.Of(Factor)} patience={Patience} "
        + $"threshold={NumberText.Of(Threshold)} cooldown={Cooldown} minimum={NumberText.Of(Minimum)} epsilon={NumberText.Of(Epsilon)}";

    internal override Rates Begin(double initial, int epochs) => new PlateauRates(this, initial);
}
