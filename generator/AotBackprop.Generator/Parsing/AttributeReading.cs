using Microsoft.CodeAnalysis;

namespace AotBackprop.Generator.Parsing;

/// <summary>What is written in attributes.</summary>
internal static class AttributeReading
{
    public static AttributeData? Find(ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == name);

    /// <summary>Whether it is still being written: the compiler says what is missing.</summary>
    public static bool IsUnfinished(AttributeData attribute) =>
        attribute.AttributeConstructor is null || attribute.ConstructorArguments.Any(IsUnfinished);

    /// <summary>The sizes, which are arguments of their own, or one array.</summary>
    public static List<int> Sizes(AttributeData attribute) =>
        [.. attribute.ConstructorArguments.SelectMany(Values).Select(value => value.Value is int size ? size : 0)];

    public static string Text(AttributeData attribute) => attribute.ConstructorArguments[0].Value as string ?? "";

    /// <summary>An option, an enum's by its number, or another value where it is left alone.</summary>
    public static T Option<T>(AttributeData attribute, string name, T otherwise) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value is T value
            ? value
            : otherwise;

    private static bool IsUnfinished(TypedConstant argument) =>
        argument.Kind == TypedConstantKind.Error
        || (argument is { Kind: TypedConstantKind.Array, IsNull: false } && argument.Values.Any(IsUnfinished));

    private static IEnumerable<TypedConstant> Values(TypedConstant argument) =>
        argument.Kind != TypedConstantKind.Array ? new[] { argument }
            : argument.IsNull ? Array.Empty<TypedConstant>()
            : argument.Values.AsEnumerable();
}
