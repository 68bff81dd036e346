using System.CommandLine;
using System.CommandLine.Parsing;
using AotBackprop.Training;

namespace AotBackprop.CommandLine;

/// <summary>The options by which a training is given its schedule of learning rates.</summary>
internal sealed class ScheduleSymbols
{
    private const string Step = "step";
    private const string Cosine = "cosine";
    private const string Plateau = "plateau";

    private readonly Option<string> _schedule = ProgramOptions.Word(
        "--schedule", "How the learning rate changes from epoch to epoch", "constant", ["constant", Step, Cosine, Plateau]);
    private readonly Option<int> _every = Count("--step-every", "After how many epochs each time step multiplies the rate", 10, 1);
    private readonly Option<double> _gamma = ProgramOptions.Number(
        "--step-gamma", "By what step multiplies the rate", 0.1, value => value > 0 && double.IsFinite(value), "a finite number above 0");
    private readonly Option<double> _cosineMinimum = Magnitude("--cosine-minimum", "The rate at which cosine ends", 0);
    private readonly Option<int> _cosineEpochs = ProgramOptions.Number<int>(
        "--cosine-epochs", "The epochs of a whole cosine [default: --epochs]", value => value >= 1, ProgramOptions.WantedCount);
    private readonly Option<double> _factor = ProgramOptions.Number(
        "--plateau-factor", "By what plateau multiplies the rate where nothing improves", 0.1, value => value is > 0 and < 1, "a number above 0 and below 1");
    private readonly Option<int> _patience = Count("--plateau-patience", "Epochs without an improvement that plateau lets pass", 10, 0);
    private readonly Option<double> _threshold = ProgramOptions.Number(
        "--plateau-threshold",
        "The share by which plateau wants a figure to be better",
        1e-4,
        value => value is >= 0 and < 1,
        "a number from 0 up to, and not, 1");
    private readonly Option<int> _cooldown = Count("--plateau-cooldown", "Epochs that plateau does not count after it has multiplied the rate", 0, 0);
    private readonly Option<double> _plateauMinimum = Magnitude("--plateau-minimum", "The least rate of plateau", 0);
    private readonly Option<string> _monitor;
    private readonly string[] _figures;

    /// <param name="figures">The figures that may be watched.</param>
    public ScheduleSymbols(string[] figures)
    {
        _figures = figures;
        _monitor = ProgramOptions.Word("--plateau-monitor", "What plateau watches", figures[0], figures);
    }

    public void AddTo(Command command)
    {
        command.Add(_schedule);
        foreach ((Option option, string user) in Particular())
        {
            command.Add(option);
            option.Validators.Add(given => RefuseUnused(given, user));
        }
    }

    public Schedule Read(ParseResult result) => result.GetRequiredValue(_schedule) switch
    {
        Step => Schedule.Step(result.GetValue(_every), result.GetValue(_gamma)),
        Cosine => Schedule.Cosine(result.GetValue(_cosineMinimum), result.GetResult(_cosineEpochs) is null ? null : result.GetValue(_cosineEpochs)),
        Plateau => Schedule.Plateau(
            result.GetValue(_factor),
            result.GetValue(_patience),
            result.GetValue(_threshold),
            result.GetValue(_cooldown),
            result.GetValue(_plateauMinimum),
            monitor: (ValidationFigure)ProgramOptions.FigureOf(result.GetRequiredValue(_monitor), _figures)),
        _ => Schedule.Constant,
    };

    private (Option Option, string User)[] Particular() =>
    [
        (_every, Step), (_gamma, Step), (_cosineMinimum, Cosine), (_cosineEpochs, Cosine), (_factor, Plateau), (_patience, Plateau),
        (_threshold, Plateau), (_cooldown, Plateau), (_plateauMinimum, Plateau), (_monitor, Plateau),
    ];

    private void RefuseUnused(OptionResult given, string user)
    {
        // Not by its value, which throws where --schedule is in error itself.
        string name = given.GetResult(_schedule) is { Implicit: false, Tokens: [Token token] } ? token.Value : "constant";
        if (!given.Implicit && name != user)
        {
            given.AddError($"{given.Option.Name} is '{given.Tokens[0].Value}', which --schedule {name} does not use; wanted --schedule {user}.");
        }
    }

    private static Option<int> Count(string name, string description, int standard, int least) =>
        ProgramOptions.Number(name, description, standard, value => value >= least, $"a whole number from {least} to 2147483647");

    private static Option<double> Magnitude(string name, string description, double standard) =>
        ProgramOptions.Number(name, description, standard, value => value >= 0 && double.IsFinite(value), "a finite number, 0 or more");
}
