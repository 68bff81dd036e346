using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AotBackprop.Generator.Tests;

/// <summary>The sources of the repository's projects, parsed.</summary>
internal static class ProjectSources
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>
    /// The runtime library's but for model files, which no kernel needs, and whose calls of the system another generator
    /// writes.
    /// </summary>
    public static IEnumerable<SyntaxTree> Runtime => In("src", "AotBackprop")
        .Where(tree => !tree.FilePath.Contains("/Files/", StringComparison.Ordinal)
            && !Path.GetFileName(tree.FilePath).StartsWith("ModelFile", StringComparison.Ordinal));

    /// <summary>The generator's, with the files that it shares with the runtime library.</summary>
    public static IEnumerable<SyntaxTree> Generator
    {
        get
        {
            string folder = Repository.In("generator", "AotBackprop.Generator");
            IEnumerable<string> shared = XElement.Load(Path.Combine(folder, "AotBackprop.Generator.csproj"))
                .Descendants("Compile")
                .Select(item => Path.Combine(folder, item.Attribute("Include")!.Value));
            return [.. In("generator", "AotBackprop.Generator"), .. shared.Select(Parse)];
        }
    }

    private static IEnumerable<SyntaxTree> In(params string[] path)
    {
        string root = Repository.In(path);
        return Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"))
            .Order(StringComparer.Ordinal)
            .Select(Parse)
            .Prepend(CSharpSyntaxTree.ParseText(ImplicitUsings, Options));
    }

    private static CSharpParseOptions Options { get; } = new(LanguageVersion.Latest);

    private static SyntaxTree Parse(string file) => CSharpSyntaxTree.ParseText(File.ReadAllText(file), Options, file);
}
