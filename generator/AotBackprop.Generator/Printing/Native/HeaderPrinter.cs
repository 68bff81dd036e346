using System.Text;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using AotBackprop.Native;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>
/// Prints the C headers: one of the library, one of each network. They need C11 or C++17 and two standard headers.
/// </summary>
internal static class HeaderPrinter
{
    /// <summary>The longest line.</summary>
    public const int Width = 100;

    public static string Library(LibrarySpec spec)
    {
        string name = spec.Name;
        string upper = name.ToUpperInvariant();
        StringBuilder text = new();
        Open(text, name, $"""
            {name}.h: what all networks of this library share.

            The caller owns all memory, and the library keeps no state: any number of threads may train different
            parameters, each with a workspace of its own, and read the same ones. Parameters and data need no more than
            a float's alignment; a multiple of 64 bytes is up to a tenth faster. A workspace needs none: it is aligned
            inside. Tensors are dense and row-major, a sample a row. Counts are in samples, sizes in bytes.

            A function that works on data returns a status, {upper}_OK or a negative number. It validates everything
            first: on an error, nothing that it was to write has changed, but where a function says otherwise. It starts
            no thread, reads no file, and takes no memory. (A library that was built with .NET's runtime starts it in a
            process's first call.)
            """, "<stddef.h>", "<stdint.h>");
        Line(text, $"#define {upper}_ABI_VERSION {NativeAbi.Version}");
        Line(text, "");
        AppendInitializations(text, upper);
        AppendStatuses(text, upper);
        AppendOptimizers(text, upper);
        AppendStructs(text, name);
        Functions(text, LibraryInterface.Of(spec));
        Close(text, name);
        return text.ToString();
    }

    private static void AppendStatuses(StringBuilder text, string upper)
    {
        Line(text, "/* Statuses. Their numbers are fixed for ever. */");
        Line(text, "enum {");
        for (int i = 0; i < StatusTexts.All.Count; i++)
        {
            (NetworkStatus status, string statusName, string sentence) = StatusTexts.All[i];
            Line(
                text,
                $"    {upper}_{statusName} = {(int)status}{(i == StatusTexts.All.Count - 1 ? "" : ",")} " +
                $"/* {sentence} */");
        }

        Line(text, "};");
        Line(text, "");
    }

    private static void AppendStructs(StringBuilder text, string name)
    {
        CComment.Append(text, """
            How to train. Zero the whole struct, then set its size and what is wanted: a later version may add to it.
            What the optimizer does not use is 0. Its memory fades: a momentum or beta is from 0 to 0.999999.
            """);
        text.Append(StructInterface.Options(name).Declaration);
        Line(text, "");
        CComment.Append(text, """
            What a network should say about count samples: labels or values, whichever it takes. Zeroed and set like the
            options. With weights, w_i over their sum takes the place of 1/count in the loss and its derivatives; they
            are finite, and one at least is above 0. An epoch leaves out a batch whose weights are all 0.
            """);
        text.Append(StructInterface.Targets(name).Declaration);
        Line(text, "");
        CComment.Append(text, """
            Which batches of which epoch to train on. Zeroed and set like the options. Where an epoch is cut into
            ranges, loss_sum, 0 before the first, ends as it does in one call, to the bit; over the samples, or the sum
            of their weights, it is their mean loss.
            Of a team, the first thread writes it.
            """);
        text.Append(StructInterface.Epoch(name).Declaration);
        Line(text, "");
        CComment.Append(text, $"""
            Where the threads of a team meet that train one network together: a team function is called by each of them
            at once, with a rank of its own from 0 on, and otherwise the same arguments but the pointers for results.
            Zeroed before the team's first call, and then its own for as long as it likes. All of them return the same
            status, once all are done. The bits are those of one thread. A call in which a thread is missing waits for
            it.
            """);
        text.Append(StructInterface.Barrier(name).Declaration);
    }

