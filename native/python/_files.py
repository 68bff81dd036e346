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
from functools import partial
from typing import BinaryIO, Optional, TypeVar, Union

_Of = TypeVar("_Of")
_Result = TypeVar("_Result")

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


class _Open:
    """A file that is open, or none.

    Nothing of Python's own lies between the call that opens it and the note of it, nor between the note's end and the
    call that closes it: what a signal raises comes before both or after both.
    """

    def __init__(self) -> None:
        self._descriptors: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._descriptors)

    @property
    def descriptor(self) -> int:
        return self._descriptors[-1]

    def open(self, opener: Callable[[_Of], int], of: _Of) -> None:
        """Lets go of one that was open before, once the new one is."""
        self._descriptors.extend(map(opener, [of]))
        self.leave(but=1)

    def close(self) -> None:
        next(map(os.close, map(self._descriptors.pop, [0])))

    def leave(self, but: int = 0) -> None:
        """Closes it, where that can't lose what was written. The system lets go of it whatever it says."""
        while len(self._descriptors) > but:
            try:
                self.close()
            except OSError:
                pass


def read(path: Path, action: Callable[[BinaryIO], _Result]) -> _Result:
    """What an action makes of a file, which is open while it lasts."""
    file = _Open()

    def read() -> _Result:
        # Without waiting for someone to write to a pipe.
        file.open(partial(os.open, flags=os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), os.fsencode(path))
        _require_file(os.fstat(file.descriptor))
        return action(open(file.descriptor, "rb", buffering=0, closefd=False))

    return _and_leave([file], read)


def require_writable(path: Path) -> None:
    target = _Target(path)

    def require() -> None:
        target.find()
        target.require_replaceable()

    _and_leave(target.files, require)


def replace(path: Path, write: Callable[[Callable[[memoryview], None]], None]) -> None:
    """Writes a new file beside the old one, brings it to the disk, and gives it the old one's rights and name.

    ``write`` is called with the function that writes.
    """
    target = _Target(path)

    def replace() -> None:
        target.find()
        target.replace(write)

    _and_leave(target.files, replace)


def _and_leave(files: list[_Open], action: Callable[[], _Result]) -> _Result:
    """Does it, and closes the files, whatever comes."""

    def leave() -> None:
        for file in files:
            file.leave()

    try:
        return action()
    finally:
        try:
            leave()
        except BaseException:
            # A signal came on the way.
            leave()
            raise


def _require_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Refused("it is a directory, a pipe or a device; wanted a file")


