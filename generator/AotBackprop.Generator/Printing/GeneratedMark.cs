namespace AotBackprop.Generator.Printing;

/// <summary>What tells the tools of a project that code is generated.</summary>
internal static class GeneratedMark
{
    // Of odd and obsolete names the compiler tells at the user's line. Seeds are unsigned, and exports name their
    // calling convention in an array, which the CLS does not know. Fields that are left null are ABP021, which
    // passes over accessors with a body: some of them handle null. Overloads with an optional parameter differ in the
    // type of one before it. Members inherit the documentation of parameters that others have too.
    private const string Silenced =
        "CS0437, CS0612, CS0618, CS1573, CS3001, CS3002, CS3016, CS8618, CS8981, RS0026, RS0027";

    private static readonly string s_version = typeof(GeneratedMark).Assembly.GetName().Version.ToString(3);

    /// <summary>The first lines of a file: nothing but its own settings decides what the compiler says of it.</summary>
    public static void EmitSettings(SourceWriter writer)
    {
        writer.Line("#nullable enable");
        writer.Line($"#pragma warning disable {Silenced}");
    }

    /// <summary>The attributes of an emitted type.</summary>
    public static void EmitAttributes(SourceWriter writer)
    {
        writer.Line($"[global::System.CodeDom.Compiler.GeneratedCode(\"AotBackprop.Generator\", \"{s_version}\")]");
        writer.Line("[global::System.Diagnostics.CodeAnalysis.ExcludeFromCodeCoverage]");
    }
}
