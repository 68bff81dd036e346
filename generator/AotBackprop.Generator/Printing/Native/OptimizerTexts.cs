using System.Globalization;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>What the header, the statuses and the table for other languages say of the optimizers.</summary>
internal static class OptimizerTexts
{
    private static IEnumerable<OptimizerEntry> Decaying => OptimizerTable.All.Where(entry => entry.Traits.DecaysApart);

    /// <summary>Why the number of an optimizer is refused.</summary>
    public static string Unknown => $"options.optimizer is not a number from 0 to {OptimizerTable.All.Count - 1}";

    /// <summary>Why decay apart from the gradient is refused.</summary>
    public static string DecayTooLarge
    {
        get
        {
            string whose = OptimizerTable.Listed(Decaying.Select(entry => $"{entry.Title}'s"));
            return $"options.learning_rate times weight_decay is above 2, with which {whose} weights would grow";
        }
    }

    /// <summary>What the header says of all optimizers.</summary>
    public static string Introduction =>
        $"""
        How a step moves all parameters, weights and biases alike, by their gradient g: learning_rate is η,
        momentum μ, weight_decay λ, and t counts the steps from 1. All but {Titles(Decaying)} take g + λW for g. The
        equations are those of PyTorch's optimizers{Exceptions}. What an optimizer keeps from step to step lies in
        optimizer_state.
        """;

    // Those whose equations are another's.
    private static string Exceptions => string.Concat(OptimizerTable.All
        .Where(entry => entry.Source is not null)
        .Select(entry => $", {entry.Title}'s those of {entry.Source}"));

    /// <summary>The enumerators, each with its formula.</summary>
    /// <param name="prefix">The library's, in capitals.</param>
    public static IEnumerable<(string Name, int Value, string Comment)> Enumerators(string prefix) =>
        from entry in OptimizerTable.All
        let formula = string.Join("\n                             ", entry.Formula)
        select (entry.Name.ToUpperInvariant(), (int)entry.Kind, formula.Replace("LIB_", $"{prefix}_"));

    /// <summary>What a field of the options says: whose number it is, and what it is as a rule.</summary>
    public static string Comment(OptimizerNumberEntry number)
    {
        IEnumerable<string> groups = number.Users
            .GroupBy(entry => entry.Default(number.Number))
            .Select((group, i) => $"of {Titles(group)}, {Number(group.Key)}{(i == 0 ? " as a rule" : "")}");
        return $"{number.Symbol} {string.Join("; ", groups)}{number.Range}";
    }

    /// <summary>Why a number that is not 0 is refused.</summary>
    public static string Unused(OptimizerNumbers which)
    {
        OptimizerNumberEntry number = OptimizerTable.Numbers.First(entry => entry.Number == which);
        return $"options.{number.Field} is not 0, and only {Titles(number.Users)} use it";
    }

    /// <summary>An optimizer as JSON, with the numbers that it has where none are given.</summary>
    public static string Json(OptimizerEntry entry)
    {
        IEnumerable<(string Field, float Value)> particular = OptimizerTable.Numbers
            .Where(number => entry.Traits.Has(number.Number))
            .Select(number => (number.Field, entry.Default(number.Number)));
        IEnumerable<(string Field, float Value)> defaults =
        [
            ("learning_rate", entry.LearningRate), .. particular, ("weight_decay", entry.WeightDecay), ("clip_norm", 0),
        ];
        IEnumerable<string> numbers = defaults.Select(number => $"\"{number.Field}\": {Number(number.Value)}");
        return InterfaceTable.Entry($$$"""
            {"name": "{{{entry.Name}}}", "title": "{{{entry.Title}}}", "number": {{{(int)entry.Kind}}},
            "keeps": {{{entry.Traits.StateArrays}}},
            "decays_apart": {{{(entry.Traits.DecaysApart ? "true" : "false")}}},
            "defaults": {{{{string.Join(", ", numbers)}}}}}
            """);
    }

    private static string Titles(IEnumerable<OptimizerEntry> entries) =>
        OptimizerTable.Listed(entries.Select(entry => entry.Title));

    /// <summary>As C, JSON and people write it: 0.9, 1e-8.</summary>
    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture).Replace("E-0", "e-");
}
