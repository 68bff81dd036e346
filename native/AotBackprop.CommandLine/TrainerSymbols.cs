using System.CommandLine;
using System.Globalization;
using AotBackprop.Training;

namespace AotBackprop.CommandLine;

/// <summary>The options of a training beside its samples and its optimizer, as <see cref="Trainer"/> has them.</summary>
internal sealed class TrainerSymbols
{
    private const int MostThreads = 1024;
    private const string Balanced = "balanced";

    private readonly Option<int> _epochs = Count("--epochs", "Passes over the samples, those before a resume included", 20);
    private readonly Option<int> _batchSize = Count("--batch-size", "Samples in a step", 32);
    private readonly OptimizerSymbols _optimizer = new();
    private readonly ScheduleSymbols _schedule;
    private readonly Option<int> _warmUp = ProgramOptions.Number(
        "--warm-up", "Steps over which the learning rate rises at the beginning", 0, value => value >= 0, "a whole number from 0 to 2147483647");
    private readonly Option<int> _patience = ProgramOptions.Number<int>(
        "--patience",
        "End after so many epochs without an improvement of what is held out, and keep the best",
        value => value >= 1,
        ProgramOptions.WantedCount);
    private readonly Option<double> _minDelta = ProgramOptions.Number(
        "--min-delta",
        "By how much a figure has to be better to be an improvement",
        0.0,
        value => value >= 0 && double.IsFinite(value),
        "a finite number, 0 or more");
    private readonly Option<string> _monitor;
    private readonly Option<string> _classWeight = new("--class-weight")
    {
        Description = "How much the samples of each class count: balanced, each class as much as any other, or a number for each, comma-separated "
            + "[default: all the same]",
        HelpName = "WEIGHTS",
    };

    private readonly Option<double> _smoothing = ProgramOptions.Number(
        "--label-smoothing",
        "The share of each sample's probability that is spread over all classes",
        0.0,
        value => value is >= 0 and < 1,
        "a number from 0 up to, and not, 1");
    private readonly Option<double> _timeLimit = ProgramOptions.Number<double>(
        "--time-limit", "End after so many seconds", value => value > 0 && value <= TimeSpan.MaxValue.TotalSeconds / 2, "a number of seconds above 0");
    private readonly Option<ulong> _seed = ProgramOptions.Number(
        "--seed", "Decides the first weights, what is held out and the order of the samples", 0UL, _ => true, "a whole number from 0 to 18446744073709551615");
    private readonly Option<int> _threads = ProgramOptions.Number(
        "--threads",
        "Threads that share a step; what is learned does not depend on it",
        1,
        value => value is >= 1 and <= MostThreads,
        string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {MostThreads}"));
    private readonly Option<string> _checkpoint = ProgramOptions.File(
        "--checkpoint", "Write what it takes to go on to this file, after epochs and at the end");
    private readonly Option<int> _every = Count("--checkpoint-every", "After how many epochs each time the checkpoint is written", 1);
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on from the checkpoint, where it is there" };
    private readonly NetworkTask _task;
    private readonly string[] _figures;

    public TrainerSymbols(NetworkTask task)
    {
        _task = task;
        _figures = ["loss", task.Judge.ToLowerInvariant()];
        _schedule = new(_figures);
        _monitor = ProgramOptions.Word("--monitor", "The figure of what is held out by which an epoch is better", _figures[0], _figures);
        _classWeight.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && token.Value != Balanced && Weights(token.Value) is null)
            {
                string numbers = $"{task.Shape.Classes} finite numbers, 0 or more, with commas between them";
                given.AddError($"--class-weight is '{token.Value}'; wanted {Balanced}, or {numbers}.");
            }
        });
    }

    public void AddTo(Command command)
    {
        command.Add(_epochs);
        command.Add(_batchSize);
        _optimizer.AddTo(command);
        _schedule.AddTo(command);
        Option[] options =
        [
            _warmUp, _patience, _minDelta, _monitor,
            .. _task.Shape.Classes > 0 ? (Option[])[_classWeight] : [],
            .. _task.Shape.Output == Output.Softmax ? (Option[])[_smoothing] : [],
            _timeLimit, _seed, _threads, _checkpoint, _every, _resume,
        ];
        foreach (Option option in options)
        {
            command.Add(option);
        }

        Needs(command, _minDelta, _patience);
        Needs(command, _monitor, _patience);
        Needs(command, _every, _checkpoint);
        Needs(command, _resume, _checkpoint);
    }

    public int BatchSize(ParseResult result) => result.GetValue(_batchSize);

    public ulong Seed(ParseResult result) => result.GetValue(_seed);

    public string? CheckpointPath(ParseResult result) => result.GetValue(_checkpoint);

    /// <summary>Whether the training needs samples to be judged by, and by which option.</summary>
    public string? NeedsValidation(ParseResult result) => result.GetResult(_patience) is not null ? _patience.Name : null;

    public ChosenOptimizer Optimizer(ParseResult result) => _optimizer.Read(result);

    /// <summary>The trainer that was asked for.</summary>
    public Trainer Read(ParseResult result, ChosenOptimizer optimizer, Display.TrainingProgress progress) => new()
    {
        Epochs = result.GetValue(_epochs),
        BatchSize = result.GetValue(_batchSize),
        Optimizer = optimizer.Optimizer,
        Seed = Seed(result),
        Schedule = _schedule.Read(result),
        WarmUpSteps = result.GetValue(_warmUp),
        EarlyStopping = result.GetResult(_patience) is null ? null : new()
        {
            Patience = result.GetValue(_patience),
            MinDelta = result.GetValue(_minDelta),
            Monitor = (ValidationFigure)ProgramOptions.FigureOf(result.GetRequiredValue(_monitor), _figures),
        },
        Checkpoint = CheckpointPath(result) is not { } path ? null : new()
        {
            Path = path,
            EveryEpochs = result.GetValue(_every),
            Resume = result.GetValue(_resume),
        },
        ClassWeights = _task.Shape.Classes == 0 || result.GetValue(_classWeight) is not { } weights ? null
            : weights == Balanced ? ClassWeights.Balanced
            : ClassWeights.Of(Weights(weights)),
        LabelSmoothing = _task.Shape.Output == Output.Softmax ? result.GetValue(_smoothing) : 0,
        TimeLimit = result.GetResult(_timeLimit) is null ? null : TimeSpan.FromSeconds(result.GetValue(_timeLimit)),
        Threads = result.GetValue(_threads),
        EpochEnded = progress.EpochEnded,
        BatchEnded = progress.BatchEnded,
    };

    private static void Needs(Command command, Option option, Option needed) => command.Validators.Add(given =>
    {
        if (given.GetResult(option) is { Implicit: false } && given.GetResult(needed) is null)
        {
            given.AddError($"{option.Name} is given without {needed.Name}; wanted both.");
        }
    });

    private static Option<int> Count(string name, string description, int standard) =>
        ProgramOptions.Number(name, description, standard, value => value >= 1, ProgramOptions.WantedCount);

    private double[]? Weights(string text)
    {
        List<double> weights = [];
        foreach (string one in text.Split(','))
        {
            if (!double.TryParse(one, NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) || !double.IsFinite(weight) || weight < 0)
            {
                return null;
            }

            weights.Add(weight);
        }

        return weights.Count == _task.Shape.Classes ? [.. weights] : null;
    }
}
