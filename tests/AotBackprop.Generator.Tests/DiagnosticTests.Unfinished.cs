using AotBackprop.Testing;
using Microsoft.CodeAnalysis;

namespace AotBackprop.Generator.Tests;

/// <summary>What stands in an editor while a declaration is being written.</summary>
public sealed partial class DiagnosticTests
{
    public static TheoryData<string> Unfinished =>
    [
        """[Network(""",
        """[Network(4,""" + "\npublic partial class Net { }",
        """[Network(4, Foo)] partial class Net;""",
        """[Network(4, 3, Unroll = )] partial class Net;""",
        """[Network("x")] partial class Net;""",
        """[Network(1.5, 3)] partial class Net;""",
        """[Network(new int[3])] partial class Net;""",
        """[Network(new[] { 4L, 3L })] partial class Net;""",
        """[Network(int.MaxValue + 1, 3)] partial class Net;""",
        """[Network(4 / 0, 3)] partial class Net;""",
        """[Network(4, 3, Unrolling.Full)] partial class Net;""",
        """[Network(4, 3), NetworkExport()] partial class Net;""",
        """[Network(4, 3), NetworkExport("a", "b")] partial class Net;""",
        """[Network(4, 3), NetworkExport(new[] { "a" })] partial class Net;""",
        """[assembly: NetworkLibrary()] [Network(4, 3), NetworkExport("a")] partial class Net;""",
        """[Network(4, 3)] public partial class""",
        """[Network(4, 3)] public partial class { }""",
        """[Network(4, 3)] public partial class @""",
        """[Network(4, 3)] public partial""",
        """[Network(4, 3)] partial class Net : Missing, { }""",
        """[Network(4, 3)] partial class Net : Net { }""",
        """partial class A : A.Net { [Network(4, 3)] partial class Net : A { } }""",
        """namespace { [Network(4, 3)] partial class Net; }""",
        """namespace A. { [Network(4, 3)] partial class Net; }""",
        """namespace A..B { [Network(4, 3)] partial class Net; }""",
        """partial class { [Network(4, 3)] partial class Net; }""",
        """[Network(4, 3)] partial class Net where { }""",
        """[Network(4, 3)] partial class Net { void""",
        """[Network(4, 3)] partial struct S;""",
        """[Network(4, 3)] partial record struct R;""",
        """[NetworkExport("a")] partial interface I;""",
    ];

    [Theory]
    [MemberData(nameof(Unfinished))]
    public void What_is_still_being_written_is_left_to_the_compiler(string code)
    {
        GeneratorRun run = GeneratorRun.Of("using AotBackprop; " + code, GeneratorRun.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default));
        Assert.Empty(run.Result.Diagnostics);
        Diagnostic[] errors = [.. run.Output.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(d => d.Severity == DiagnosticSeverity.Error)];
        Assert.NotEmpty(errors);
        Assert.All(errors, error => Assert.Equal("Source.cs", error.Location.SourceTree!.FilePath));
    }
}
