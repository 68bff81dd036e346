using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static AotBackprop.Files.LinuxCalls;

namespace AotBackprop.Files;

/// <summary>
/// The file that the system would write to under a name: an entry of a folder, which is held open. Links were followed by
/// the system, so that what <c>..</c> means behind one is for it to say.
/// </summary>
internal sealed unsafe class LinuxFile : IDisposable
{
    private const int MostLinks = 40;
    private const int MostTries = 100;

    private readonly FileName _given;
    private readonly int _folder;
    private readonly byte[] _name;
    private readonly FileStatus? _old;

    private LinuxFile(FileName given, int folder, byte[] name, FileStatus? old)
    {
        _given = given;
        _folder = folder;
        _name = name;
        _old = old;
    }

    public static FileStream OpenToRead(FileName name)
    {
        // Without waiting for someone to write to a pipe.
        int file;
        fixed (byte* path = Terminated(name.Bytes))
        {
            file = openat(WorkingDirectory, path, ReadOnly | NonBlocking | CloseOnExec, 0);
        }

        int error = Marshal.GetLastPInvokeError();
        if (file < 0)
        {
            throw error is NoEntry
                ? new FileNotFoundException($"{name.Described} is not there.")
                : Failure(name, "can't be read", error);
        }

        SafeFileHandle handle = new(file, ownsHandle: true);
        try
        {
            if (!TryStatus(file, [0], EmptyPath, out FileStatus status, out error))
            {
                throw Failure(name, "can't be read", error);
            }

            return status.IsRegular
                ? new FileStream(handle, FileAccess.Read, bufferSize: 0)
                : throw new InvalidDataException($"{name.Described}: {NotAFile}");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public static string NotAFile => "It is a directory, a pipe or a device; wanted a file.";

    public static LinuxFile Find(FileName name)
    {
        byte[] path = Terminated(name.Bytes);
        bool isThere = TryStatus(WorkingDirectory, path, 0, out FileStatus opened, out int error);
        if (isThere && !opened.IsRegular)
        {
            throw new IOException($"{name.Described}: {NotAFile}");
        }

        // Which directory is none comes to light on the way.
        if (!isThere && error is not (NoEntry or NotDirectory))
        {
            throw Failure(name, "can't be written", error);
        }

        int folder = WorkingDirectory;
        try
        {
            for (int links = 0; ; links++)
            {
                int end = path.AsSpan().LastIndexOf((byte)'/') + 1;
                byte[] last = path[end..];
                if (last.Length == 1)
                {
                    throw new IOException($"{name.Described}: {NotAFile}");
                }

                // That a folder can't be read is no reason not to go through it.
                Enter(ref folder, [.. path[..end], (byte)'.', 0], PathOnly, name);
                if (!TryStatus(folder, last, NoFollow, out FileStatus status, out error))
                {
                    return error == NoEntry && !isThere ? Found(null) : throw Failure(name, "can't be written", error);
                }

                if (status.IsLink)
                {
                    path = links < MostLinks ? Target(folder, last, name) : throw Failure(name, "can't be written", TooManyLinks);
                    continue;
                }

                return isThere && status.IsSameFile(opened)
                    ? Found(status)
                    : throw new IOException($"{name.Described} can't be written: it was changed meanwhile, or has no name to write to.");

                LinuxFile Found(FileStatus? old)
                {
                    Enter(ref folder, ".\0"u8.ToArray(), ReadOnly, name);
                    int found = folder;
                    folder = WorkingDirectory;
                    return new LinuxFile(name, found, last, old);
                }
            }
        }
        finally
        {
            Leave(folder);
        }
    }

    public void Dispose() => Leave(_folder);

    /// <exception cref="IOException">The file could not be replaced.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not.</exception>
    public void RequireReplaceable()
    {
        fixed (byte* name = _name, here = ".\0"u8)
        {
            if ((_old is not null && faccessat(_folder, name, MayWrite, EffectiveIds) < 0) ||
                faccessat(_folder, here, MayWrite | MayExecute, EffectiveIds) < 0)
            {
                throw Failure(_given, "can't be written", Marshal.GetLastPInvokeError());
            }
        }

        if (!TryStatus(_folder, [0], EmptyPath, out FileStatus folder, out int error))
        {
            throw Failure(_given, "can't be written", error);
        }

        // In a folder with the sticky bit only owners replace files.
        bool isForbidden = folder.IsFixed || (_old is { } old && (old.IsFixed
            || (folder.IsSticky && geteuid() is not 0 and uint user && user != folder.User && user != old.User)));
        if (isForbidden || _old?.Mount is ulong mount && mount != folder.Mount)
        {
            throw Failure(_given, "can't be replaced", isForbidden ? NotPermitted : Busy);
        }
    }

    /// <summary>
    /// Writes a new file beside the old one, brings it to the disk, and gives it the old one's rights and name. Until then
    /// the name stands for the old file, and after an error mostly too: it always stands for a whole one.
    /// </summary>
    public void Replace(Action<Stream> write)
    {
        RequireReplaceable();
        RemoveLeftBehind();
        (int file, int held, byte[] temporary) = CreateTemporary();
        bool hasName = true;
        try
        {
            try
            {
                using (FileSizeSignal.Hold())
                {
                    write(new DescriptorStream(file, error => Failure(_given, "can't be written", error)));
                }

                if (_old is { } old)
                {
                    KeepRights(file, old);
                }

                Sync(file);
            }
            catch
            {
                _ = close(file);
                throw;
            }

            // The descriptor is gone, whatever it says; what an interrupted one had to write was written by fsync.
            Require(close(file) == 0 || Marshal.GetLastPInvokeError() == Interrupted, "can't be written");
            fixed (byte* from = temporary, to = _name)
            {
                Require(renameat(_folder, from, _folder, to) == 0, "can't be replaced");
            }

            hasName = false;
            Sync(_folder, isFolder: true);
        }
        finally
        {
            if (hasName)
            {
                Remove(temporary);
            }

            // The lock lasted until the file had its name.
            _ = close(held);
        }
    }

    private static void Enter(ref int folder, byte[] path, int flags, FileName name)
    {
        int entered;
        fixed (byte* there = path)
        {
            entered = openat(folder, there, flags | CloseOnExec, 0);
        }

        int error = Marshal.GetLastPInvokeError();
        Leave(folder);
        folder = entered < 0 ? WorkingDirectory : entered;
        if (entered < 0)
        {
            throw error is NoEntry or NotDirectory
                ? new DirectoryNotFoundException($"{name.Described} can't be written: there is no such directory.")
                : Failure(name, "can't be written", error);
        }
    }

    private static void Leave(int folder)
    {
        if (folder >= 0)
        {
            _ = close(folder);
        }
    }

    private static byte[] Target(int folder, byte[] link, FileName name)
    {
        byte[] target = new byte[4096];
        fixed (byte* from = link, to = target)
        {
            nint length = readlinkat(folder, from, to, (nuint)target.Length);
            return length > 0 && length < target.Length
                ? Terminated(target.AsSpan(0, (int)length))
                : throw Failure(name, "can't be written", length < 0 ? Marshal.GetLastPInvokeError() : NoEntry);
        }
    }

    private void Require(bool isDone, string otherwise)
    {
        if (!isDone)
        {
            throw Failure(_given, otherwise, Marshal.GetLastPInvokeError());
        }
    }

    private void Sync(int file, bool isFolder = false)
    {
        int error;
        do
        {
            error = fsync(file) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        while (error == Interrupted);

        // Some file systems have no such thing for folders.
        if (error != 0 && !(isFolder && error == Invalid))
        {
            throw Failure(_given, isFolder ? "is written, but its name may not be on the disk" : "can't be written", error);
        }
    }

    private void Remove(byte[] name)
    {
        fixed (byte* path = name)
        {
            _ = unlinkat(_folder, path, 0);
        }
    }

    /// <summary>A new file that is locked, twice open: the lock lasts until the second is closed.</summary>
    private (int File, int Held, byte[] Name) CreateTemporary()
    {
        // Where a file is replaced, nobody may read what its owner may not have meant to show.
        uint mode = _old is null ? 0x1B6u : 0x180u;
        for (int tries = 0; ; tries++)
        {
            byte[] temporary = Terminated(TemporaryName.Next(_name.AsSpan(0, _name.Length - 1)));
            int file;
            fixed (byte* path = temporary)
            {
                file = openat(_folder, path, WriteOnly | Create | Exclusive | CloseOnExec, mode);
            }

            if (file < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error is Exists or Interrupted && tries < MostTries)
                {
                    continue;
                }

                throw Failure(_given, "can't be written", error);
            }

            // Another process may take it for one left behind until it is locked; some file systems have no locks.
            int isLocked = flock(file, LockExclusive | LockNow);
            bool isOthers = isLocked < 0 && Marshal.GetLastPInvokeError() == TryAgain;
            if (!isOthers && TryStatus(file, [0], EmptyPath, out FileStatus status, out _) && status.Links > 0)
            {
                int held = fcntl(file, DuplicateCloseOnExec, 0);
                if (held >= 0)
                {
                    return (file, held, temporary);
                }

                tries = MostTries;
            }

            // No call has failed where another process took each away.
            int last = Marshal.GetLastPInvokeError() is not 0 and int reason ? reason : TryAgain;
            Remove(temporary);
            _ = close(file);
            if (tries >= MostTries)
            {
                throw Failure(_given, "can't be written", last);
            }
        }
    }

    /// <summary>Owner, extended attributes and mode, as far as the process may.</summary>
    private void KeepRights(int file, FileStatus old)
    {
        bool hasOwner = fchown(file, old.User, old.Group) == 0;
        bool hasGroup = hasOwner || fchown(file, uint.MaxValue, old.Group) == 0;
        hasGroup &= KeepAttributes(file);
        uint mode = old.Mode & 0xFFFu;
        if (!hasGroup)
        {
            // What the group might do is not for another group.
            mode = (mode & ~0x38u) | ((mode & 7) << 3);
        }

        _ = fchmod(file, hasOwner ? mode : mode & 0x1FF);
    }

    /// <summary>Whether the list of who may what, where there is one, was kept.</summary>
    private bool KeepAttributes(int file)
    {
        ReadOnlySpan<byte> list = "system.posix_acl_access"u8;
        int old;
        fixed (byte* name = _name)
        {
            old = openat(_folder, name, ReadOnly | NonBlocking | CloseOnExec, 0);
        }

        if (old < 0)
        {
            return true;
        }

        try
        {
            // One that the folder gave to the new file.
            fixed (byte* name = list)
            {
                _ = fremovexattr(file, name);
            }

            const int Largest = 65536;
            byte[] names = new byte[Largest], value = new byte[Largest];
            bool isKept = true;
            fixed (byte* first = names, bytes = value)
            {
                nint end = flistxattr(old, first, Largest);
                for (nint at = 0; at < end; at += MemoryMarshal.CreateReadOnlySpanFromNullTerminated(first + at).Length + 1)
                {
                    nint size = fgetxattr(old, first + at, bytes, Largest);
                    bool isSet = size >= 0 && fsetxattr(file, first + at, bytes, (nuint)size, 0) == 0;
                    isKept &= isSet || !MemoryMarshal.CreateReadOnlySpanFromNullTerminated(first + at).SequenceEqual(list);
                }
            }

            return isKept;
        }
        finally
        {
            _ = close(old);
        }
    }

    /// <summary>Removes what processes that were killed have left of a save to this name. Where that fails, it stays.</summary>
    private void RemoveLeftBehind()
    {
        foreach (byte[] name in LeftBehind())
        {
            if (!TryStatus(_folder, name, NoFollow, out FileStatus status, out _) || !status.IsRegular)
            {
                continue;
            }

            int file;
            fixed (byte* path = name)
            {
                // The old file, whose mode it may have been given already, may be one to write to and not to read.
                file = openat(_folder, path, ReadOnly | NonBlocking | CloseOnExec, 0);
                file = file >= 0 ? file : openat(_folder, path, WriteOnly | NonBlocking | CloseOnExec, 0);
            }

            if (file >= 0)
            {
                if (flock(file, LockExclusive | LockNow) == 0)
                {
                    Remove(name);
                }

                _ = close(file);
            }
        }
    }

    private List<byte[]> LeftBehind()
    {
        // Where d_name lies in a dirent of 64 bits.
        const int NameOffset = 19;
        List<byte[]> names = [];
        int file = -1;
        if (Environment.Is64BitProcess)
        {
            fixed (byte* here = ".\0"u8)
            {
                file = openat(_folder, here, ReadOnly | CloseOnExec, 0);
            }
        }

        nint stream = file < 0 ? 0 : fdopendir(file);
        if (stream == 0)
        {
            Leave(file);
            return names;
        }

        byte[] stem = TemporaryName.Stem(_name.AsSpan(0, _name.Length - 1));
        for (byte* entry = readdir(stream); entry != null; entry = readdir(stream))
        {
            ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
            if (TemporaryName.HasStem(name, stem))
            {
                names.Add(Terminated(name));
            }
        }

        _ = closedir(stream);
        return names;
    }
}
