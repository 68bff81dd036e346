namespace AotBackprop.Files;

/// <summary>Files that are replaced as a whole or not at all, by what the system has for it.</summary>
internal static class WholeFile
{
    /// <summary>
    /// Replaces a file: whatever happens, the name stands for a whole file, the old or the new, and an exception says that it
    /// is not the new one.
    /// </summary>
    /// <param name="name">The file.</param>
    /// <param name="write">Writes all of it.</param>
    public static void Replace(FileName name, Action<Stream> write)
    {
        if (OperatingSystem.IsLinux())
        {
            using LinuxFile file = LinuxFile.Find(name);
            file.Replace(write);
        }
        else
        {
            PortableFile.Replace(name, write);
        }
    }

    /// <summary>Throws what <see cref="Replace"/> would because of the name, and changes nothing.</summary>
    public static void RequireReplaceable(FileName name)
    {
        if (OperatingSystem.IsLinux())
        {
            using LinuxFile file = LinuxFile.Find(name);
            file.RequireReplaceable();
        }
        else
        {
            PortableFile.RequireReplaceable(name);
        }
    }

    public static FileStream OpenToRead(FileName name) =>
        OperatingSystem.IsLinux() ? LinuxFile.OpenToRead(name) : PortableFile.OpenToRead(name);
}
