using System.CommandLine;

namespace AotBackprop.CommandLine;

/// <summary>The option by which a training is given its first weights.</summary>
/// <param name="activation">That of the network's hidden layers, which decides what is drawn where nothing is said.</param>
internal sealed class InitializationSymbol(Activation activation)
{
    private static readonly (string Word, Initialization Value)[] All =
        [.. Enum.GetValues<Initialization>().Select(value => (WordOf(value), value))];

    private readonly Option<string> _initialization = ProgramOptions.Word(
        "--initialization", "How the first weights are drawn", WordOf(Initializations.DefaultOf(activation)), [.. All.Select(one => one.Word)]);

    /// <summary>Adds the option. With a model to go on from there is nothing to draw.</summary>
    public void AddTo(Command command, Option<string> model)
    {
        command.Add(_initialization);
        _initialization.Validators.Add(given =>
        {
            if (!given.Implicit && given.GetResult(model) is not null)
            {
                given.AddError($"{_initialization.Name} is '{given.Tokens[0].Value}', and the weights are those of {model.Name}; wanted one of the two.");
            }
        });
    }

    public Initialization Read(ParseResult result)
    {
        string word = result.GetRequiredValue(_initialization);
        return All.First(one => one.Word == word).Value;
    }

    private static string WordOf(Initialization value) => Initializations.NameOf(value).Replace('_', '-');
}
