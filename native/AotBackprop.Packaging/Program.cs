using AotBackprop.Packaging;

const string Usage = """
    AotBackprop.Packaging interface ASSEMBLY DIRECTORY
        Writes the C headers and the table (LIBRARY.json) that the assembly holds to the directory.
        An assembly that holds none is an error.
    AotBackprop.Packaging interface --each LIST DIRECTORY EXPORTERS
        The same of each assembly in LIST, a file with a path a line, a native library's own first: to a folder with its
        name. EXPORTERS is to be a file with the names of those that hold a table. A library without any function is
        warned of.
    AotBackprop.Packaging install DIRECTORY INTERFACE LIBRARY VERSION LICENSES
        Writes to an installation all but its libraries: what 'interface' left in the folder INTERFACE, ffi.h, the files
        of the folder LICENSES, and those of pkg-config and CMake.
    AotBackprop.Packaging soname LIBRARY NAME
        Gives a shared library another SONAME, in place.
    AotBackprop.Packaging names SOURCES LIBRARY CLASS ...
        Refuses names that a Python package of the library with a class for each network can't have.
    AotBackprop.Packaging levels TABLE DIRECTORY
        Writes what joins the object files of every instruction-set level to one library: levels.c and, for objcopy, new
        names of each level's exports.
    AotBackprop.Packaging fingerprint TABLE
        Prints eight hexadecimal digits that stand for all networks of the table.
    AotBackprop.Packaging wheel TABLE SOURCES LIBRARIES LICENSES VERSION OUTPUT
        Packs the Python package with the libraries, the table and all licences to a wheel in the output directory.
    AotBackprop.Packaging without-runtime OBJECT EXPORTS OBJDUMP SOURCE
        Proves that no export of the compiler's object file needs .NET's runtime, and writes the C file that takes its
        place. OBJDUMP is the program that shows the object file.
    """;

try
{
    switch (args)
    {
        case ["interface", string assembly, string directory]:
            NativeInterface.Read(assembly).RequireAny(assembly).Write(directory);
            return 0;
        case ["interface", "--each", string list, string directory, string exporters]:
            string[] assemblies = [.. File.ReadLines(list).Where(line => line.Length > 0)];
            IReadOnlyList<string> found = NativeInterface.WriteEach(assemblies, directory);
            File.WriteAllLines(exporters, found);
            if (found.Count == 0 && !assemblies.Any(NativeInterface.HasFunctions))
            {
                Console.WriteLine(BuildMessage.Warning(Path.GetFileNameWithoutExtension(assemblies[0]), "ABP105",
                    "This native library has no function: wanted a class with [Network] and [NetworkExport], here or "
                    + "in a project that this one refers to. References that do not flow on "
                    + "(DisableTransitiveProjectReferences, PrivateAssets) have to be this project's own."));
            }

            return 0;
        case ["install", string directory, string @interface, string library, string version, string licenses]:
            Installation.Write(directory, @interface, library, version, licenses);
            return 0;
        case ["levels", string table, string directory]:
            LevelChoice.Write(InterfaceTable.Parse(File.ReadAllText(table)), directory);
            return 0;
        case ["soname", string file, string name]:
            byte[] bytes = File.ReadAllBytes(file);
            SharedObjectName.Write(bytes, name);
            File.WriteAllBytes(file, bytes);
            return 0;
        case ["names", string sources, string library, .. string[] classes]:
            PythonNames.Require(sources, library, classes);
            return 0;
        case ["fingerprint", string table]:
            Console.WriteLine(InterfaceTable.Parse(File.ReadAllText(table)).Fingerprint);
            return 0;
        case ["wheel", string table, string sources, string libraries, string licenses, string version, string output]:
            Console.WriteLine(Wheel.Write(table, sources, libraries, licenses, version, output));
            return 0;
        case ["without-runtime", string file, string exports, string objdump, string source]:
            File.WriteAllText(source, RuntimeProof.Substitute(ObjectCode.Read(file, objdump), exports));
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (RuntimeNeededException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or BadImageFormatException)
{
    Console.Error.WriteLine($"AotBackprop.Packaging: {e.Message}");
    return 1;
}
