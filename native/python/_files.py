"""Files that are replaced as a whole: the old one or the new one is there at every moment, and an error tells which.

The file is an entry of a folder that is held open. Links were followed by the system, so that what ``..`` means behind
one is for it to say.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
import struct
import zlib
from collections.abc import Callable
from typing import BinaryIO, Optional, Union

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]

_MOST_LINKS = 40
_MOST_TRIES = 100
_DIGITS = 16

# For the name of a file that is not whole yet: what every file system allows, whatever the length of the file's own.
_SHORT_ENOUGH = 64

# The system's number for opening without any rights to the file: Python has no name for it.
_PATH_ONLY = getattr(os, "O_PATH", 0o10000000)

# Of the system's header linux/fs.h: the call that tells a file's flags, and those that keep it from being replaced.
_GET_FLAGS = 0x80086601
_FIXED = 0x10 | 0x20

_ACCESS_LIST = "system.posix_acl_access"


class Refused(ValueError):
    """The name stands for what is no file."""


def shown(path: Path) -> str:
    """A name as it may stand in a message."""
    return printable(os.fsdecode(path))


def printable(text: str, longest: int | None = None) -> str:
    """Control characters, marks of direction, and what is no character become question marks."""
    cut = text if longest is None else text[:longest]
    return "".join(c if c.isprintable() else "?" for c in cut) + ("…" if len(cut) < len(text) else "")


def open_to_read(path: Path) -> BinaryIO:
    # Without waiting for someone to write to a pipe.
    descriptor = os.open(os.fsencode(path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _require_file(os.fstat(descriptor))
        return open(descriptor, "rb", buffering=0)
    except BaseException:
        os.close(descriptor)
        raise


def require_writable(path: Path) -> None:
    with _Target(path) as target:
        target.require_replaceable()


def replace(path: Path, write: Callable[[Callable[[memoryview], None]], None]) -> None:
    """Writes a new file beside the old one, brings it to the disk, and gives it the old one's rights and name.

    ``write`` is called with the function that writes.
    """
    with _Target(path) as target:
        target.replace(write)


def _require_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Refused("it is a directory, a pipe or a device; wanted a file")


class _Target:
    """The file that the system would write to under a name."""

    def __init__(self, path: Path) -> None:
        self._given = path
        self._folder = -1
        name = os.fsencode(path)
        if not name:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        try:
            opened: Optional[os.stat_result] = os.stat(name)
        except FileNotFoundError:
            opened = None
        if opened is not None:
            _require_file(opened)
        try:
            self._find(name, opened)
        except BaseException:
            self._leave()
            raise

    def _find(self, path: bytes, opened: os.stat_result | None) -> None:
        for links in range(_MOST_LINKS + 1):
            end = path.rfind(b"/") + 1
            self._name = path[end:]
            if not self._name:
                raise Refused("it is a directory, a pipe or a device; wanted a file")
            # That a folder can't be read is no reason not to go through it.
            self._enter(path[:end] + b".", _PATH_ONLY)
            self._old: Optional[os.stat_result] = None
            try:
                self._old = os.stat(self._name, dir_fd=self._folder, follow_symlinks=False)
            except FileNotFoundError:
                if opened is not None:
                    raise
            if self._old is None or not stat.S_ISLNK(self._old.st_mode):
                break
            if links == _MOST_LINKS:
                raise self._error(errno.ELOOP)
            path = os.readlink(self._name, dir_fd=self._folder)
        if self._old is not None and (opened is None or not os.path.samestat(self._old, opened)):
            raise OSError(errno.EBUSY, "it was changed meanwhile, or has no name to write to", self._given)
        self._enter(b".", os.O_RDONLY)

    def __enter__(self) -> _Target:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def _enter(self, path: bytes, flags: int) -> None:
        at = None if self._folder < 0 else self._folder
        entered = os.open(path, flags | os.O_CLOEXEC, dir_fd=at)
        self._leave()
        self._folder = entered

    def _leave(self) -> None:
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1

    def _error(self, number: int) -> OSError:
        return OSError(number, os.strerror(number), self._given)

    def require_replaceable(self) -> None:
        folder = os.fstat(self._folder)
        for name, mode in ((b".", os.W_OK | os.X_OK), (self._name, os.W_OK)):
            if name == b"." or self._old is not None:
                if not os.access(name, mode, dir_fd=self._folder, effective_ids=True):
                    read_only = os.fstatvfs(self._folder).f_flag & os.ST_RDONLY
                    raise self._error(errno.EROFS if read_only else errno.EACCES)
        fixed = _is_fixed(self._folder)
        if self._old is not None:
            opened = os.open(self._name, _PATH_ONLY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=self._folder)
            try:
                if _mount(opened) != _mount(self._folder):
                    raise self._error(errno.EBUSY)
            finally:
                os.close(opened)
            old = self._open_old()
            if old >= 0:
                fixed = fixed or _is_fixed(old)
                os.close(old)
            # In a folder with the sticky bit only owners replace files.
            owners = (0, folder.st_uid, self._old.st_uid)
            fixed = fixed or bool(folder.st_mode & stat.S_ISVTX and os.geteuid() not in owners)
        if fixed:
            raise self._error(errno.EPERM)

    def replace(self, write: Callable[[Callable[[memoryview], None]], None]) -> None:
        self.require_replaceable()
        self._remove_left_behind()
        file, held, temporary = self._create_temporary()
        try:

            def write_all(content: memoryview) -> None:
                content = memoryview(content).cast("B")
                while len(content) > 0:
                    # The system takes up to 2 GB at a time.
                    content = content[os.write(file, content[: 1 << 30]) :]

            try:
                write(write_all)
                if self._old is not None:
                    self._keep_rights(file, self._old)
                os.fsync(file)
            except BaseException:
                try:
                    os.close(file)
                except OSError:
                    pass
                raise
            os.close(file)
            os.rename(temporary, self._name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        except BaseException:
            self._remove(temporary)
            raise
        finally:
            # The lock lasted until the file had its name.
            os.close(held)
        try:
            os.fsync(self._folder)
        except OSError as error:
            # Some file systems have no such thing for folders.
            if error.errno != errno.EINVAL:
                what = f"written, but its name may not be on the disk: {error.strerror}"
                raise OSError(error.errno, what, self._given) from None

    def _create_temporary(self) -> tuple[int, int, bytes]:
        """A new file that is locked, twice open: the lock lasts until the second is closed."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        for _ in range(_MOST_TRIES):
            temporary = _stem(self._name) + secrets.token_hex(_DIGITS // 2).encode() + b".tmp"
            try:
                # Where a file is replaced, nobody may read what its owner may not have meant to show.
                file = os.open(temporary, flags, 0o666 if self._old is None else 0o600, dir_fd=self._folder)
            except FileExistsError:
                continue
            try:
                # Another process may take it for one left behind until it is locked.
                if _lock(file) is not False and os.fstat(file).st_nlink > 0:
                    return file, fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, 0), temporary
            except BaseException:
                os.close(file)
                self._remove(temporary)
                raise
            os.close(file)
            self._remove(temporary)
        raise self._error(errno.EBUSY)

    def _keep_rights(self, file: int, old: os.stat_result) -> None:
        """Owner, extended attributes and mode, as far as the process may."""
        has_owner = _may(os.fchown, file, old.st_uid, old.st_gid)
        has_group = has_owner or _may(os.fchown, file, -1, old.st_gid)
        has_group = self._keep_attributes(file) and has_group
        mode = stat.S_IMODE(old.st_mode)
        if not has_group:
            # What the group might do is not for another group.
            mode = (mode & ~0o070) | ((mode & 0o007) << 3)
        _may(os.fchmod, file, mode if has_owner else mode & 0o777)

    def _keep_attributes(self, file: int) -> bool:
        """Whether the list of who may what, where there is one, was kept."""
        old = self._open_old()
        if old < 0:
            return True
        try:
            # One that the folder gave to the new file.
            _may(os.removexattr, file, _ACCESS_LIST)
            kept = True
            try:
                names = os.listxattr(old)
            except OSError:
                names = []
            for name in names:
                try:
                    os.setxattr(file, name, os.getxattr(old, name))
                except OSError:
                    kept = kept and name != _ACCESS_LIST
            return kept
        finally:
            os.close(old)

    def _open_old(self) -> int:
        try:
            return os.open(self._name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self._folder)
        except OSError:
            return -1

    def _remove(self, name: bytes) -> None:
        try:
            os.unlink(name, dir_fd=self._folder)
        except OSError:
            pass

    def _remove_left_behind(self) -> None:
        """Removes what processes that were killed have left of a save to this name. Where that fails, it stays."""
        try:
            names = os.listdir(self._folder)
        except OSError:
            return
        for name in map(os.fsencode, names):
            if not _is_temporary(name, self._name):
                continue
            try:
                if not stat.S_ISREG(os.stat(name, dir_fd=self._folder, follow_symlinks=False).st_mode):
                    continue
                file = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self._folder)
            except OSError:
                continue
            try:
                if _lock(file):
                    self._remove(name)
            finally:
                os.close(file)


