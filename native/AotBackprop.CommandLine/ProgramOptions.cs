using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace AotBackprop.CommandLine;

/// <summary>The kinds of options that commands share.</summary>
internal static class ProgramOptions
{
    private static readonly Dictionary<Option, string[]> s_words = [];

    public const string WantedCount = "a whole number from 1 to 2147483647";

    /// <summary>A number; any other value is an error of usage, which names the one that came.</summary>
    public static Option<T> Number<T>(string name, string description, T standard, Func<T, bool> isValid, string wanted)
        where T : struct, INumber<T>
    {
        Option<T> option = Number(name, description, isValid, wanted);
        option.DefaultValueFactory = _ => standard;
        return option;
    }

    /// <summary>A number whose default depends on other options.</summary>
    public static Option<T> Number<T>(string name, string description, Func<T, bool> isValid, string wanted)
        where T : struct, INumber<T> =>
        new(name)
        {
            Description = description,
            HelpName = "NUMBER",
            CustomParser = result =>
            {
                // Not with thousands: 0,1 would be 1.
                string text = result.Tokens[0].Value;
                if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && isValid(value))
                {
                    return value;
                }

                result.AddError($"{name} is '{text}'; wanted {wanted}.");
                return default;
            },
        };

    /// <summary>One of some words; any other is an error of usage, which names the one that came.</summary>
    public static Option<string> Word(string name, string description, string standard, string[] words)
    {
        Option<string> option = new(name)
        {
            Description = $"{description}: {Either(words)}",
            HelpName = "NAME",
            DefaultValueFactory = _ => standard,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (!words.Contains(text))
                {
                    result.AddError($"{name} is '{text}'; wanted {Either(words)}.");
                }

                return text;
            },
        };
        s_words.Add(option, words);
        return option;
    }

    /// <summary>One of some words, or nothing.</summary>
    public static Option<string?> OptionalWord(string name, string description, string[] words)
    {
        Option<string?> option = new(name) { Description = description, HelpName = string.Join('|', words) };
        option.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && !words.Contains(token.Value))
            {
                given.AddError($"{name} is '{token.Value}'; wanted {Either(words)}.");
            }
        });
        s_words.Add(option, words);
        return option;
    }

    /// <summary>The words that an option takes; none where it takes others.</summary>
    public static string[] WordsOf(Option option) => s_words.GetValueOrDefault(option, []);

    /// <param name="what">What is told, instead of lines.</param>
    public static Option<bool> Json(string what) => new("--json") { Description = $"Tell {what} in JSON" };

    public static Option<bool> Quiet() => new("--quiet") { Description = "Show no progress" };

    /// <summary>Words as a sentence offers them: a, b or c.</summary>
    public static string Either(string[] words) => $"{string.Join(", ", words[..^1])} or {words[^1]}";

    /// <summary>The place of a figure's word, which is the figure's number: each network has the loss and one more.</summary>
    public static int FigureOf(string word, string[] figures) => word == figures[0] ? 0 : word == "r2" ? 2 : 1;

    public static Option<string> Model(bool required, string description) => File("--model", description, required);

    /// <summary>A file that can be no stream: it is read by place, or replaced as a whole.</summary>
    public static Option<string> File(string name, string description, bool required = false)
    {
        Option<string> option = new(name) { Description = description, HelpName = "FILE", Required = required };
        option.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: "-" or "" }])
            {
                given.AddError($"{name} is '{given.Tokens[0].Value}'; wanted a file, and ./- for one that is called -.");
            }
        });
        return option;
    }
}
