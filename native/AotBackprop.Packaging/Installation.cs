namespace AotBackprop.Packaging;

/// <summary>An installation but for its libraries. Its files hold no absolute path: it may be moved.</summary>
internal static class Installation
{
    public static void Write(string directory, string @interface, string library, string version, string licenses)
    {
        string json = File.ReadAllText(Path.Combine(@interface, $"{library}.json"));
        InterfaceTable table = InterfaceTable.Parse(json);
        RemoveHeaders(directory, library);
        Save(Table(directory, library), json);
        Save(
            Path.Combine(directory, "share", library, "ffi.h"),
            ForeignHeader.Of(table, name => File.ReadAllText(Path.Combine(@interface, name))));
        foreach (string header in Directory.EnumerateFiles(@interface, "*.h"))
        {
            Save(Path.Combine(directory, "include", Path.GetFileName(header)), File.ReadAllText(header));
        }

        foreach (string license in Directory.EnumerateFiles(licenses))
        {
            Save(Path.Combine(directory, "share", "licenses", library, Path.GetFileName(license)), File.ReadAllText(license));
        }

        Save(Path.Combine(directory, "lib", "pkgconfig", $"{library}.pc"), $$"""
            prefix=${pcfiledir}/../..
            libdir=${prefix}/lib
            includedir=${prefix}/include

            Name: {{library}}
            Description: Neural networks of fixed sizes with their training
            Version: {{version}}
            Libs: -L${libdir} -l{{library}}
            Cflags: -I${includedir}

            """);
        Save(Path.Combine(directory, "lib", "cmake", library, $"{library}Config.cmake"), $$"""
            get_filename_component(_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
            if(NOT TARGET {{library}}::{{library}})
              add_library({{library}}::{{library}} SHARED IMPORTED)
              set_target_properties({{library}}::{{library}} PROPERTIES
                IMPORTED_LOCATION "${_prefix}/lib/lib{{library}}.so.{{table.AbiVersion}}"
                IMPORTED_SONAME "lib{{library}}.so.{{table.AbiVersion}}"
                INTERFACE_INCLUDE_DIRECTORIES "${_prefix}/include")
            endif()
            unset(_prefix)

            """);
        Save(Path.Combine(directory, "lib", "cmake", library, $"{library}ConfigVersion.cmake"), $$"""
            set(PACKAGE_VERSION "{{version}}")
            if(PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)
              set(PACKAGE_VERSION_COMPATIBLE FALSE)
            else()
              set(PACKAGE_VERSION_COMPATIBLE TRUE)
              if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)
                set(PACKAGE_VERSION_EXACT TRUE)
              endif()
            endif()

            """);
    }

    /// <summary>
    /// Removes the headers of what was installed under this name before: its networks may be others. One that another
    /// library of the installation has too stays.
    /// </summary>
    private static void RemoveHeaders(string directory, string library)
    {
        HashSet<string> own = [.. Prefixes(directory, library)];
        DirectoryInfo share = new(Path.Combine(directory, "share"));
        if (share.Exists)
        {
            own.ExceptWith(share.EnumerateDirectories().Where(d => d.Name != library)
                .SelectMany(d => Prefixes(directory, d.Name)));
        }

        foreach (string prefix in own)
        {
            File.Delete(Path.Combine(directory, "include", $"{prefix}.h"));
        }
    }

    /// <summary>The prefixes of a library's networks; none where it is not there, or its table was cut off.</summary>
    private static IEnumerable<string> Prefixes(string directory, string library)
    {
        try
        {
            return InterfaceTable.Parse(File.ReadAllText(Table(directory, library))).Networks.Select(n => n.Prefix);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or InvalidDataException)
        {
            return [];
        }
    }

    private static string Table(string directory, string library) =>
        Path.Combine(directory, "share", library, "interface.json");

    private static void Save(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text.Replace("\r", ""));
    }
}
