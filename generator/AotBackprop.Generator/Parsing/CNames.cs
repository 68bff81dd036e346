namespace AotBackprop.Generator.Parsing;

/// <summary>What may begin a name in C.</summary>
internal static class CNames
{
    private const int Longest = 40;

    // Prefixes stand alone as file names and Python modules too: no word that one of these languages reserves.
    private static readonly string[] Reserved =
    [
        "and", "auto", "bool", "break", "case", "catch", "char", "class", "concept", "const", "continue", "default", "delete", "do",
        "double", "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "import", "in",
        "inline", "int", "is", "lambda", "long", "mutable", "namespace", "new", "not", "operator", "or", "pass", "private",
        "protected", "public", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch",
        "template", "this", "throw", "true", "try", "typedef", "union", "unsigned", "using", "virtual", "void", "volatile", "while",
        "with", "xor", "yield",
    ];

    public static bool IsPrefix(string name) =>
        name.Length is > 0 and <= Longest
        && name[0] is >= 'a' and <= 'z'
        && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')
        && !Reserved.Contains(name);
}
