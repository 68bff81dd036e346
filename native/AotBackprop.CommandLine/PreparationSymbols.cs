using System.CommandLine;
using System.Globalization;
using AotBackprop.Data;

namespace AotBackprop.CommandLine;

/// <summary>The options by which inputs are scaled and completed, unless a model tells.</summary>
/// <param name="standard">What inputs are divided by unless anything is said.</param>
internal sealed class PreparationSymbols(float standard)
{
    private static readonly (string Word, ScalingKind Kind)[] s_kinds = [("standard", ScalingKind.Standard), ("minmax", ScalingKind.MinMax)];

    private readonly Option<float> _scale = ProgramOptions.Number<float>(
        "--scale",
        $"Divide the inputs by this number, which a model keeps [default: that of --model, or {Text(standard)}]",
        scale => float.IsNormal(scale) && scale > 0,
        "a number from 1.18e-38 to 3.4e38");

    private readonly Option<string?> _scaling = ProgramOptions.OptionalWord(
        "--scaling",
        "Scale each input by itself, which a model keeps: standard, to mean 0 and deviation 1, or minmax, to 0 … 1, of the samples learned from",
        [.. s_kinds.Select(one => one.Word)]);

    private readonly Option<string?> _missing = new("--missing")
    {
        Description = "What takes the place of missing values, which a model keeps: a number, or mean, that of the samples learned from "
            + "[default: they are errors]",
        HelpName = "NUMBER",
    };

    /// <param name="command">The command.</param>
    /// <param name="isTraining">Whether there may be no model yet, so that all is to be said.</param>
    public void AddTo(Command command, bool isTraining)
    {
        command.Add(_scale);
        if (!isTraining)
        {
            return;
        }

        command.Add(_scaling);
        command.Add(_missing);
        _missing.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && token.Value != "mean" && !(TryNumber(token.Value, out double number) && double.IsFinite(number)))
            {
                given.AddError($"--missing is '{token.Value}'; wanted a finite number, or mean.");
            }
        });
        command.Validators.Add(given =>
        {
            if (given.GetResult(_scale) is not null && given.GetResult(_scaling) is not null)
            {
                given.AddError("--scale is given beside --scaling; wanted one of them.");
            }
        });
    }

    /// <summary>How samples of a new network are prepared.</summary>
    public DataOptions Read(ParseResult result)
    {
        string? kind = result.GetValue(_scaling);
        string? missing = result.GetValue(_missing);
        return new()
        {
            Fit = kind is null ? null : s_kinds.First(one => one.Word == kind).Kind,
            Scaling = kind is null ? Divided(Asked(result) ?? standard) : null,
            Missing = missing is null ? MissingValues.Refused
                : TryNumber(missing, out double number) ? MissingValues.By(number)
                : MissingValues.Mean,
        };
    }

    /// <summary>How samples are prepared for a model: as it has learned.</summary>
    /// <exception cref="UsageException">Both tell something, and not the same.</exception>
    public DataOptions Read<TNetwork>(ParseResult result, SavedModel<TNetwork> model)
        where TNetwork : class, INetwork<TNetwork>
    {
        foreach (Option<string?> option in new[] { _scaling, _missing })
        {
            if (result.GetResult(option) is { Tokens: [var token] })
            {
                throw new UsageException($"{option.Name} is '{token.Value}', and the model keeps how its inputs were prepared; wanted none, or no --model.");
            }
        }

        DataOptions options = model.Model.DataOptions;
        float? asked = Asked(result);
        if (!model.TellsScaling)
        {
            return options with { Scaling = Divided(asked ?? standard) };
        }

        if (asked is null)
        {
            return options;
        }

        if (model.Model.Scaling is { Kind: not ModelScalingKind.Factor } other)
        {
            throw new UsageException($"--scale is {Text(asked.Value)}, and the model's inputs are {other}; wanted none.");
        }

        float kept = model.Model.Scaling?.Factor ?? 1;
        return asked == kept
            ? options
            : throw new UsageException($"--scale is {Text(asked.Value)}, and the model was trained with {Text(kept)}; wanted the same, or none.");
    }

    private static InputScaling? Divided(float scale) => scale == 1 ? null : InputScaling.DivideBy(scale);

    private static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static string Text(float number) => number.ToString(CultureInfo.InvariantCulture);

    private float? Asked(ParseResult result) => result.GetResult(_scale) is null ? null : result.GetValue(_scale);
}