    public static string Network(NetworkPlan plan, string library)
    {
        string prefix = plan.Spec.ExportPrefix!;
        string upper = prefix.ToUpperInvariant();
        StringBuilder text = new();
        Open(text, prefix, $"""
            {prefix}.h: a network of {plan.Spec.Shape}, with its training.

            {string.Join("\n", Equations(plan).Select(e => "    " + e))}

            See {library}.h for what holds for all functions.
            """, $"\"{library}.h\"");
        Line(text, "enum {");
        Line(text, $"    {upper}_INPUTS = {plan.Layers[0].Inputs},");
        Line(text, $"    {upper}_{(plan.OutputLayer.IsSoftmax ? "CLASSES" : "OUTPUTS")} = {plan.OutputLayer.Outputs},");
        Line(text, $"    {upper}_PARAMETERS = {plan.ParameterCount}");
        Line(text, "};");
        Line(text, "");
        Line(text, $"/* Of this header's network; that of the library's is {prefix}_fingerprint(). */");
        Line(text, $"#define {upper}_FINGERPRINT UINT64_C(0x{Fingerprint.Of(plan.Spec):x16})");
        Line(text, "");
        Line(text, "/* All parameters, or a derivative of each: dense and row-major. A checkpoint is a copy of it. */");
        text.Append(StructInterface.Parameters(plan).Declaration);
        Functions(text, new NetworkInterface(plan, library).All);
        Close(text, prefix);
        return text.ToString();
    }

    private static void AppendInitializations(StringBuilder text, string upper)
    {
        Line(text, "/* How the first weights W and biases b of a layer are drawn: uniformly from these intervals. */");
        Line(text, "enum {");
        foreach ((Initialization value, _, string sentence) in Initializations.All)
        {
            string comma = value == Initializations.All[Initializations.All.Count - 1].Value ? "" : ",";
            Line(text, $"    {upper}_{value.CName()} = {(int)value}{comma} /* {sentence} */");
        }

        Line(text, "};");
        Line(text, "");
    }

    private static void AppendOptimizers(StringBuilder text, string upper)
    {
        CComment.Append(text, OptimizerTexts.Introduction);
        Line(text, "enum {");
        foreach (string enumerator in OptimizerTexts.Enumerators(upper))
        {
            Line(text, enumerator);
        }

        Line(text, "};");
        Line(text, "");
    }

    private static IEnumerable<string> Equations(NetworkPlan plan)
    {
        foreach (LayerPlan layer in plan.Layers)
        {
            yield return Notation.Forward(layer);
        }

        yield return $"{Notation.Output(plan.OutputLayer)}{(plan.OutputLayer.IsSoftmax ? " by rows" : "")}";
        yield return Notation.Loss(plan.OutputLayer);
        yield return Notation.OutputGradient(plan.OutputLayer);
        foreach (LayerPlan layer in plan.Layers.Reverse())
        {
            yield return $"{Notation.WeightGradient(layer)}, {Notation.BiasGradient(layer)}";
            if (layer.Number > 1)
            {
                yield return $"{Notation.ActivationGradient(layer)}, {Notation.HiddenGradient(layer)}";
            }
        }
    }

    private static void Open(StringBuilder text, string name, string comment, params string[] includes)
    {
        CComment.Append(text, comment);
        Line(text, $"#ifndef {name.ToUpperInvariant()}_H");
        Line(text, $"#define {name.ToUpperInvariant()}_H");
        Line(text, "");
        foreach (string include in includes)
        {
            Line(text, $"#include {include}");
        }

        Line(text, "");
        Line(text, "#ifdef __cplusplus");
        Line(text, "extern \"C\" {");
        Line(text, "#endif");
        Line(text, "");
    }

    private static void Functions(StringBuilder text, IReadOnlyList<CFunction> functions)
    {
        foreach (CFunction function in functions)
        {
            Line(text, "");
            CComment.Append(text, function.Documentation);
            Line(text, Wrap(function.Declaration) + ";");
        }
    }

    private static void Close(StringBuilder text, string name)
    {
        Line(text, "");
        Line(text, "#ifdef __cplusplus");
        Line(text, "}");
        Line(text, "#endif");
        Line(text, "");
        Line(text, $"#endif /* {name.ToUpperInvariant()}_H */");
    }

    /// <summary>Breaks a declaration between parameters, so that no line is longer than a page is wide.</summary>
    private static string Wrap(string declaration)
    {
        StringBuilder text = new();
        int column = 0;
        foreach (string word in declaration.Split([", "], StringSplitOptions.None))
        {
            string piece = text.Length == 0 ? word : ", " + word;
            if (column + piece.Length > Width)
            {
                text.Append(",\n        ").Append(word);
                column = 8 + word.Length;
            }
            else
            {
                text.Append(piece);
                column += piece.Length;
            }
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
