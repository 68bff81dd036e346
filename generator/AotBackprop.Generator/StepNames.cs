namespace AotBackprop.Generator;

/// <summary>The names of the pipeline's steps, by which tests ask why each ran.</summary>
internal static class StepNames
{
    public const string Facts = nameof(Facts);
    public const string Parsed = nameof(Parsed);
    public const string Collisions = nameof(Collisions);
    public const string Specs = nameof(Specs);
    public const string Diagnostics = nameof(Diagnostics);

    public static readonly IReadOnlyList<string> All = [Facts, Parsed, Collisions, Specs, Diagnostics];
}
