"""Files that appear under their final name whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from store.errors import FormatError

_CAUSES = {
    errno.ENOSPC: ("the disk is full", "Free some space or choose another place; nothing was left behind."),
    errno.EDQUOT: ("your disk quota is used up", "Free some space or choose another place."),
    errno.EACCES: ("you may not write there", "Choose a folder that you may write to."),
    errno.EPERM: ("you may not write there", "Choose a folder that you may write to."),
    errno.EROFS: ("the file system is read-only", "Choose a folder that you may write to."),
}


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns an OSError into a :class:`FormatError` that names ``path``."""
    try:
        yield
    except OSError as error:
        what, fix = _CAUSES.get(error.errno or 0, (error.strerror or str(error), "Choose another place."))
        raise FormatError(f"{path} cannot be written: {what}.", fix) from error


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns an OSError into a :class:`FormatError` that names the file or folder which cannot be read."""
    try:
        yield
    except OSError as error:
        what = path if error.filename is None else os.fsdecode(error.filename)
        raise FormatError(
            f"{what} cannot be read: {error.strerror or error}.", "Check the path and who may read it."
        ) from error


def check_folder(folder: Path) -> list[Path]:
    """Makes ``folder`` where it is missing; returns what was made, outermost first.

    Raises :class:`FormatError` unless files can be made in it.
    """
    with writing(folder):
        made = [path for path in (*reversed(folder.parents), folder) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    return made


def remove_folders(made: list[Path]) -> None:
    """Takes away the folders of :func:`check_folder`, unless somebody has put something there."""
    with suppress(OSError):
        for folder in reversed(made):
            folder.rmdir()
    made.clear()


def move_into(work: Path, target: Path) -> None:
    """Moves all files of a folder to the same places below another; it is gone then. OSError passes."""
    for folder, _, files in os.walk(work):
        below = target / Path(folder).relative_to(work)
        below.mkdir(parents=True, exist_ok=True)
        for name in files:
            Path(folder, name).replace(below / name)
    shutil.rmtree(work, ignore_errors=True)


class TemporaryFile:
    """A file with a temporary name beside ``target``: written, then renamed or removed."""

    def __init__(self, target: Path, suffix: str = ".part") -> None:
        self.target = target
        with writing(target):
            handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=suffix, dir=target.parent)
        self.path = Path(name)
        self._file: BinaryIO | None = os.fdopen(handle, "wb", buffering=1 << 20)
        #: Bytes so far.
        self.size = 0

    def write(self, data: bytes) -> None:
        """Adds bytes. Raises :class:`FormatError`."""
        assert self._file is not None
        with writing(self.target):
            self._file.write(data)
        self.size += len(data)

    def append(self, other: TemporaryFile) -> None:
        """Adds all of another temporary file, which is closed."""
        assert self._file is not None
        # It is about to be read and deleted: its bytes need not reach the disk.
        other.close(lasting=False)
        with writing(self.target), other.path.open("rb") as source:
            shutil.copyfileobj(source, self._file, 1 << 20)
        self.size += other.size

    def close(self, *, lasting: bool = True) -> None:
        """All bytes are in the file afterwards, and on the disk where they are to be ``lasting``."""
        if self._file is None:
            return
        file, self._file = self._file, None
        with writing(self.target), file:
            file.flush()
            if lasting:
                os.fsync(file.fileno())

    def commit(self) -> None:
        """Gives the file its final name."""
        self.close()
        with writing(self.target):
            # mkstemp makes files for the owner alone; an export is for others to read.
            self.path.chmod(0o666 & ~_umask())
            self.path.replace(self.target)

    def remove(self) -> None:
        """Closes and deletes the file."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # what cannot be flushed is about to be deleted
                file.close()
        self.path.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
