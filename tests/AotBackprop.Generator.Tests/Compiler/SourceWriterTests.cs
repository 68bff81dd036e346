using AotBackprop.Generator.Printing;

namespace AotBackprop.Generator.Tests.Compiler;

public sealed class SourceWriterTests
{
    [Fact]
    public void Lines_end_alike_on_every_machine() => Expect("a\nb\n", writer =>
    {
        writer.Line("a");
        writer.Line("b");
    });

    [Fact]
    public void A_block_is_indented() => Expect("if (a)\n{\n    b;\n    {\n        c;\n    }\n}\n", writer =>
    {
        using (writer.Block("if (a)"))
        {
            writer.Line("b;");
            using (writer.Block())
            {
                writer.Line("c;");
            }
        }
    });

    [Fact]
    public void A_block_of_a_text_may_end_a_statement() =>
        Expect("x = new()\n{\n    a,\n};\n\nb;\n", writer => writer.Text("x = new()\n{\na,\n};\nb;"));

    [Fact]
    public void What_follows_a_block_stands_apart_but_for_what_belongs_to_it() => Expect(
        "if (a)\n{\n}\nelse\n{\n    {\n    }\n}\n\nb;\n",
        writer =>
        {
            writer.Block("if (a)").Dispose();
            using (writer.Block("else"))
            {
                writer.Block().Dispose();
            }

            writer.Line("b;");
        });

    [Fact]
    public void What_follows_a_label_is_indented() => Expect("case 1:\n    a;\nb;\n", writer =>
    {
        using (writer.Labelled("case 1:"))
        {
            writer.Line("a;");
        }

        writer.Line("b;");
    });

    [Fact]
    public void Of_blank_lines_one_is_written_and_none_beside_a_brace() => Expect("{\n    a\n\n    b\n}\n", writer =>
    {
        writer.Line();
        using (writer.Block())
        {
            writer.Line();
            writer.Line("a");
            writer.Line();
            writer.Line();
            writer.Line("b");
            writer.Line();
        }
    });

    [Fact]
    public void Raw_text_is_written_as_it_is() => Expect("{\n a\n    b\n}\n", writer =>
    {
        using (writer.Block())
        {
            writer.Raw(" a\n");
            writer.Line("b");
        }
    });

    [Fact]
    public void A_long_line_is_broken_where_it_is_indented()
    {
        string call = $"Run({string.Join(", ", Enumerable.Repeat("argument", 11))});";
        SourceWriter writer = new();
        writer.Line(call);
        writer.Block().Dispose();
        using (writer.Block())
        {
            using (writer.Block())
            {
                using (writer.Block())
                {
                    writer.Line(call);
                }
            }
        }

        string[] lines = writer.ToString().Split('\n');
        Assert.Equal(call, lines[0]);
        Assert.DoesNotContain(call, lines[1..]);
        Assert.All(lines, line => Assert.True(line.Length <= SourceWriter.Columns));
    }

    private static void Expect(string text, Action<SourceWriter> write)
    {
        SourceWriter writer = new();
        write(writer);
        Assert.Equal(text, writer.ToString());
    }
}
