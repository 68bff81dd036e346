namespace AotBackprop.Files;

/// <summary>Files by .NET alone, for systems other than Linux.</summary>
internal static class PortableFile
{
    public static FileStream OpenToRead(FileName name)
    {
        FileStream stream = new(name.Text, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (!stream.CanSeek)
        {
            stream.Dispose();
            throw new InvalidDataException($"{name.Described}: {LinuxFile.NotAFile}");
        }

        return stream;
    }

    public static void RequireReplaceable(FileName name)
    {
        string whole = Find(name);
        if (File.Exists(whole) && File.GetAttributes(whole).HasFlag(FileAttributes.ReadOnly))
        {
            throw new UnauthorizedAccessException($"{name.Described} can't be written: it is read-only.");
        }

        // Gone when it is closed.
        using FileStream trial = new(
            Path.Combine(Path.GetDirectoryName(whole)!, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    public static void Replace(FileName name, Action<Stream> write)
    {
        RequireReplaceable(name);
        string whole = Find(name);
        string folder = Path.GetDirectoryName(whole)!;
        byte[] last = System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(whole));
        RemoveLeftBehind(folder, last);
        string temporary = Path.Combine(folder, System.Text.Encoding.UTF8.GetString(TemporaryName.Next(last)));
        FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            if (!File.Exists(whole))
            {
                File.Move(temporary, whole);
            }
            else if (OperatingSystem.IsWindows())
            {
                // Keeps the rights of the old one.
                File.Replace(temporary, whole, destinationBackupFileName: null, ignoreMetadataErrors: true);
            }
            else
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(whole));
                File.Move(temporary, whole, overwrite: true);
            }
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static string Find(FileName name)
    {
        FileInfo file = new(name.Text);
        string whole = file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        bool isFile = !Directory.Exists(whole) && !whole.StartsWith(@"\\.\", StringComparison.Ordinal)
            && (OperatingSystem.IsWindows() || !whole.StartsWith("/dev/", StringComparison.Ordinal));
        return isFile ? whole : throw new IOException($"{name.Described}: {LinuxFile.NotAFile}");
    }

    private static void RemoveLeftBehind(string folder, byte[] name)
    {
        byte[] stem = TemporaryName.Stem(name);

        // Elsewhere than on Windows nothing would keep a file that another process is writing.
        foreach (string file in OperatingSystem.IsWindows() ? Directory.EnumerateFiles(folder, ".*.tmp") : [])
        {
            try
            {
                if (TemporaryName.HasStem(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(file)), stem))
                {
                    File.Delete(file);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }
        }
    }
}
