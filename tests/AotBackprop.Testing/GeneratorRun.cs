using System.Collections.Immutable;
using System.Runtime.Loader;
using AotBackprop.Generator;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AotBackprop.Testing;

/// <summary>The generator run on a source, in memory.</summary>
public sealed class GeneratorRun
{
    private static readonly ImmutableArray<MetadataReference> References =
        [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(NetworkAttribute).Assembly.Location)];

    private GeneratorRun(Compilation output, GeneratorDriverRunResult result)
    {
        Output = output;
        Result = result;
    }

    /// <summary>The source's compilation with the emitted files added.</summary>
    public Compilation Output { get; }

    /// <summary>Emitted files and diagnostics.</summary>
    public GeneratorDriverRunResult Result { get; }

    /// <summary>Options under which the tests compile: nullable on, every warning an error, pointers allowed.</summary>
    public static CSharpCompilationOptions Options { get; } = new(
        OutputKind.DynamicallyLinkedLibrary,
        nullableContextOptions: NullableContextOptions.Enable,
        allowUnsafe: true,
        optimizationLevel: OptimizationLevel.Release,
        generalDiagnosticOption: ReportDiagnostic.Error,
        warningLevel: 9999);

    /// <summary>A compilation of a source, before the generator.</summary>
    public static CSharpCompilation Compile(string source, CSharpCompilationOptions? options = null, LanguageVersion version = LanguageVersion.Latest)
    {
        CSharpParseOptions parse = new(version, DocumentationMode.Diagnose);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(source, parse, "Source.cs");
        return CSharpCompilation.Create($"Emitted{Guid.NewGuid():N}", [tree], References, options ?? Options);
    }

    /// <summary>Runs the generator on a source.</summary>
    public static GeneratorRun Of(
        string source,
        CSharpCompilationOptions? options = null,
        LanguageVersion version = LanguageVersion.Latest,
        params MetadataReference[] references) =>
        Of(Compile(source, options, version).AddReferences(references), CreateDriver(version));

    /// <summary>Runs the generator on a source in a project that asks for some vector widths.</summary>
    public static GeneratorRun ForVectors(string widths, string source) => Of(Compile(source), CreateDriver(widths: widths));

    /// <summary>A driver of the generator that records why each step ran.</summary>
    public static GeneratorDriver CreateDriver(LanguageVersion version = LanguageVersion.Latest, string? widths = null) => CSharpGeneratorDriver.Create(
        [new NetworkGenerator().AsSourceGenerator()],
        parseOptions: new CSharpParseOptions(version, DocumentationMode.Diagnose),
        optionsProvider: widths is null ? null : new ProjectOptions(widths),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private static GeneratorRun Of(CSharpCompilation compilation, GeneratorDriver driver)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        return new GeneratorRun(output, driver.GetRunResult());
    }

    /// <summary>Compiles the output and loads it; throws with the compiler's words where it is not clean.</summary>
    public System.Reflection.Assembly Load() => Load(Output);

    /// <summary>Compiles and loads; throws with the compiler's words where it is not clean.</summary>
    public static System.Reflection.Assembly Load(Compilation compilation)
    {
        using MemoryStream stream = new();
        Emit(compilation, stream);
        stream.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(stream);
    }

    /// <summary>Compiles the output; throws with the compiler's words where it is not clean.</summary>
    public void Emit(Stream stream) => Emit(Output, stream);

    private static void Emit(Compilation compilation, Stream stream)
    {
        Microsoft.CodeAnalysis.Emit.EmitResult emitted = compilation.Emit(stream);
        if (!emitted.Success)
        {
            throw new InvalidOperationException(string.Join('\n', emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        }
    }
}
