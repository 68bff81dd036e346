namespace AotBackprop.Generator;

/// <summary>The names of the pipeline's steps, by which tests ask why each ran.</summary>
internal static class StepNames
{
    public const string Facts = nameof(Facts);
    public const string Parsed = nameof(Parsed);
    public const string VectorWidths = nameof(VectorWidths);
    public const string LibraryName = nameof(LibraryName);
    public const string Collisions = nameof(Collisions);
    public const string Specs = nameof(Specs);
    public const string Exported = nameof(Exported);
    public const string Library = nameof(Library);
    public const string Diagnostics = nameof(Diagnostics);

    public static readonly IReadOnlyList<string> All =
        [Facts, Parsed, VectorWidths, LibraryName, Collisions, Specs, Exported, Library, Diagnostics];
}
