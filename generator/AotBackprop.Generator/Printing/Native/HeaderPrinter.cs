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
        string name = spec.Name, upper = name.ToUpperInvariant();
        string about = $"""
            {name}.h: what all networks of this library share.

            The caller owns all memory, and the library keeps no state: any number of threads may train different
            parameters, each with a workspace of its own, and read the same ones. Parameters and data need no more than
            a float's alignment; a multiple of 64 bytes is up to a tenth faster. A workspace needs none: it is aligned
            inside. Tensors are dense and row-major, a sample a row. Counts are in samples, sizes in bytes.

            A function that works on data returns a status, {upper}_OK or a negative number. It validates everything
            first: on an error, nothing that it was to write has changed, but where a function says otherwise. It starts
            no thread, reads no file, and takes no memory. (A library that was built with .NET's runtime starts it in a
            process's first call.)
            """;
        return Header(name, about, ["<stddef.h>", "<stdint.h>"], LibraryInterface.Of(spec),
        [
            $"#define {upper}_ABI_VERSION {NativeAbi.Version}",
            Commented(
                "How the first weights W and biases b of a layer are drawn: uniformly from these intervals.",
                Enumeration(upper, Initializations.All.Select(i => (i.Value.CName(), (int)i.Value, i.Sentence)))),
            Commented(
                "Statuses. Their numbers are fixed for ever.",
                Enumeration(upper, StatusTexts.All.Select(s => (s.Status.CName(), (int)s.Status, s.Sentence)))),
            Commented(
                OptimizerTexts.Introduction, Enumeration(upper, OptimizerTexts.Enumerators(upper), areAligned: true)),
            .. StructInterface.OfLibrary(name).Select(Declaration),
        ]);
    }

    public static string Network(NetworkPlan plan, string library)
    {
        string prefix = plan.Spec.ExportPrefix!, upper = prefix.ToUpperInvariant();
        string about = $"""
            {prefix}.h: a network of {plan.Spec.Shape}, with its training.

            {string.Join("\n", Notation.Derivation(plan).Select(equation => "    " + equation))}

            See {library}.h for what holds for all functions.
            """;
        return Header(prefix, about, [$"\"{library}.h\""], new NetworkInterface(plan, library).All,
        [
            Enumeration(upper,
            [
                ("INPUTS", plan.Layers[0].Inputs, ""),
                (plan.OutputLayer.IsSoftmax ? "CLASSES" : "OUTPUTS", plan.OutputLayer.Outputs, ""),
                ("PARAMETERS", plan.ParameterCount, ""),
            ]),
            $"""
            /* Of this header's network; that of the library's is {prefix}_fingerprint(). */
            #define {upper}_FINGERPRINT UINT64_C(0x{Fingerprint.Of(plan.Spec):x16})
            """,
            Declaration(StructInterface.Parameters(plan)),
        ]);
    }

    /// <summary>A whole header: its parts, the functions last, with a blank line between them.</summary>
    private static string Header(
        string name, string about, string[] includes, IReadOnlyList<CFunction> functions, IEnumerable<string> parts)
    {
        string guard = $"{name.ToUpperInvariant()}_H";
        string[] all =
        [
            Commented(about, $"#ifndef {guard}\n#define {guard}"),
            string.Join("\n", includes.Select(file => $"#include {file}")),
            "#ifdef __cplusplus\nextern \"C\" {\n#endif",
            .. parts,
            .. functions.Select(function => Commented(function.Documentation, $"{Wrap(function.Declaration)};")),
            "#ifdef __cplusplus\n}\n#endif",
            $"#endif /* {guard} */\n",
        ];
        return string.Join("\n\n", all);
    }

    private static string Commented(string comment, string code) => $"{CComment.Of(comment)}\n{code}";

    private static string Declaration(CStruct type) => Commented(type.Documentation, type.Declaration);

    /// <param name="prefix">Before each name.</param>
    /// <param name="entries">The enumerators, each with its comment, if any.</param>
    /// <param name="areAligned">Whether the comments stand one below the other.</param>
    private static string Enumeration(
        string prefix, IEnumerable<(string Name, int Value, string Comment)> entries, bool areAligned = false)
    {
        (string Name, int Value, string Comment)[] all = [.. entries];
        string[] declared = [.. all.Select((e, i) => $"{e.Name} = {e.Value}{(i == all.Length - 1 ? "" : ",")}")];
        int width = areAligned ? declared.Max(text => text.Length) : 0;
        IEnumerable<string> lines = declared.Zip(all, (text, entry) =>
            $"    {prefix}_{text.PadRight(width)}{(entry.Comment.Length == 0 ? "" : $" /* {entry.Comment} */")}\n");
        return $"enum {{\n{string.Concat(lines)}}};";
    }

    /// <summary>Breaks a declaration between parameters, so that no line is longer than a page is wide.</summary>
    private static string Wrap(string declaration)
    {
        const string Indent = "        ";
        string text = "", line = "";
        foreach (string word in declaration.Split([", "], StringSplitOptions.None))
        {
            bool fits = line.Length + ", ".Length + word.Length <= Width;
            text += line.Length == 0 || fits ? "" : $"{line},\n";
            line = line.Length == 0 ? word : fits ? $"{line}, {word}" : Indent + word;
        }

        return text + line;
    }
}
