using System.Globalization;
using System.Text.RegularExpressions;
using AotBackprop.Testing;
using Microsoft.CodeAnalysis;

namespace AotBackprop.Generator.Tests;

/// <summary>AotBackpropVectorWidths says for which vector widths kernels are emitted.</summary>
public sealed partial class VectorWidthsTests
{
    private static readonly string Source = Declare.Network("Wine", 13, 9, 3) + Declare.Network("Iris", 4, 8, 3);

    [Theory]
    [InlineData("", "512 256 128")]
    [InlineData(" , ", "512 256 128")]
    [InlineData("512,256,128", "512 256 128")]
    [InlineData("128, 512", "512 128")]
    [InlineData("256,128", "256 128")]
    [InlineData("512", "512")]
    [InlineData("256", "256")]
    [InlineData("128,128", "128")]
    public void Kernels_are_emitted_for_the_widths_that_are_asked_for(string asked, string emitted)
    {
        GeneratorRun run = GeneratorRun.ForVectors(asked, Source);
        Assert.Empty(run.Result.Diagnostics);
        Assert.Empty(run.Output.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity != DiagnosticSeverity.Hidden));
        string[] names = [.. run.Result.Results.Single().GeneratedSources.Select(source => source.HintName)];
        Assert.All(
            new[] { "Wine", "Iris" },
            network => Assert.Equal(emitted.Split(' '), names.Select(name => Width().Match(name)).Where(m => m.Groups[1].Value == network).Select(m => m.Groups[2].Value)));
    }

    [Theory]
    [InlineData("64")]
    [InlineData("256,avx")]
    [InlineData("0256")]
    public void What_is_no_width_is_refused_once(string asked)
    {
        Diagnostic diagnostic = Assert.Single(GeneratorRun.ForVectors(asked, Source).Result.Diagnostics);
        Assert.Equal("ABP024", diagnostic.Id);
        Assert.Contains($"'{asked.Replace(',', ';')}'", diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Empty(GeneratorRun.ForVectors(asked, "class Other;").Result.Diagnostics);
    }

    [Theory]
    [InlineData("512", "Vector512Kernels.IsAccelerated;")]
    [InlineData("512,256", "Vector512Kernels.IsAccelerated || Vector256Kernels.IsAccelerated;")]
    [InlineData("512,128", "true;")]
    public void A_network_knows_which_processors_it_is_for(string asked, string condition) => Assert.Contains(
        GeneratorRun.ForVectors(asked, Source).Result.GeneratedTrees,
        tree => tree.ToString().Contains($"public static bool IsSupported => {condition}", StringComparison.Ordinal));

    [GeneratedRegex(@"^(\w+)-Vector(\d+)\.g\.cs$")]
    private static partial Regex Width();
}
