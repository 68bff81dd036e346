using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace AotBackprop.CommandLine;

/// <summary>The kinds of options that commands share.</summary>
internal static class ProgramOptions
{
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
    public static Option<string> Word(string name, string description, string standard, string[] words) =>
        new(name)
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

    public static Option<bool> Quiet() => new("--quiet") { Description = "Show no progress" };

    /// <summary>Words as a sentence offers them: a, b or c.</summary>
    public static string Either(string[] words) => $"{string.Join(", ", words[..^1])} or {words[^1]}";

    public static Option<string> Model(bool required, string description) => ModelFile("--model", description, required);

    /// <summary>A model file. It can be no stream: it is read by place, and replaced as a whole.</summary>
    public static Option<string> ModelFile(string name, string description, bool required = false)
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