def _lock(file: int) -> bool | None:
    """Whether the file is locked now; None where the file system has no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _may(call: Callable[..., object], *arguments: object) -> bool:
    try:
        call(*arguments)
    except OSError:
        return False
    return True


def _is_fixed(file: int) -> bool:
    """Whether the file is immutable, or only to be appended to."""
    try:
        (flags,) = struct.unpack("q", fcntl.ioctl(file, _GET_FLAGS, bytes(8)))
    except OSError:
        return False
    return bool(flags & _FIXED)


def _mount(file: int) -> str:
    try:
        with open(f"/proc/self/fdinfo/{file}", encoding="ascii") as facts:
            return next((line for line in facts if line.startswith("mnt_id:")), "")
    except OSError:
        return ""


def _stem(name: bytes) -> bytes:
    """A point and the name; where that would get too long, the name is cut and has its check behind it."""
    longest = max(_SHORT_ENOUGH, len(name)) - 2 - _DIGITS - len(b".tmp")
    if len(name) <= longest:
        return b"." + name + b"."
    cut = longest - 9
    # Not within a character: there are file systems that refuse such names.
    while cut > 0 and name[cut] & 0xC0 == 0x80:
        cut -= 1
    return b".%b~%08x." % (name[:cut], zlib.crc32(name))


def _is_temporary(name: bytes, of: bytes) -> bool:
    stem = _stem(of)
    digits = name[len(stem) : len(stem) + _DIGITS]
    return (
        name.startswith(stem)
        and len(name) == len(stem) + _DIGITS + 4
        and name.endswith(b".tmp")
        and not digits.strip(b"0123456789abcdef")
    )
