using System.Text;
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
        StringBuilder text = new();
        text.Append("{\n");
        text.Append($"  \"library\": \"{spec.Name}\",\n");
        text.Append($"  \"abi_version\": {NativeAbi.Version},\n");
        List(text, "networks", plans.Select(Network));
        Numbers(text, "statuses", StatusTexts.All.Select(s => (s.Status.CName(), (int)s.Status)));
        Numbers(text, "initializations", Initializations.All.Select(i => (i.Name, (int)i.Value)));
        text.Append($"  \"default_initialization\": \"{Initializations.NameOf(Initializations.Default)}\",\n");
        text.Append($"  \"longest_description\": {LibraryInterface.LongestDescription},\n");
        List(text, "optimizers", OptimizerTable.All.Select(OptimizerTexts.Json));
        IEnumerable<CStruct> types =
            [.. StructInterface.OfLibrary(spec.Name), .. plans.Select(StructInterface.Parameters)];
        List(text, "types", types.Select(Type));
        List(text, "functions", LibraryInterface.Of(spec)
            .Concat(plans.SelectMany(plan => new NetworkInterface(plan, spec.Name).All)).Select(Function), last: true);
        text.Append("}\n");
        return text.ToString();
    }

    private static string Network(NetworkPlan plan) =>
        $"{{\"name\": \"{plan.Spec.Name.TrimStart('@')}\", \"prefix\": \"{plan.Spec.ExportPrefix}\", "
        + $"\"sizes\": [{string.Join(", ", plan.Spec.Sizes)}], \"parameters\": {plan.ParameterCount}, "
        + $"\"activation\": \"{Activations.NameOf(plan.Spec.Activation)}\", "
        + $"\"output\": \"{Outputs.NameOf(plan.Spec.Output)}\", \"initialization\": "
        + $"\"{Initializations.NameOf(Initializations.DefaultOf(plan.Spec.Activation))}\", "
        + $"\"fingerprint\": \"0x{Fingerprint.Of(plan.Spec):x16}\", \"fingerprint_of\": " +
            $"\"{Fingerprint.Text(plan.Spec)}\"}}";

    private static string Type(CStruct type) =>
        $"{{\"name\": \"{type.Name}\", \"size\": {type.Bytes}, " +
        $"\"fields\": [{string.Join(", ", type.Fields.Select(f => Field(type, f)))}]}}";

    private static string Field(CStruct type, CField field) =>
        $"{{\"name\": \"{field.Name}\", \"type\": \"{field.Type.Table}\", \"c\": \"{field.Type.C}\", "
        + $"\"dimensions\": [{string.Join(", ", field.Dimensions)}], \"offset\": {type.Offset(field)}}}";

    private static string Function(CFunction function) =>
        $"{{\"name\": \"{function.EntryPoint}\", \"returns\": \"{function.Returns.Table}\", "
        + $"\"parameters\": [{string.Join(", ", function.Parameters.Select(Parameter))}]}}";

    private static string Parameter(CParameter parameter) =>
        $"{{\"name\": \"{parameter.Name}\", \"type\": \"{parameter.Type.Table}\", \"c\": \"{parameter.Type.C}\"}}";

    private static void List(StringBuilder text, string name, IEnumerable<string> entries, bool last = false) =>
        text.Append(
            $"  \"{name}\": [\n{string.Join(",\n", entries.Select(e => $"    {e}"))}\n  ]{(last ? "" : ",")}\n");

    private static void Numbers(StringBuilder text, string name, IEnumerable<(string Name, int Value)> entries) =>
        text.Append(
            $"  \"{name}\": {{\n{string.Join(",\n", entries.Select(e => $"    \"{e.Name}\": {e.Value}"))}\n  }},\n");
}
