using AotBackprop.Files;

namespace AotBackprop.Data;

/// <summary>Which columns of a table are inputs, and which targets.</summary>
internal sealed class ColumnPlan
{
    /// <summary>The index of each input's column.</summary>
    public required int[] Inputs { get; init; }

    /// <summary>The index of each target's column; empty where there are none.</summary>
    public required int[] Targets { get; init; }

    /// <summary>The index of the column of weights; null where there is none.</summary>
    public int? Weights { get; init; }

    /// <summary>The names of the columns; null where there are none.</summary>
    public required string[]? Names { get; init; }

    /// <summary>The names of the inputs; null where there are none.</summary>
    public string[]? InputNames => Names is null ? null : Array.ConvertAll(Inputs, one => Names[one]);

    /// <summary>The names of the targets; null where there are none.</summary>
    public string[]? TargetNames => Names is null || Targets.Length == 0 ? null : Array.ConvertAll(Targets, one => Names[one]);

    /// <summary>What a message calls a column.</summary>
    public string Called(int column) => Called(Names, column);

    /// <summary>Finds the columns.</summary>
    /// <param name="source">The table.</param>
    /// <param name="shape">What is wanted of it.</param>
    /// <param name="options">What is told.</param>
    /// <param name="targets">Whether targets have to be there; null where they may be, and are not wanted.</param>
    /// <exception cref="InvalidDataException">They are not there.</exception>
    public static ColumnPlan Of(RowSource source, DataShape shape, DataOptions options, bool? targets)
    {
        string[]? names = source.Names;
        HashSet<int> apart = [];
        foreach (Column one in options.LeaveOut)
        {
            apart.Add(Find(source, names, one));
        }

        int leftOut = apart.Count;
        int? weights = FindWeights(source, names, shape, options, targets, leftOut);
        if (weights is { } weight && !apart.Add(weight))
        {
            throw new InvalidDataException($"{source.Name}: {Called(names, weight)} is of weights and is left out as well; wanted it once.");
        }

        IReadOnlyList<Column>? given = options.Targets
            ?? (names is not null && options.TargetNames?.All(names.Contains) == true ? [.. options.TargetNames.Select(Column.Named)] : null);
        bool isTold = given is not null;
        int wanted = given?.Count ?? shape.TargetCount;
        string words = source.Line > 0 && source.IsText ? $"{source.Name}, line {source.Line}" : source.Name;

        // Inputs by their names, of a model: whatever else is there does no harm.
        int[]? byName = names is not null && options.Columns is { } known ? ByName(source, names, known, shape) : null;
        int[] told = targets switch
        {
            false => [],
            true => isTold ? [.. given!.Select(one => Find(source, names, one))] : [],

            // Of samples to predict the targets may be there, or not.
            null => isTold ? [.. given!.Where(MayBeThere).Select(one => Find(source, names, one))] : [],
        };
        bool MayBeThere(Column one) => one.Name is null ? source.Columns > shape.Inputs + apart.Count : names?.Contains(one.Name) == true;
        if (weights is { } alsoTold && told.Contains(alsoTold))
        {
            throw new InvalidDataException($"{source.Name}: {Called(names, alsoTold)} is of targets and of weights; wanted another (Weights).");
        }

        if (told.Distinct().Count() < told.Length || told.Any(apart.Contains))
        {
            throw new InvalidDataException($"{source.Name}: a column of targets is named twice, or left out as well; wanted each once.");
        }

        List<int> rest = [.. Enumerable.Range(0, source.Columns).Where(one => !apart.Contains(one) && !told.Contains(one))];
        if (byName is not null)
        {
            if (byName.Intersect(told).Any())
            {
                throw new InvalidDataException($"{source.Name}: a column of targets is an input of the model; wanted another (Targets).");
            }

            if (weights is { } alsoInput && byName.Contains(alsoInput))
            {
                throw new InvalidDataException($"{source.Name}: {Called(names, alsoInput)} is an input of the model and of weights; wanted another (Weights).");
            }

            rest = [.. rest.Except(byName)];
            int[] last = targets != true ? [] : isTold ? told
                : rest.Count >= wanted ? [.. rest[^wanted..]]
                : throw Count(source, words, shape, names, targets, wanted, leftOut, weights is not null, apart.Contains(0));
            return new() { Inputs = byName, Targets = last, Weights = weights, Names = names };
        }

        int[] found = told;
        if (!isTold && ((targets == true && rest.Count == shape.Inputs + wanted) || (targets is null && rest.Count == shape.Inputs + wanted)))
        {
            found = [.. rest[^wanted..]];
            rest.RemoveRange(rest.Count - wanted, wanted);
        }

        if (rest.Count != shape.Inputs || (targets == true && found.Length != wanted))
        {
            throw Count(source, words, shape, names, targets, wanted, leftOut, weights is not null, apart.Contains(0));
        }

        return new() { Inputs = [.. rest], Targets = targets == true ? found : [], Weights = weights, Names = names };
    }

