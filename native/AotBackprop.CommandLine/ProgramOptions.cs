using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace AotBackprop.CommandLine;

/// <summary>The kinds of options that commands share.</summary>
internal static class ProgramOptions
{
    /// <summary>A number; any other value is an error of usage, which names the one that came.</summary>
    public static Option<T> Number<T>(string name, string description, T standard, Func<T, bool> isValid, string wanted)
        where T : INumber<T> =>
        new(name)
        {
            Description = description,
            HelpName = "NUMBER",
            DefaultValueFactory = _ => standard,
            CustomParser = result =>
            {
                // Not with thousands: 0,1 would be 1.
                string text = result.Tokens[0].Value;
                if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T? value) && isValid(value))
                {
                    return value;
                }

                result.AddError($"{name} is '{text}'; wanted {wanted}.");
                return standard;
            },
        };

    public static Option<string> Model(bool required, string description) =>
        new("--model") { Description = description, HelpName = "FILE", Required = required };
}
