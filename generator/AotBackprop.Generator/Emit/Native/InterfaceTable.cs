using System.Text;
using AotBackprop.Generator.Model;
using AotBackprop.Native;

namespace AotBackprop.Generator.Emit.Native;

/// <summary>The C interface as JSON, for languages that build their calls from data.</summary>
internal static class InterfaceTable
{
    public static string Json(LibrarySpec spec, IReadOnlyList<NetworkPlan> plans)
    {
        StringBuilder text = new();
        text.Append("{\n");
        text.Append($"  \"library\": \"{spec.Name}\",\n");
        text.Append($"  \"abi_version\": {NativeAbi.Version},\n");
        text.Append("  \"networks\": [\n");
        text.Append(string.Join(",\n", spec.Networks.Select(n =>
            $"    {{\"name\": \"{n.Name.TrimStart('@')}\", \"prefix\": \"{n.ExportPrefix}\", \"sizes\": [{string.Join(", ", n.Sizes)}], \"fingerprint\": \"0x{Fingerprint.Of(n):x16}\"}}")));
        text.Append("\n  ],\n");
        text.Append("  \"statuses\": {\n");
        text.Append(string.Join(",\n", StatusTexts.All.Select(s => $"    \"{s.Name}\": {(int)s.Status}")));
        text.Append("\n  },\n");
        text.Append("  \"initializations\": {\n");
        text.Append(string.Join(",\n", Initializations.All.Select(i => $"    \"{i.Name}\": {(int)i.Value}")));
        text.Append("\n  },\n");
        text.Append($"  \"default_initialization\": \"{Initializations.NameOf(Initializations.Default)}\",\n");
        text.Append("  \"functions\": [\n");
        IEnumerable<CFunction> functions = LibraryInterface.Of(spec)
            .Concat(plans.SelectMany(plan => new NetworkInterface(plan, spec.Name).All));
        text.Append(string.Join(",\n", functions.Select(f =>
            $"    {{\"name\": \"{f.Name}\", \"returns\": \"{f.Returns.Table}\", \"parameters\": [{string.Join(", ", f.Parameters.Select(p => $"\"{p.Type.Table}\""))}]}}")));
        text.Append("\n  ]\n}\n");
        return text.ToString();
    }
}
