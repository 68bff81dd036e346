namespace AotBackprop.Generator.Tests;

/// <summary>The files of the repository, found from where the tests run: a path in a deterministic build leads nowhere.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string In(params string[] path) => Path.Combine([Root, .. path]);

    private static string Find(string directory)
    {
        for (DirectoryInfo? d = new(directory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "AotBackprop.sln")))
            {
                return d.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No AotBackprop.sln above {directory}.");
    }
}
