namespace AotBackprop.Generator.Printing;

/// <summary>
/// Breaks a line that is too long: a comment between words, a line of code between its statements, else behind "=>",
/// else in its list of parameters, arguments or variables, which goes on indented. A comment behind code goes before
/// it.
/// </summary>
internal static class LineBreaker
{
    private const string Indent = "    ";

    // Of what stands in brackets, those that are broken at before others.
    private static readonly string[] Separators = [", ", " && ", " + "];

    public static IEnumerable<string> Break(string line, int columns)
    {
        if (line.Length <= columns)
        {
            return [line];
        }

        return line.StartsWith("/// ", StringComparison.Ordinal) ? Words("/// ", line.Substring(4), columns)
            : line.StartsWith("// ", StringComparison.Ordinal) ? Words("// ", line.Substring(3), columns)
            : Code(line, columns);
    }

    private static IEnumerable<string> Words(string start, string text, int columns) =>
        Filled(Split(text, " ", '<', '>'), " ", columns - start.Length).Select(part => start + part);

    private static IEnumerable<string> Code(string line, int columns)
    {
        int comment = line.IndexOf("; // ", StringComparison.Ordinal) + 1;
        if (comment > 0)
        {
            return [.. Break(line.Substring(comment + 1), columns), .. Break(line.Substring(0, comment), columns)];
        }

        string[] statements = [.. Split(line, "; ")];
        if (statements.Length > 1)
        {
            return Filled(statements, "; ", columns).SelectMany(part => Break(part, columns));
        }

        foreach (string separator in new[] { " where ", " => " })
        {
            string[] sides = [.. Split(line, separator)];
            if (sides.Length > 1)
            {
                bool goesBehind = separator == " => ";
                string right = string.Join(separator, sides.Skip(1));
                return
                [
                    .. Break(goesBehind ? sides[0] + " =>" : sides[0], columns),
                    .. Indented(Break(goesBehind ? right : separator.TrimStart() + right, columns - Indent.Length)),
                ];
            }
        }

        return List(line, columns);
    }

    /// <summary>Variables after the first, terms of a sum, or what stands in the longest brackets.</summary>
    private static IEnumerable<string> List(string line, int columns)
    {
        foreach (string between in new[] { ", ", " + " })
        {
            string[] parts = [.. Split(line, between)];
            if (parts.Length > 1)
            {
                string[] lines =
                [
                    .. Filled(parts, between, columns - Indent.Length).SelectMany(
                        part => Break(part, columns - Indent.Length)),
                ];
                return [lines[0], .. Indented(lines.Skip(1))];
            }
        }

        (int open, int close) = LongestBrackets(line);
        if (open < 0)
        {
            int equals = line.IndexOf(" = ", StringComparison.Ordinal);
            int end = equals > 0 ? equals + " = ".Length : line.IndexOf('<') + 1;
            return end <= 1 || line.Contains('"')
                ? [line]
                : [line.Substring(0, end).TrimEnd(), Indent + line.Substring(end)];
        }

        string content = line.Substring(open + 1, close - open - 1);
        string separator = Separators.FirstOrDefault(s => Split(content, s).Skip(1).Any()) ?? " + ";
        string[] items =
        [
            .. Filled(Split(content, separator), separator, columns - Indent.Length - (line.Length - close)),
        ];
        items[items.Length - 1] += line.Substring(close);
        return
        [
            line.Substring(0, open + 1), .. Indented(items.SelectMany(item => Break(item, columns - Indent.Length))),
        ];
    }

    private static IEnumerable<string> Indented(IEnumerable<string> lines) => lines.Select(line => Indent + line);

    /// <summary>As many parts on a line as fit; what stands between two lines stays at the end of the first.</summary>
    private static IEnumerable<string> Filled(IEnumerable<string> parts, string separator, int columns)
    {
        string ending = separator.TrimEnd(), line = "";
        foreach (string part in parts)
        {
            if (line.Length > 0 && line.Length + separator.Length + part.Length + ending.Length > columns)
            {
                yield return line + ending;
                line = "";
            }

            line = line.Length == 0 ? part : line + separator + part;
        }

        yield return line;
    }

    /// <summary>The parts between separators that stand in no brackets.</summary>
    private static IEnumerable<string> Split(string text, string separator, char opening = '(', char closing = ')')
    {
        int depth = 0, start = 0;
        bool isQuoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            isQuoted ^= opening == '(' && text[i] == '"';
            depth += isQuoted ? 0 : text[i] == opening ? 1 : text[i] == closing && !IsArrow(text, i) ? -1 : 0;
            if (depth == 0 && !isQuoted && string.CompareOrdinal(text, i, separator, 0, separator.Length) == 0)
            {
                yield return text.Substring(start, i - start);
                start = i + separator.Length;
                i = start - 1;
            }
        }

        yield return text.Substring(start);
    }

    private static bool IsArrow(string text, int i) => i > 0 && text[i] == '>' && text[i - 1] == '=';

    /// <summary>The brackets, within no others, with the most between them.</summary>
    private static (int Open, int Close) LongestBrackets(string line)
    {
        (int Open, int Close) longest = (-1, -1);
        int depth = 0, open = 0;
        bool isQuoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            isQuoted ^= line[i] == '"';
            if (!isQuoted && line[i] == '(' && depth++ == 0)
            {
                open = i;
            }
            else if (!isQuoted && line[i] == ')' && --depth == 0 && i - open > longest.Close - longest.Open)
            {
                longest = (open, i);
            }
        }

        return longest;
    }
}
