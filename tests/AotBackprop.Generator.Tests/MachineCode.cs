using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using AotBackprop.Testing;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace AotBackprop.Generator.Tests;

/// <summary>The machine code of a kernel.</summary>
/// <param name="Method">Its class and name.</param>
/// <param name="Optimized">Whether it was compiled in full.</param>
/// <param name="StackMoves">Instructions that read or write a whole vector on the stack.</param>
internal sealed partial record MachineCode(string Method, bool Optimized, int StackMoves)
{
    /// <summary>Networks and the runtime library in one assembly, all of it optimized, whatever the tests' own build is.</summary>
    public static byte[] Assemble(string source)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Networks",
            [.. ProjectSources.Runtime, CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest))],
            Net100.References.All,
            GeneratorRun.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default));
        GeneratorRun.CreateDriver().RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        using MemoryStream assembly = new();
        EmitResult emitted = output.Emit(assembly);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return assembly.ToArray();
    }

    /// <summary>Has the kernels compiled in a process that may use vectors up to a width, and reads their machine code.</summary>
    /// <returns>The width that the process had, which a lesser machine makes smaller, and the kernels.</returns>
    public static async Task<(int Width, IReadOnlyList<MachineCode> Kernels)> CompileAsync(byte[] assembly, int width, CancellationToken cancellation)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder.File("Networks.dll"), assembly, cancellation);
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "AotBackprop.JitProbe.dll"), folder.File("Networks.dll")])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["DOTNET_JitDisasm"] = "*Kernels:*",
                ["DOTNET_JitStdOutFile"] = folder.File("listing.txt"),
                ["DOTNET_EnableAVX512"] = width < 512 ? "0" : "1",
                ["DOTNET_EnableAVX2"] = width < 256 ? "0" : "1",
            },
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.Equal(0, process.ExitCode);
        string listing = await File.ReadAllTextAsync(folder.File("listing.txt"), cancellation);
        return (int.Parse(output, CultureInfo.InvariantCulture), [.. Read(listing)]);
    }

    private static IEnumerable<MachineCode> Read(string listing) =>
        from code in listing.Split("; Assembly listing for method ").Skip(1)
        let title = code[..code.IndexOf('\n', StringComparison.Ordinal)]
        select new MachineCode(title.Split('(')[0], title.Contains("(FullOpts)", StringComparison.Ordinal), StackMove().Count(code));

    // x86-64's form, then arm64's.
    [GeneratedRegex(@"[xyz]mmword ptr \[r[bs]p|\b(ld|st)[rpu]+ +q[0-9].*\[(sp|fp)")]
    private static partial Regex StackMove();
}
