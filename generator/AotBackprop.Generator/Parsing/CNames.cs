namespace AotBackprop.Generator.Parsing;

/// <summary>What may begin a name in C.</summary>
internal static class CNames
{
    private const int Longest = 40;

    // Prefixes stand alone as file names and Python modules too: no word that C23, C++26 or Python reserves.
    private static readonly string[] Reserved = Words(
        """
        alignas alignof and and_eq as asm assert async auto await bitand bitor bool break case catch char char16_t
        char32_t char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr
        constinit continue contract_assert decltype def default del delete do double dynamic_cast elif else enum
        except explicit export extern false finally float for friend from global goto if import in inline int is
        lambda long mutable namespace new noexcept nonlocal not not_eq nullptr operator or or_eq pass private
        protected public raise register reinterpret_cast requires restrict return short signed sizeof static
        static_assert static_cast struct switch template this thread_local throw true try typedef typeid typename
        typeof typeof_unqual union unsigned using virtual void volatile wchar_t while with xor xor_eq yield
        """);

    // A prefix names a header, and the compiler looks among ours before the system's, for the system's own headers too:
    // those of C23, then those of POSIX, then those that glibc has besides.
    private static readonly string[] SystemHeaders = Words(
        """
        assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg
        stdatomic stdbit stdbool stdckdint stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar
        wchar wctype
        aio cpio dirent dlfcn endian fcntl fmtmsg fnmatch ftw glob grp iconv langinfo libgen libintl monetary mqueue
        ndbm netdb nl_types poll pthread pwd regex sched search semaphore spawn strings stropts syslog tar termios
        trace ulimit unistd utime utmpx wordexp
        aliases alloca ar argp argz byteswap crypt elf envz err error execinfo features fpu_control fstab fts gconv
        getopt gshadow ieee754 ifaddrs lastlog link malloc mcheck memory mntent nss obstack paths printf
        proc_service pty re_comp regexp resolv sgtty shadow stab stdio_ext syscall sysexits termio thread_db ttyent
        ucontext utmp values wait
        """);

    public static bool IsPrefix(string name) =>
        name.Length is > 0 and <= Longest
        && name[0] is >= 'a' and <= 'z'
        && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')
        && !Reserved.Contains(name)
        && !SystemHeaders.Contains(name);

    private static string[] Words(string text) =>
        text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
