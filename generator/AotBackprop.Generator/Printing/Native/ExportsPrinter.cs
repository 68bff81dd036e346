using AotBackprop.Generator.Model;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>Prints the C functions of a network, and its header as metadata of the assembly.</summary>
internal static class ExportsPrinter
{
    public static EmittedFile Emit(NetworkPlan plan, string library)
    {
        NetworkSpec spec = plan.Spec;
        SourceWriter writer = GeneratedMark.OpenFile(
            $"{spec.Name}: its functions for C, {spec.ExportPrefix}_…, and the header that declares them.");
        LibraryPrinter.EmitHeader(writer, $"{spec.ExportPrefix}.h", HeaderPrinter.Network(plan, library));
        writer.Line();
        NetworkPrinter.EmitNamespace(writer, spec);
        writer.Text($$"""
            /// <summary>The entry points for C. Each does nothing but call: the runtime may start only within the \
            call.</summary>
            {{GeneratedMark.Attributes}}
            [global::System.Runtime.CompilerServices.SkipLocalsInit]
            internal static unsafe class Exports
            {
            """);
        LibraryPrinter.EmitExports(writer, new NetworkInterface(plan, library).All);
        writer.Text("""
            /// <summary>A part of the library's self-test.</summary>
            internal static int SelfTest() => global::AotBackprop.Native.SelfTest.Run<Kernels>();
            }
            """);
        return new EmittedFile($"{spec.FullName}-Exports.g.cs", writer.ToString());
    }
}
