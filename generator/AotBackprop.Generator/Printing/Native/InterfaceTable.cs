using AotBackprop.Generator.Model;
using AotBackprop.Generator.Planning;
using AotBackprop.Native;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>
/// The C interface as JSON, for languages that build their calls from data; docs/abi.md says what is in it.
/// </summary>
internal static class InterfaceTable
{
    public static string Json(LibrarySpec spec, IReadOnlyList<NetworkPlan> plans)
    {
        IEnumerable<CStruct> types =
            [.. StructInterface.OfLibrary(spec.Name), .. plans.Select(StructInterface.Parameters)];
        IEnumerable<CFunction> functions =
            LibraryInterface.Of(spec).Concat(plans.SelectMany(plan => new NetworkInterface(plan, spec.Name).All));
        return $$"""
            {
              "library": "{{spec.Name}}",
              "abi_version": {{NativeAbi.Version}},
              "networks": [{{Entries(plans.Select(Network))}}],
              "statuses": {{{Entries(StatusTexts.All.Select(s => $"\"{s.Status.CName()}\": {(int)s.Status}"))}}},
              "initializations": {{{Entries(Initializations.All.Select(i => $"\"{i.Name}\": {(int)i.Value}"))}}},
              "default_initialization": "{{Initializations.NameOf(Initializations.Default)}}",
              "longest_description": {{LibraryInterface.LongestDescription}},
              "optimizers": [{{Entries(OptimizerTable.All.Select(OptimizerTexts.Json))}}],
              "types": [{{Entries(types.Select(Type))}}],
              "functions": [{{Entries(functions.Select(Function))}}]
            }

            """;
    }

    private static string Network(NetworkPlan plan) => Entry($$"""
        {"name": "{{plan.Spec.Name.TrimStart('@')}}", "prefix": "{{plan.Spec.ExportPrefix}}",
        "sizes": [{{string.Join(", ", plan.Spec.Sizes)}}], "parameters": {{plan.ParameterCount}},
        "activation": "{{Activations.NameOf(plan.Spec.Activation)}}", "output": "{{Outputs.NameOf(plan.Spec.Output)}}",
        "initialization": "{{Initializations.NameOf(Initializations.DefaultOf(plan.Spec.Activation))}}",
        "fingerprint": "0x{{Fingerprint.Of(plan.Spec):x16}}", "fingerprint_of": "{{Fingerprint.Text(plan.Spec)}}"}
        """);

    private static string Type(CStruct type) => Entry($$"""
        {"name": "{{type.Name}}", "size": {{type.Bytes}},
        "fields": [{{string.Join(", ", type.Fields.Select(field => Field(type, field)))}}]}
        """);

    private static string Field(CStruct type, CField field) => Entry($$"""
        {{{Variable(field.Name, field.Type)}},
        "dimensions": [{{string.Join(", ", field.Dimensions)}}], "offset": {{type.Offset(field)}}}
        """);

    private static string Function(CFunction function) => Entry($$"""
        {"name": "{{function.EntryPoint}}", "returns": "{{function.Returns.Table}}",
        "parameters": [{{string.Join(", ", function.Parameters.Select(p => $"{{{Variable(p.Name, p.Type)}}}"))}}]}
        """);

    private static string Variable(string name, CType type) =>
        $"""
        "name": "{name}", "type": "{type.Table}", "c": "{type.C}"
        """;

    /// <summary>JSON on one line.</summary>
    public static string Entry(string text) => text.Replace('\n', ' ');

    /// <summary>What stands between brackets, one on a line.</summary>
    private static string Entries(IEnumerable<string> entries) =>
        $"\n{string.Join(",\n", entries.Select(entry => $"    {entry}"))}\n  ";
}
