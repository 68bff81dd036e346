using System.Text;

namespace AotBackprop.Generator.Printing;

/// <summary>
/// Writes indented lines of C# that end in '\n' on every machine. A line that is too long is broken, and what follows a
/// block stands apart from it.
/// </summary>
internal sealed class SourceWriter
{
    /// <summary>The longest line.</summary>
    public const int Columns = 120;

    private readonly StringBuilder _text = new();
    private int _depth;

    // Whether what comes next is the first in its block, and whether it stands apart from what was before.
    private bool _opens = true;
    private bool _stands;

    /// <summary>
    /// Writes a line, or where it is empty, leaves one blank: never two, or one that only parts a brace from what it
    /// holds.
    /// </summary>
    public void Line(string line = "")
    {
        if (line.Length == 0)
        {
            _stands = true;
            return;
        }

        if (_stands && !_opens && line[0] != '}' && !line.StartsWith("else", StringComparison.Ordinal))
        {
            _text.Append('\n');
        }

        _opens = _stands = false;
        int columns = Columns - (4 * _depth);
        if (line.Length <= columns)
        {
            Append(line);
            return;
        }

        foreach (string part in LineBreaker.Break(line, columns))
        {
            Append(part);
        }
    }

    private void Append(string line) => _text.Append(' ', 4 * _depth).Append(line).Append('\n');

    /// <summary>
    /// Writes lines, in whatever way they are indented: braces on lines of their own say how deep they stand. One that
    /// ends in a backslash goes on in the next.
    /// </summary>
    public void Text(string lines)
    {
        string begun = "";
        foreach (string part in lines.Split('\n').Select(line => line.Trim()))
        {
            if (part.EndsWith("\\", StringComparison.Ordinal))
            {
                begun += part.TrimEnd('\\');
                continue;
            }

            string line = begun + part;
            begun = "";
            if (line is "}" or "};")
            {
                Close(line);
            }
            else
            {
                Line(line);
            }

            if (line == "{")
            {
                Open();
            }
        }
    }

    /// <summary>Lines for such a text.</summary>
    public static string Lines(IEnumerable<string> lines) => string.Join("\n", lines);

    /// <summary>Writes a text as it is.</summary>
    public void Raw(string text)
    {
        if (_stands && !_opens)
        {
            _text.Append('\n');
        }

        _text.Append(text);
        _opens = _stands = false;
    }

    /// <summary>
    /// Writes a head, if any, and an opening brace; disposing what it returns writes the closing one.
    /// </summary>
    public IDisposable Block(string head = "")
    {
        if (head.Length > 0)
        {
            Line(head);
        }

        Line("{");
        Open();
        return new End(() => Close("}"));
    }

    /// <summary>What follows a label, until what it returns is disposed.</summary>
    public IDisposable Labelled(string label)
    {
        Line(label);
        Open();
        return new End(() => _depth--);
    }

    private void Open()
    {
        _depth++;
        _opens = true;
    }

    private void Close(string end)
    {
        _depth--;
        Line(end);
        _stands = true;
    }

    public override string ToString() => _text.ToString();

    private sealed class End(Action write) : IDisposable
    {
        public void Dispose() => write();
    }
}
