using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace AotBackprop.Generator.Tests;

/// <summary>A search for what would keep a compilation alive.</summary>
internal static class CompilerObjects
{
    private static readonly ImmutableArray<Type> Forbidden =
    [
        typeof(ISymbol), typeof(SyntaxNode), typeof(SyntaxToken), typeof(SyntaxTrivia), typeof(SyntaxTree), typeof(SyntaxReference),
        typeof(Compilation), typeof(SemanticModel), typeof(Location), typeof(AttributeData), typeof(Diagnostic),
    ];

    /// <summary>The way to the first such object that can be reached from a value through fields and elements, or null.</summary>
    public static string? FindIn(object? value) => Find(value, "value", new HashSet<object>(ReferenceEqualityComparer.Instance));

    private static string? Find(object? value, string path, HashSet<object> seen)
    {
        if (value is null or string or Type or MemberInfo or Assembly or Pointer || value.GetType() is { IsPrimitive: true } or { IsEnum: true })
        {
            return null;
        }

        Type type = value.GetType();
        if (Forbidden.Any(forbidden => forbidden.IsAssignableFrom(type)))
        {
            return $"{path} is a {type.Name}";
        }

        if (!type.IsValueType && !seen.Add(value))
        {
            return null;
        }

        IEnumerable<(string Path, object? Value)> parts = value is Array array
            ? array.Cast<object?>().Select((item, i) => ($"{path}[{i}]", item))
            : Fields(type).Select(field => ($"{path}.{field.Name}", field.GetValue(value)));
        return parts.Select(part => Find(part.Value, part.Path, seen)).FirstOrDefault(found => found is not null);
    }

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (Type? t = type; t is not null; t = t.BaseType)
        {
            foreach (FieldInfo field in t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }
}