class _Target:
    """The file that the system would write to under a name."""

    def __init__(self, path: Path) -> None:
        self._given = path
        self._folder = _Open()
        # The file that is not whole yet, twice: its lock lasts until the second is closed.
        self._new = _Open()
        self._held = _Open()
        # For a look.
        self._other = _Open()
        self.files = [self._other, self._new, self._held, self._folder]

    def find(self) -> None:
        path = os.fsencode(self._given)
        if not path:
            raise self._error(errno.ENOENT)
        try:
            opened: Optional[os.stat_result] = os.stat(path)
        except FileNotFoundError:
            opened = None
        if opened is not None:
            _require_file(opened)
        for links in range(_MOST_LINKS + 1):
            end = path.rfind(b"/") + 1
            self._name = path[end:]
            if not self._name:
                raise Refused("it is a directory, a pipe or a device; wanted a file")
            # That a folder can't be read is no reason not to go through it.
            self._enter(path[:end] + b".", _PATH_ONLY)
            self._old: Optional[os.stat_result] = None
            try:
                self._old = os.stat(self._name, dir_fd=self._folder.descriptor, follow_symlinks=False)
            except FileNotFoundError:
                if opened is not None:
                    raise
            if self._old is None or not stat.S_ISLNK(self._old.st_mode):
                break
            if links == _MOST_LINKS:
                raise self._error(errno.ELOOP)
            path = os.readlink(self._name, dir_fd=self._folder.descriptor)
        if self._old is not None and (opened is None or not os.path.samestat(self._old, opened)):
            raise OSError(errno.EBUSY, "it was changed meanwhile, or has no name to write to", self._given)
        self._enter(b".", os.O_RDONLY)

    def _enter(self, path: bytes, flags: int) -> None:
        at = self._folder.descriptor if self._folder else None
        self._folder.open(partial(os.open, flags=flags | os.O_CLOEXEC, dir_fd=at), path)

    def _error(self, number: int) -> OSError:
        return OSError(number, os.strerror(number), self._given)

    def require_replaceable(self) -> None:
        at = self._folder.descriptor
        folder = os.fstat(at)
        for name, mode in ((b".", os.W_OK | os.X_OK), (self._name, os.W_OK)):
            if name == b"." or self._old is not None:
                if not os.access(name, mode, dir_fd=at, effective_ids=True):
                    read_only = os.fstatvfs(at).f_flag & os.ST_RDONLY
                    raise self._error(errno.EROFS if read_only else errno.EACCES)
        fixed = _is_fixed(at)
        if self._old is not None:
            self._look(self._name, _PATH_ONLY | os.O_NOFOLLOW)
            mounts = _mount(self._other.descriptor), _mount(at)
            if None not in mounts and mounts[0] != mounts[1]:
                raise self._error(errno.EBUSY)
            if self._look_at_old():
                fixed = fixed or _is_fixed(self._other.descriptor)
            self._other.leave()
            # In a folder with the sticky bit only owners replace files.
            owners = (0, folder.st_uid, self._old.st_uid)
            fixed = fixed or bool(folder.st_mode & stat.S_ISVTX and os.geteuid() not in owners)
        if fixed:
            raise self._error(errno.EPERM)

    def replace(self, write: Callable[[Callable[[memoryview], None]], None]) -> None:
        self.require_replaceable()
        self._remove_left_behind()
        try:
            self._create_temporary()
            write(self._write)
            if self._old is not None:
                self._keep_rights(self._old)
            os.fsync(self._new.descriptor)
            try:
                self._new.close()
            except InterruptedError:
                # The descriptor is gone; what was to be written is on the disk.
                pass
            at = self._folder.descriptor
            os.rename(self._temporary, self._name, src_dir_fd=at, dst_dir_fd=at)
        except BaseException:
            if self._new or self._held:
                self._remove(self._temporary)
            raise
        try:
            os.fsync(self._folder.descriptor)
        except OSError as error:
            # Some file systems have no such thing for folders.
            if error.errno != errno.EINVAL:
                what = f"written, but its name may not be on the disk: {error.strerror}"
                raise OSError(error.errno, what, self._given) from None

    def _write(self, content: memoryview) -> None:
        content = memoryview(content).cast("B")
        while len(content) > 0:
            # The system takes up to 2 GB at a time.
            content = content[os.write(self._new.descriptor, content[: 1 << 30]) :]

    def _create_temporary(self) -> None:
        """A new file that is locked, twice open."""
        # Where a file is replaced, nobody may read what its owner may not have meant to show.
        mode = 0o666 if self._old is None else 0o600
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        create = partial(os.open, flags=flags, mode=mode, dir_fd=self._folder.descriptor)
        for _ in range(_MOST_TRIES):
            self._temporary = _stem(self._name) + secrets.token_hex(_DIGITS // 2).encode() + b".tmp"
            try:
                self._new.open(create, self._temporary)
            except FileExistsError:
                continue
            # Another process may take it for one left behind until it is locked.
            if _lock(self._new.descriptor) is not False and os.fstat(self._new.descriptor).st_nlink > 0:
                self._held.open(partial(fcntl.fcntl, self._new.descriptor, fcntl.F_DUPFD_CLOEXEC), 0)
                return
            self._remove(self._temporary)
            self._new.leave()
        raise self._error(errno.EBUSY)

    def _keep_rights(self, old: os.stat_result) -> None:
        """Owner, extended attributes and mode, as far as the process may."""
        file = self._new.descriptor
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
        if not self._look_at_old():
            return True
        old = self._other.descriptor
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
        self._other.leave()
        return kept

    def _look(self, name: bytes, flags: int) -> None:
        self._other.open(partial(os.open, flags=flags | os.O_CLOEXEC, dir_fd=self._folder.descriptor), name)

    def _look_at_old(self) -> bool:
        return _may(self._look, self._name, os.O_RDONLY | os.O_NONBLOCK)

    def _remove(self, name: bytes) -> None:
        try:
            os.unlink(name, dir_fd=self._folder.descriptor)
        except OSError:
            pass

    def _remove_left_behind(self) -> None:
        """Removes what processes that were killed have left of a save to this name. Where that fails, it stays."""
        at = self._folder.descriptor
        try:
            names = os.listdir(at)
        except OSError:
            return
        for name in map(os.fsencode, names):
            if not _is_temporary(name, self._name):
                continue
            try:
                if not stat.S_ISREG(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode):
                    continue
                # The old file, whose mode it may have been given already, may be one to write to and not to read.
                if not _may(self._look, name, os.O_RDONLY | os.O_NONBLOCK):
                    self._look(name, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                continue
            if _lock(self._other.descriptor):
                self._remove(name)
            self._other.leave()


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


def _mount(file: int) -> str | None:
    """None where the system doesn't say. Where they differ, the renaming fails then."""
    try:
        with open(f"/proc/self/fdinfo/{file}", encoding="ascii") as facts:
            return next((line for line in facts if line.startswith("mnt_id:")), None)
    except OSError:
        return None


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
