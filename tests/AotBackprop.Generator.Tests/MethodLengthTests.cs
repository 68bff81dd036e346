using System.Reflection;
using AotBackprop.Generator.Planning;
using AotBackprop.Runtime;
using AotBackprop.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AotBackprop.Generator.Tests;

/// <summary>
/// The compiler makes a local of about every word of a kernel and keeps no more than a thousand in registers: so no
/// emitted method may have more words than a limit well below.
/// </summary>
public sealed class MethodLengthTests(ITestOutputHelper output)
{
    /// <summary>The planner's budget is for a product or a gradient; what is loaded and stored around it comes on top.</summary>
    private const int MostWords = 500;

    private static readonly HashSet<string> Words = [.. typeof(Lanes128)
        .GetMembers(BindingFlags.Static | BindingFlags.Public | BindingFlags.FlattenHierarchy)
        .Select(member => member.Name)];

    public static TheoryData<string> Networks
    {
        get
        {
            int[][] shapes =
            [
                [1, 2], [1, 5, 3], [9, 1, 4], [4, 8, 3], [7, 17, 3], [13, 16, 2], [30, 16, 2], [16, 16, 16], [31, 33, 63, 20],
                [64, 32, 10], [100, 10], [100, 100], [128, 2], [2, 128], [127, 64], [126, 128, 2], [128, 128], [5461, 3], [2, 512], [8, 8, 8, 8, 8, 8, 8, 8],
            ];
            int[][] larger = [[784, 10], [784, 128, 10], [784, 128, 64, 10], [1000, 1000, 1000], [65_536, 3], [2, 65_536, 2], [2, 65_536], [4096, 4096, 10]];
            return
            [
                .. shapes.Concat(larger).Select(sizes => Declare.Network("Net", sizes)),
                .. shapes.Select(sizes => Declare.Unrolled("Full", "Net", sizes)),
                .. shapes.Select(sizes => Declare.Unrolled("Tiled", "Net", sizes)),
            ];
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void No_method_is_longer_than_the_compiler_takes_well(string source)
    {
        (string Method, int Words)[] methods = [.. GeneratorRun.Of(source).Result.GeneratedTrees.SelectMany(Measure)];
        Assert.NotEmpty(methods);
        (string method, int words) = methods.MaxBy(m => m.Words);
        output.WriteLine($"{words} words in {method}.");
        Assert.True(words <= MostWords, $"{method} has {words} words.");
    }

    [Fact]
    public void Kernels_are_measured_in_the_words_that_the_planner_counts()
    {
        (string Method, int Words)[] methods = [.. GeneratorRun.Of(Declare.Unrolled("Full", "Net", 126, 128, 2)).Result.GeneratedTrees.SelectMany(Measure)];
        Assert.Contains(methods, m => m.Words > TilePlanner.MethodBudget / 2);
    }

    private static IEnumerable<(string Method, int Words)> Measure(SyntaxTree tree) =>
        from type in tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
        where type.BaseList?.ToString().Contains("Lanes", StringComparison.Ordinal) == true
        from method in type.Members.OfType<MethodDeclarationSyntax>()
        select ($"{Path.GetFileName(tree.FilePath)}: {method.Identifier}", method.DescendantNodes().OfType<IdentifierNameSyntax>().Sum(Weigh));

    private static int Weigh(IdentifierNameSyntax name)
    {
        string word = name.Identifier.Text;
        return !Words.Contains(word) ? 0 : word.EndsWith("Part", StringComparison.Ordinal) ? 1 + TilePlanner.PartWords : 1;
    }
}
