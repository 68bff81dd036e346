using AotBackprop.Generator.Model;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>
/// Prints the C functions of a library as a whole, its header, and the table by which other languages call it, as
/// metadata of the assembly: a generator may write no files, so a build step reads them from there.
/// </summary>
internal static class LibraryPrinter
{
    private const string HeaderKey = "AotBackprop.Header:";
    private const string TableKey = "AotBackprop.Table";

    public static EmittedFile Emit(LibrarySpec spec, IReadOnlyList<NetworkPlan> plans)
    {
        SourceWriter writer = GeneratedMark.OpenFile($"The functions for C of the library {spec.Name} as a whole.");
        EmitHeader(writer, $"{spec.Name}.h", HeaderPrinter.Library(spec));
        EmitMetadata(writer, TableKey, InterfaceTable.Json(spec, plans));

        // The usings stand within, so that they come before types of the user's that have no namespace.
        writer.Text($$"""

            namespace {{LibrarySpec.EmittedNamespace}}
            {
            using global::AotBackprop.Native;
            using global::System.Runtime.CompilerServices;

            {{GeneratedMark.Attributes}}
            internal static unsafe class LibraryExports
            {
            """);
        EmitExports(writer, LibraryInterface.Of(spec));
        EmitOwn(writer, spec);
        writer.Text("}\n}");
        return new EmittedFile("AotBackprop-Library.g.cs", writer.ToString());
    }

    /// <summary>What stands behind the exports.</summary>
    private static void EmitOwn(SourceWriter writer, LibrarySpec spec)
    {
        IEnumerable<string> messages = StatusTexts.All.Select(entry =>
            $"{(int)entry.Status} => NativeLibraryFunctions.Text(\"{entry.Sentence}\\0\"u8),");
        IEnumerable<string> tests = spec.Networks.Select(network => $$"""
            if (status == 0)
            {
                status = global::{{network.EmittedNamespace}}.Exports.SelfTest();
            }
            """);
        writer.Text($$"""
            [MethodImplAttribute(MethodImplOptions.NoInlining)]
            private static byte* MessageOf(int status)
            {
                return status switch
                {
                    {{SourceWriter.Lines(messages)}}
                    _ => NativeLibraryFunctions.Text("unknown status\0"u8),
                };
            }

            [MethodImplAttribute(MethodImplOptions.NoInlining)]
            private static int Describe(NativeOptions* options, byte* buffer, nuint size)
            {
                int status = NativeLibraryFunctions.ValidateOptions(options, out double came);
                return NativeLibraryFunctions.Describe(status, MessageOf(status), came, buffer, size);
            }

            [MethodImplAttribute(MethodImplOptions.NoInlining)]
            private static int TestNetworks()
            {
                int status = 0;
                {{SourceWriter.Lines(tests)}}
                return status;
            }
            """);
    }

    public static void EmitHeader(SourceWriter writer, string file, string text) =>
        EmitMetadata(writer, HeaderKey + file, text);

    /// <summary>Exports whose parameters are those of the C declarations.</summary>
    public static void EmitExports(SourceWriter writer, IEnumerable<CFunction> functions)
    {
        foreach (CFunction function in functions)
        {
            string parameters = string.Join(", ", function.Parameters.Select(p => $"{p.Type.CSharp} {p.Name}"));
            writer.Line("[global::System.Runtime.InteropServices.UnmanagedCallersOnly(");
            writer.Line($"    EntryPoint = \"{function.EntryPoint}\",");
            writer.Line("    CallConvs = new[] { typeof(global::System.Runtime.CompilerServices.CallConvCdecl) })]");
            writer.Line($"public static {function.Returns.CSharp} {CFunction.Method(function.Name)}({parameters}) =>");
            writer.Line($"    {function.Call};");
            writer.Line();
        }
    }

    private static void EmitMetadata(SourceWriter writer, string key, string text) =>
        writer.Raw(
            $"[assembly: global::System.Reflection.AssemblyMetadata(\"{key}\", @\"{text.Replace("\"", "\"\"")}\")]\n");
}
