using System.Text;

namespace AotBackprop.Generator.Printing;

/// <summary>Writes indented lines that end in '\n' on every machine.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _fresh = true;

    /// <summary>Writes a line, or where it is empty, a blank one; never two blank ones or one after an opening brace.</summary>
    public void Line(string line = "")
    {
        if (line.Length == 0)
        {
            if (!_fresh)
            {
                _text.Append('\n');
                _fresh = true;
            }

            return;
        }

        _text.Append(' ', 4 * _depth).Append(line).Append('\n');
        _fresh = false;
    }

    /// <summary>Writes a text as it is.</summary>
    public void Raw(string text)
    {
        _text.Append(text);
        _fresh = false;
    }

    /// <summary>Writes a head, if any, and an opening brace; disposing what it returns writes the closing one.</summary>
    public IDisposable Block(string head = "", string end = "}")
    {
        if (head.Length > 0)
        {
            Line(head);
        }

        Line("{");
        _depth++;
        _fresh = true;
        return new End(this, end);
    }

    /// <summary>A block, where there is a head.</summary>
    public IDisposable? BlockIf(string? head) => head is null ? null : Block(head);

    /// <summary>A region of the file, between blank lines.</summary>
    public IDisposable Region(string name)
    {
        Line();
        Line($"#region {name}");
        Line();
        return new EndRegion(this);
    }

    public override string ToString() => _text.ToString();

    private sealed class End(SourceWriter writer, string end) : IDisposable
    {
        public void Dispose()
        {
            writer._depth--;
            writer.Line(end);
        }
    }

    private sealed class EndRegion(SourceWriter writer) : IDisposable
    {
        public void Dispose()
        {
            writer.Line();
            writer.Line("#endregion");
        }
    }
}
