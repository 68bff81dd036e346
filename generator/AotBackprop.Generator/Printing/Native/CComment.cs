namespace AotBackprop.Generator.Printing.Native;

/// <summary>Comments of C.</summary>
internal static class CComment
{
    /// <summary>
    /// A comment, wrapped anew. A line stays one of its own where it is indented, or where the line before it ends a
    /// sentence.
    /// </summary>
    public static string Of(string comment)
    {
        IEnumerable<string> lines =
            Sentences(comment).SelectMany(line => Wrap(line, HeaderPrinter.Width - "/*  */".Length));
        return string.Join("\n", $"/* {string.Join("\n * ", lines)} */".Split('\n').Select(line => line.TrimEnd()));
    }

    private static List<string> Sentences(string comment)
    {
        List<string> lines = [];
        bool continues = false;
        foreach (string line in comment.Split('\n'))
        {
            if (continues && line.Length > 0 && line[0] != ' ')
            {
                lines[lines.Count - 1] += " " + line;
            }
            else
            {
                lines.Add(line);
            }

            continues = line.Length > 0 && line[0] != ' ' && !line.EndsWith(".", StringComparison.Ordinal);
        }

        return lines;
    }

    private static IEnumerable<string> Wrap(string line, int width)
    {
        while (line.Length > width)
        {
            int space = line.LastIndexOf(' ', width);
            yield return line.Substring(0, space);
            line = line.Substring(space + 1);
        }

        yield return line;
    }
}
