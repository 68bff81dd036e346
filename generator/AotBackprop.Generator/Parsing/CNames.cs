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

    // A prefix names a header, and the compiler looks among ours before the system's: those of C23, then those of POSIX.
    private static readonly string[] SystemHeaders =
    [
        "assert", "complex", "ctype", "errno", "fenv", "float", "inttypes", "iso646", "limits", "locale", "math", "setjmp", "signal",
        "stdalign", "stdarg", "stdatomic", "stdbit", "stdbool", "stdckdint", "stddef", "stdint", "stdio", "stdlib", "stdmchar",
        "stdnoreturn", "string", "tgmath", "threads", "time", "uchar", "wchar", "wctype",
        "aio", "cpio", "dirent", "dlfcn", "endian", "fcntl", "fmtmsg", "fnmatch", "ftw", "glob", "grp", "iconv", "langinfo", "libgen",
        "libintl", "monetary", "mqueue", "ndbm", "netdb", "nl_types", "poll", "pthread", "pwd", "regex", "sched", "search",
        "semaphore", "spawn", "strings", "stropts", "syslog", "tar", "termios", "trace", "ulimit", "unistd", "utime", "utmpx",
        "wordexp",
    ];

    public static bool IsPrefix(string name) =>
        name.Length is > 0 and <= Longest
        && name[0] is >= 'a' and <= 'z'
        && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')
        && !Reserved.Contains(name)
        && !SystemHeaders.Contains(name);
}
