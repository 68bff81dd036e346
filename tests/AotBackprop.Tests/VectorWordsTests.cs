using System.Reflection;
using System.Runtime.Intrinsics;
using AotBackprop.Runtime;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>The generator prints the same words for each vector width, so that each has to have them.</summary>
public sealed class VectorWordsTests
{
    public static TheoryData<Type, Type, int> Widths => new()
    {
        { typeof(Lanes128), typeof(Vector128<float>), 4 },
        { typeof(Lanes256), typeof(Vector256<float>), 8 },
        { typeof(Lanes512), typeof(Vector512<float>), 16 },
    };

    [Theory]
    [MemberData(nameof(Widths))]
    public void Each_width_has_the_same_words(Type words, Type vector, int lanes)
    {
        string[] own = [.. WordsOf(words, vector)];
        Assert.Equal(WordsOf(typeof(Lanes256), typeof(Vector256<float>)).Where(word => !SumsSixteen(word)), own.Where(word => !SumsSixteen(word)));
        Assert.Equal([$"Single Sum({string.Join(", ", Enumerable.Repeat("V", 16 / lanes))})"], own.Where(SumsSixteen));
        Assert.Contains("V MultiplyAdd(V, V, V)", own);
        Assert.Contains("Void UpdatePart(TUpdate&, Single*, Int32, V)", own);
    }

    /// <summary>The sum of 16 lanes, which are in 4, 2 or 1 vectors.</summary>
    private static bool SumsSixteen(string word) => word.StartsWith("Single Sum(", StringComparison.Ordinal) && !word.Contains("Int32", StringComparison.Ordinal);

    private static IEnumerable<string> WordsOf(Type words, Type vector) => words
        .GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.FlattenHierarchy)
        .Where(method => method.DeclaringType != typeof(object))
        .Select(method => $"{Name(method.ReturnType, vector)} {method.Name}({string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType, vector)))})")
        .Order(StringComparer.Ordinal);

    private static string Name(Type type, Type vector) => type == vector ? "V" : type.Name;
}
