using AotBackprop.Generator.Diagnostics;
using AotBackprop.Generator.Model;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AotBackprop.Generator.Parsing;

/// <summary>
/// For which vector widths kernels are emitted: what the project asks for in AotBackpropVectorWidths.
/// </summary>
/// <param name="Bits">The widths, the widest first; all of them where nothing, or nothing sensible, is asked
/// for.</param>
/// <param name="Diagnostic">What is wrong with what was asked for, or null.</param>
internal sealed record VectorWidths(EquatableArray<int> Bits, DiagnosticInfo? Diagnostic)
{
    // The package's targets put ',' for ';', behind which an option is cut off as a comment.
    private const string Option = "build_property._AotBackpropVectorWidths";

    public static VectorWidths Read(AnalyzerConfigOptions options)
    {
        string[] asked = options.TryGetValue(Option, out string? text)
            ? [.. text.Split(',').Select(width => width.Trim()).Where(width => width.Length > 0)]
            : [];
        int[] known = [.. NetworkSpec.AllVectorWidths.Where(bits => asked.Contains(VectorText(bits)))];
        return asked.Except(known.Select(VectorText)).Any()
            ? new(
                NetworkSpec.AllVectorWidths, DiagnosticDescriptors.InvalidVectorWidths.Refuse(string.Join(";", asked)))
            : new(asked.Length == 0 ? NetworkSpec.AllVectorWidths : new(known), null);
    }

    private static string VectorText(int bits) => bits.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
