using System.CommandLine;
using System.CommandLine.Parsing;

namespace AotBackprop.CommandLine;

/// <summary>The options by which a training is given its optimizer. Ranges and defaults are those of <see cref="Optimizer"/>.</summary>
internal sealed class OptimizerSymbols
{
    private const float LargestMemory = 0.999999f;
    private const float SmallestEpsilon = 1e-20f;
    private const string Sgd = "sgd";

    private static readonly string[] Momenta = ["momentum", "nesterov"];
    private static readonly string[] Adams = ["adam", "adamw"];
    private static readonly string[] All = [Sgd, .. Momenta, .. Adams];

    private readonly Option<string> _optimizer = ProgramOptions.Word("--optimizer", "How a gradient moves the parameters", Sgd, All);
    private readonly Option<float> _learningRate = ProgramOptions.Number<float>(
        "--learning-rate", "The length of a step [default: 0.1, or 0.001 with adam and adamw]", IsMagnitude, "a finite number, 0 or more");
    private readonly Option<float> _momentum = ProgramOptions.Number(
        "--momentum", "The share kept of earlier gradients, for momentum and nesterov", 0.9f, IsMemory, "a number from 0 to 0.999999");
    private readonly Option<float> _beta1 = ProgramOptions.Number(
        "--beta1", "The share kept of the mean gradient, for adam and adamw", 0.9f, IsMemory, "a number from 0 to 0.999999");
    private readonly Option<float> _beta2 = ProgramOptions.Number(
        "--beta2", "The share kept of the mean squared gradient, for adam and adamw", 0.999f, IsMemory, "a number from 0 to 0.999999");
    private readonly Option<float> _epsilon = ProgramOptions.Number(
        "--epsilon", "Added to the root of the mean squared gradient, for adam and adamw", 1e-8f, IsEpsilon, "a finite number, 1e-20 or more");
    private readonly Option<float> _weightDecay = ProgramOptions.Number<float>(
        "--weight-decay", "How strongly weights and biases are drawn to 0 [default: 0, or 0.01 with adamw]", IsMagnitude, "a finite number, 0 or more");
    private readonly Option<float> _clipNorm = ProgramOptions.Number(
        "--clip-norm", "The largest norm of a gradient, above which it is shortened; 0 is off", 0f, IsMagnitude, "a finite number, 0 or more");

    /// <summary>What not every optimizer uses, and those that do.</summary>
    private readonly (Option<float> Option, string[] Users)[] _particular;

    public OptimizerSymbols() => _particular = [(_momentum, Momenta), (_beta1, Adams), (_beta2, Adams), (_epsilon, Adams)];

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _optimizer, _learningRate, _momentum, _beta1, _beta2, _epsilon, _weightDecay, _clipNorm })
        {
            command.Add(option);
        }

        foreach ((Option<float> option, string[] users) in _particular)
        {
            option.Validators.Add(given => RefuseUnused(given, users));
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
            throw new UsageException(
                message
                    .Replace("learningRate", _learningRate.Name, StringComparison.Ordinal)
                    .Replace("weightDecay", _weightDecay.Name, StringComparison.Ordinal)
                    .Replace("beta1", _beta1.Name, StringComparison.Ordinal)
                    .Replace("epsilon", _epsilon.Name, StringComparison.Ordinal),
                e);
        }
    }

    private ChosenOptimizer Choose(ParseResult result)
    {
        float Number(Option<float> option) => result.GetValue(option);
        float NumberOr(Option<float> option, float standard) => result.GetResult(option) is null ? standard : Number(option);
        string name = result.GetRequiredValue(_optimizer);
        float rate = NumberOr(_learningRate, Adams.Contains(name) ? 0.001f : 0.1f);
        float decay = NumberOr(_weightDecay, name == "adamw" ? 0.01f : 0);
        float clip = Number(_clipNorm);
        Optimizer optimizer = name switch
        {
            Sgd => Optimizer.Sgd(rate, decay, clip),
            "momentum" => Optimizer.Momentum(rate, Number(_momentum), decay, clip),
            "nesterov" => Optimizer.Nesterov(rate, Number(_momentum), decay, clip),
            "adam" => Optimizer.Adam(rate, Number(_beta1), Number(_beta2), Number(_epsilon), decay, clip),
            _ => Optimizer.AdamW(rate, Number(_beta1), Number(_beta2), Number(_epsilon), decay, clip),
        };
        IEnumerable<(string, float)> particular = _particular
            .Where(number => number.Users.Contains(name))
            .Select(number => (number.Option.Name, Number(number.Option)));
        return new ChosenOptimizer(
            name, optimizer, [(_learningRate.Name, rate), .. particular, (_weightDecay.Name, decay), (_clipNorm.Name, clip)]);
    }

    /// <summary>What would change nothing was meant for another optimizer.</summary>
    private void RefuseUnused(OptionResult given, string[] users)
    {
        // Not by its value, which throws where --optimizer is in error itself.
        string name = given.GetResult(_optimizer) switch
        {
            null or { Implicit: true } => Sgd,
            { Tokens: [Token token] } => token.Value,
            _ => "",
        };
        if (!given.Implicit && All.Contains(name) && !users.Contains(name))
        {
            given.AddError(
                $"{given.Option.Name} is '{given.Tokens[0].Value}', which {name} does not use; wanted --optimizer {ProgramOptions.Either(users)}.");
        }
    }

    private static bool IsMagnitude(float value) => value >= 0 && float.IsFinite(value);

    private static bool IsMemory(float value) => value is >= 0 and <= LargestMemory;

    private static bool IsEpsilon(float value) => value >= SmallestEpsilon && float.IsFinite(value);
}
