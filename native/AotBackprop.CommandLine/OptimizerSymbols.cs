using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AotBackprop.Runtime;

namespace AotBackprop.CommandLine;

/// <summary>The options by which a training is given its optimizer, as <see cref="OptimizerTable"/> has them.</summary>
internal sealed class OptimizerSymbols
{
    private const string Magnitude = "a finite number, 0 or more";

    private static readonly OptimizerEntry Standard = OptimizerTable.All[0];

    private readonly Option<string> _optimizer = ProgramOptions.Word(
        "--optimizer",
        "How a gradient moves the parameters",
        Standard.Name,
        [.. OptimizerTable.All.Select(entry => entry.Name)]);
    private readonly Option<float> _learningRate = Number(
        "--learning-rate", "The length of a step", OptimizerTable.All, entry => entry.LearningRate);
    private readonly Option<float> _weightDecay = Number(
        "--weight-decay",
        "How strongly weights and biases are drawn to 0",
        OptimizerTable.All,
        entry => entry.WeightDecay);
    private readonly Option<float> _clipNorm = Number(
        "--clip-norm",
        "The largest norm of a gradient, above which it is shortened; 0 is off",
        OptimizerTable.All,
        _ => 0);

    /// <summary>What not every optimizer uses.</summary>
    private readonly (Option<float> Option, OptimizerNumberEntry Number)[] _particular =
        [.. OptimizerTable.Numbers.Select(number => (Particular(number), number))];

    public void AddTo(Command command)
    {
        Option[] all = [_optimizer, _learningRate, .. _particular.Select(one => one.Option), _weightDecay, _clipNorm];
        foreach (Option option in all)
        {
            command.Add(option);
        }

        foreach ((Option<float> option, OptimizerNumberEntry number) in _particular)
        {
            option.Validators.Add(given => RefuseUnused(given, number));
        }
    }

    /// <summary>The optimizer.</summary>
    /// <exception cref="UsageException">Its numbers are each in their range, and together allow no step.</exception>
    public ChosenOptimizer Read(ParseResult result)
    {
        try
        {
            return Choose(result);
        }
        catch (ArgumentOutOfRangeException e)
        {
            string message = e.Message[..e.Message.IndexOf(" (Parameter", StringComparison.Ordinal)];
            foreach ((Option<float> option, OptimizerNumberEntry number) in _particular)
            {
                // Where its value follows: the word alone may be an optimizer's.
                message = message.Replace($"{number.Field} ", $"{option.Name} ", StringComparison.Ordinal);
            }

            throw new UsageException(
                message
                    .Replace("learningRate", _learningRate.Name, StringComparison.Ordinal)
                    .Replace("weightDecay", _weightDecay.Name, StringComparison.Ordinal),
                e);
        }
    }

    private ChosenOptimizer Choose(ParseResult result)
    {
        string name = result.GetRequiredValue(_optimizer);
        OptimizerEntry entry = OptimizerTable.All.First(one => one.Name == name);
        float NumberOr(Option<float> option, float standard) =>
            result.GetResult(option) is null or { Implicit: true } ? standard : result.GetValue(option);
        float Used(OptimizerNumbers which)
        {
            (Option<float> option, _) = _particular.First(one => one.Number.Number == which);
            return entry.Traits.Has(which) ? NumberOr(option, entry.Default(which)) : 0;
        }

        OptimizerSettings settings = new()
        {
            Kind = entry.Kind,
            LearningRate = NumberOr(_learningRate, entry.LearningRate),
            Momentum = Used(OptimizerNumbers.Momentum),
            Beta1 = Used(OptimizerNumbers.Beta1),
            Beta2 = Used(OptimizerNumbers.Beta2),
            Epsilon = Used(OptimizerNumbers.Epsilon),
            WeightDecay = NumberOr(_weightDecay, entry.WeightDecay),
            ClipNorm = result.GetValue(_clipNorm),
        };
        IEnumerable<(string, float)> particular = _particular
            .Where(one => entry.Traits.Has(one.Number.Number))
            .Select(one => (one.Option.Name, Used(one.Number.Number)));
        return new ChosenOptimizer(name, Optimizer.Create(settings),
        [
            (_learningRate.Name, settings.LearningRate),
            .. particular,
            (_weightDecay.Name, settings.WeightDecay),
            (_clipNorm.Name, settings.ClipNorm),
        ]);
    }

    /// <summary>What would change nothing was meant for another optimizer.</summary>
    private void RefuseUnused(OptionResult given, OptimizerNumberEntry number)
    {
        // Not by its value, which throws where --optimizer is in error itself.
        string name = given.GetResult(_optimizer) switch
        {
            null or { Implicit: true } => Standard.Name,
            { Tokens: [Token token] } => token.Value,
            _ => "",
        };
        if (!given.Implicit && OptimizerTable.All.FirstOrDefault(entry => entry.Name == name) is { } chosen
            && !chosen.Traits.Has(number.Number))
        {
            string wanted = $"wanted --optimizer {Names(number.Users, "or")}";
            given.AddError($"{given.Option.Name} is '{given.Tokens[0].Value}', which {name} does not use; {wanted}.");
        }
    }

    private static Option<float> Particular(OptimizerNumberEntry number)
    {
        bool isEpsilon = number.Number == OptimizerNumbers.Epsilon;
        return Number(
            $"--{number.Field}",
            $"{number.Description}, for {Names(number.Users, "and")}",
            [.. number.Users],
            entry => entry.Default(number.Number),
            isEpsilon ? OptimizerSettings.IsEpsilon : OptimizerSettings.IsMemory,
            isEpsilon ? "a finite number, 1e-20 or more" : "a number from 0 to 0.999999");
    }

    private static Option<float> Number(
        string name, string description, IReadOnlyList<OptimizerEntry> users, Func<OptimizerEntry, float> standard) =>
        Number(name, description, users, standard, OptimizerSettings.IsMagnitude, Magnitude);

    /// <summary>A number, with a default for each optimizer.</summary>
    private static Option<float> Number(
        string name,
        string description,
        IReadOnlyList<OptimizerEntry> users,
        Func<OptimizerEntry, float> standard,
        Func<float, bool> isValid,
        string wanted)
    {
        // 0.1, or 0.001 with adam and adamw.
        float first = standard(users[0]);
        string[] defaults =
        [
            first.ToString(CultureInfo.InvariantCulture),
            .. users.Where(entry => standard(entry) != first)
                .GroupBy(standard)
                .Select(group => $"{group.Key.ToString(CultureInfo.InvariantCulture)} with {Names(group, "and")}"),
        ];
        if (defaults.Length == 1)
        {
            return ProgramOptions.Number(name, description, first, isValid, wanted);
        }

        string either = $"{string.Join(", ", defaults[..^1])}, or {defaults[^1]}";
        return ProgramOptions.Number<float>(name, $"{description} [default: {either}]", isValid, wanted);
    }

    private static string Names(IEnumerable<OptimizerEntry> entries, string and) =>
        OptimizerTable.Listed(entries.Select(entry => entry.Name), and);
}