    /// <summary>Of a file of targets alone.</summary>
    public static ColumnPlan OfTargets(RowSource source, DataShape shape)
    {
        int wanted = shape.TargetCount;
        return source.Columns == wanted || (shape.Classes > 2 && source.Columns == shape.Classes)
            ? new() { Inputs = [], Targets = [.. Enumerable.Range(0, source.Columns)], Names = source.Names }
            : throw new InvalidDataException($"{source.Name} has {Columns(source.Columns)}; "
                + $"wanted {wanted}, {shape.TargetWords} of each sample.{source.HintOfColumns(wanted)}");
    }

    private static string Called(string[]? names, int column) =>
        names is null || names[column].Length == 0 ? $"column {column + 1}" : $"column {column + 1} {Printable.Quote(names[column])}";

    /// <summary>The column of weights. An array of numbers has none: its weights are an array of their own.</summary>
    private static int? FindWeights(RowSource source, string[]? names, DataShape shape, DataOptions options, bool? targets, int leftOut)
    {
        if (options.Weights is not { } column || !source.IsText)
        {
            return null;
        }

        // Of samples to predict the weights may be there, or not; of those to judge by they may be, where a name tells.
        bool isThere = column.Name is { } name ? !options.AreWeightsOptional || names?.Contains(name) == true
            : targets is not null || source.Columns > shape.Inputs + leftOut;
        return isThere ? Find(source, names, column) : null;
    }

    private static int[] ByName(RowSource source, string[] names, IReadOnlyList<string> known, DataShape shape)
    {
        if (known.Count != shape.Inputs)
        {
            throw new ArgumentException($"There are names of {known.Count} columns; wanted one for each of {shape.Inputs} inputs.");
        }

        string[] missing = [.. known.Where(one => !names.Contains(one))];
        return missing.Length == 0
            ? [.. known.Select(one => Find(source, names, Column.Named(one)))]
            : throw new InvalidDataException(
                $"{source.Name} has no column {Listed(missing)}, from which the model learned; it has {Listed(names)}. "
                + "Name its columns as those that were learned from.");
    }

    private static int Find(RowSource source, string[]? names, Column column)
    {
        if (column.Name is null)
        {
            int index = column.Number > 0 ? column.Number - 1 : source.Columns + column.Number;
            return index >= 0 && index < source.Columns ? index
                : throw new InvalidDataException($"{source.Name} has no column {column.Number}; it has {Columns(source.Columns)}.");
        }

        if (names is null)
        {
            throw new InvalidDataException(
                $"{source.Name} has no names of columns, so no column {column}; say its number, or that there is a header (Header).");
        }

        int first = Array.IndexOf(names, column.Name);
        return first < 0
            ? throw new InvalidDataException($"{source.Name} has no column {column}; it has {Listed(names)}.")
            : Array.LastIndexOf(names, column.Name) is int last && last != first
            ? throw new InvalidDataException(
                $"{source.Name} has the name {column} above columns {first + 1} and {last + 1}; say a number, or name them differently.")
            : first;
    }

    private static InvalidDataException Count(
        RowSource source, string place, DataShape shape, string[]? names, bool? targets, int wanted, int leftOut, bool hasWeights, bool isFirstApart)
    {
        int all = shape.Inputs + (targets == true ? wanted : 0) + leftOut + (hasWeights ? 1 : 0);
        string besides = (hasWeights ? " and the weight" : "") + (leftOut == 0 ? "" : leftOut == 1 ? " and one left out" : $" and {leftOut} left out");
        string what = targets == true ? $"{all}: {shape.Inputs} inputs and {(wanted == shape.TargetCount ? shape.TargetWords : $"{wanted} targets")}{besides}"
            : targets is null ? $"{all}, the inputs{besides}, or {all + wanted} with {shape.TargetWords}"
            : $"{all}, the inputs{besides}";
        string hint = source.HintOfColumns(all);
        return new InvalidDataException(
            $"{place} has {Columns(source.Columns)}; "
            + $"wanted {what}.{hint}{(hint.Length == 0 && source.Columns == all + 1 && !isFirstApart ? LineHint.OfIndex(source, names) : "")}");
    }

    private static string Columns(int count) => count == 1 ? "1 column" : $"{count} columns";

    private static string Listed(string[] names) =>
        string.Join(", ", names.Take(20).Select(Printable.Quote)) + (names.Length > 20 ? $" and {names.Length - 20} more" : "");
}
