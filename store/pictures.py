"""Size, orientation and state of picture files, read from their headers without decoding them.

JPEG, PNG, WebP and BMP headers are read here, because OpenCV can only decode a whole file and a dataset has
hundreds of thousands; anything else OpenCV can decode is decoded. EXIF orientation is reported and not
applied: width and height are those of the file's own pixel grid.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from store.errors import StudioError
from store.records import ImageState

#: Larger pictures are refused: a wrong header must not make a decoder ask for all memory.
MAX_PIXELS = 200_000_000

#: What lies below this folder of a dataset is never there: names that lead out of it are put here.
REFUSED = "refused"

_PNG = b"\x89PNG\r\n\x1a\n"
_TAIL = 65_536
_LARGEST_EXIF = 1 << 20
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
#: Enough of a JPEG file to hold its header, mostly.
_HEAD = 4096
#: No link, no waiting for a pipe. None where the system has no such flags.
_PLAINLY = (
    os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    if hasattr(os, "O_NOFOLLOW") and hasattr(os, "pread")
    else None
)


class PictureError(StudioError):
    """A file that is not a picture, or not a whole one."""


class PictureSize(NamedTuple):
    """Pixels of the file's own grid and the EXIF orientation, 1 (upright) to 8."""

    width: int
    height: int
    orientation: int = 1


@dataclass(frozen=True, slots=True)
class Probe:
    """What is known of a picture file; width and height are 0 where they could not be read."""

    state: ImageState
    width: int = 0
    height: int = 0
    orientation: int = 1
    message: str = ""


class Inside:
    """Says which names below a folder of pictures lead out of it, be it by ``..`` or by a symbolic link.

    The folder itself may be a link. What is known of a folder below it is remembered.
    """

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._real = os.path.realpath(root)
        self._homes: dict[str, bool] = {}

    def leads_out(self, name: str) -> bool:
        """Whether a name with ``/`` leads to a place outside; false for one that is not there."""
        path = os.path.join(self._root, name)  # noqa: PTH118
        home = os.path.dirname(path)  # noqa: PTH120
        try:
            # An entry of a folder leads elsewhere only if it is a link.
            inside = self._is_inside(home)
            linked = inside and stat.S_ISLNK(os.lstat(path).st_mode)
        except (OSError, ValueError):
            return not self._homes.get(home, True)
        return not inside or (linked and not self._within(path))

    def glance(self, name: str) -> Probe | None:
        """What is known of a picture, where it is an ordinary JPEG file inside; else None.

        It says what :meth:`leads_out` and :func:`probe` say together, in a few calls.
        """
        path = os.path.join(self._root, name)  # noqa: PTH118
        try:
            return _glance(path) if self._is_inside(os.path.dirname(path)) else None  # noqa: PTH120
        except (OSError, ValueError):
            return None

    def _is_inside(self, home: str) -> bool:
        if home not in self._homes:
            self._homes[home] = self._within(home)
        return self._homes[home]

    def _within(self, path: str) -> bool:
        real = os.path.realpath(path)
        return real == self._real or real.startswith(self._real.rstrip(os.sep) + os.sep)


class _Header(NamedTuple):
    size: PictureSize
    whole: bool


class _Short(Exception):
    """The file ends inside its header."""


def picture_size(path: Path) -> PictureSize:
    """Width, height and orientation of a picture file.

    Raises :class:`PictureError`, naming the file, where it is missing, empty, not a picture, cut short
    in its header, or larger than :data:`MAX_PIXELS`.
    """
    return _header(path).size


def probe(path: Path) -> Probe:
    """Whether a picture file can be shown, without decoding it; never raises for a bad file.

    A file whose end is missing counts as unreadable, with its size where the header gave it.
    """
    try:
        kind = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return Probe(ImageState.MISSING, message=f"{path}: there is no such file.")
    except (OSError, ValueError) as error:
        return Probe(ImageState.UNREADABLE, message=f"{path}: cannot be read ({_reason(error)}).")
    if not stat.S_ISREG(kind):
        what = "a folder" if stat.S_ISDIR(kind) else "a pipe or a device"
        return Probe(ImageState.UNREADABLE, message=f"{path}: is {what}, not a picture.")
    try:
        (width, height, orientation), whole = _header(path)
    except PictureError as error:
        return Probe(ImageState.UNREADABLE, message=str(error))
    if whole:
        return Probe(ImageState.PRESENT, width, height, orientation)
    message = str(_truncated(path))
    return Probe(ImageState.UNREADABLE, width, height, orientation, message)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _truncated(path: Path) -> PictureError:
    return PictureError(f"{path}: the picture is cut short.", "Copy or download the file again.")


def _header(path: Path) -> _Header:
    try:
        with path.open("rb") as file:
            found = _read(path, file, os.fstat(file.fileno()).st_size)
    except _Short as error:
        raise _truncated(path) from error
    except OSError as error:
        raise PictureError(f"{path}: cannot be read ({error.strerror}).", "Check the path.") from error
    width, height, _ = found.size
    if width <= 0 or height <= 0:
        raise PictureError(f"{path}: the picture has no pixels.", "Replace the file.")
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"{path}: {width} x {height} pixels is more than {MAX_PIXELS // 1_000_000} megapixels.",
            "Make the picture smaller.",
        )
    return found


def _read(path: Path, file: BinaryIO, length: int) -> _Header:
    if length == 0:
        raise PictureError(f"{path}: the file is empty.", "Copy or download the file again.")
    start = file.read(16)
    file.seek(0)
    if start.startswith(b"\xff\xd8"):
        return _jpeg(path, file, length)
    if start.startswith(_PNG):
        return _png(file, length)
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return _webp(path, file, length)
    if start.startswith(b"BM"):
        return _bmp(path, file, length)
    return _decoded(path)


def _take(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise _Short
    return data


def _jpeg(path: Path, file: BinaryIO, length: int) -> _Header:
    file.seek(2)
    size: tuple[int, int] | None = None
    orientation = 1
    while True:
        if _take(file, 1) != b"\xff":
            raise PictureError(f"{path}: the JPEG header is damaged.", "Copy or download the file again.")
        marker = _take(file, 1)[0]
        while marker == 0xFF:
            marker = _take(file, 1)[0]
        if marker in _JPEG_BARE:
            continue
        (count,) = struct.unpack(">H", _take(file, 2))
        if marker == 0xDA or count < 2:
            break
        if marker == 0xE1:
            orientation = max(orientation, _exif_orientation(_take(file, count - 2)))
        elif marker in _JPEG_SIZES and size is None:
            height, width = struct.unpack(">xHH", _take(file, 5))
            size = (width, height)
            file.seek(count - 7, os.SEEK_CUR)
        else:
            file.seek(count - 2, os.SEEK_CUR)
    if size is None:
        raise PictureError(f"{path}: the JPEG header gives no size.", "Copy or download the file again.")
    # An end marker before this point belongs to a thumbnail inside the header. Mostly it ends the file.
    here = file.tell()
    file.seek(max(here, length - 2))
    if file.read() == b"\xff\xd9":
        return _Header(PictureSize(*size, orientation), True)
    file.seek(max(here, length - _TAIL))
    return _Header(PictureSize(*size, orientation), b"\xff\xd9" in file.read())


def _glance(path: str) -> Probe | None:
    """What :func:`probe` says of a JPEG file whose header is short and that is whole; None for any other."""
    if _PLAINLY is None:
        return None
    number = os.open(path, _PLAINLY)
    try:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode):
            return None
        found = _jpeg_head(os.pread(number, _HEAD, 0))
        if found is None:
            return None
        (width, height, orientation), here = found
        length = status.st_size
        if not 0 < width * height <= MAX_PIXELS or here > length - 2:
            return None
        whole = os.pread(number, 2, length - 2) == b"\xff\xd9"
        return Probe(ImageState.PRESENT, width, height, orientation) if whole else None
    finally:
        os.close(number)


def _jpeg_head(data: bytes) -> tuple[PictureSize, int] | None:
    """Size and end of a JPEG header that is all in ``data``; None where it is not, or odd."""
    if not data.startswith(b"\xff\xd8"):
        return None
    at, orientation = 2, 1
    size: tuple[int, int] | None = None
    # Nine bytes are the longest that is looked at below.
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, count = data[at + 1], data[at + 2] << 8 | data[at + 3]
        if marker == 0xFF or marker in _JPEG_BARE or count < 2:
            return None
        if marker == 0xDA:
            return (PictureSize(*size, orientation), at + 4) if size is not None else None
        if marker == 0xE1:
            if at + 2 + count > len(data):
                return None
            orientation = max(orientation, _exif_orientation(data[at + 4 : at + 2 + count]))
        elif marker in _JPEG_SIZES and size is None:
            size = (data[at + 7] << 8 | data[at + 8], data[at + 5] << 8 | data[at + 6])
        at += 2 + count
    return None


def _png(file: BinaryIO, length: int) -> _Header:
    file.seek(8)
    size = (0, 0)
    orientation = 1
    while True:
        count, kind = struct.unpack(">I4s", _take(file, 8))
        if kind == b"IHDR":
            size = struct.unpack(">II", _take(file, 8))
            file.seek(count - 4, os.SEEK_CUR)
        elif kind == b"eXIf" and count <= _LARGEST_EXIF:
            orientation = _tiff_orientation(_take(file, count))
            file.seek(4, os.SEEK_CUR)
        elif kind in (b"IDAT", b"IEND"):
            break
        else:
            file.seek(count + 4, os.SEEK_CUR)
    file.seek(max(0, length - _TAIL))
    return _Header(PictureSize(*size, orientation), b"IEND" in file.read())


def _webp_chunks(file: BinaryIO, length: int) -> Iterator[tuple[bytes, int]]:
    position = 12
    while position + 8 <= length:
        file.seek(position)
        kind, count = struct.unpack("<4sI", _take(file, 8))
        yield kind, count
        position += 8 + count + count % 2


def _webp(path: Path, file: BinaryIO, length: int) -> _Header:
    (said,) = struct.unpack("<4xI", _take(file, 8))
    size: tuple[int, int] | None = None
    orientation = 1
    for kind, count in _webp_chunks(file, length):
        if kind == b"VP8X":
            data = _take(file, 10)
            size = (int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1)
        elif kind == b"VP8 " and size is None:
            width, height = struct.unpack("<6xHH", _take(file, 10))
            size = (width & 0x3FFF, height & 0x3FFF)
        elif kind == b"VP8L" and size is None:
            bits = int.from_bytes(_take(file, 5)[1:], "little")
            size = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        elif kind == b"EXIF" and count <= _LARGEST_EXIF:
            data = file.read(count)
            orientation = _exif_orientation(data) if data[:4] == b"Exif" else _tiff_orientation(data)
    if size is None:
        raise PictureError(f"{path}: the WebP header gives no size.", "Copy or download the file again.")
    return _Header(PictureSize(*size, orientation), length >= said + 8)


def _bmp(path: Path, file: BinaryIO, length: int) -> _Header:
    (said, info) = struct.unpack("<2xI8xI", _take(file, 18))
    if info == 12:
        width, height = struct.unpack("<HH", _take(file, 4))
    elif info >= 16:
        width, height = struct.unpack("<ii", _take(file, 8))
    else:
        raise PictureError(f"{path}: the BMP header is damaged.", "Copy or download the file again.")
    return _Header(PictureSize(width, abs(height)), length >= said)


def _decoded(path: Path) -> _Header:
    from store.cv import cv2  # slow to import, and seldom needed

    pixels = None
    try:
        pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise PictureError(f"{path}: is not a picture that can be read ({error.err}).") from error
    if pixels is None:
        raise PictureError(f"{path}: is not a picture.", "Give a JPEG, PNG, WebP or BMP file.")
    return _Header(PictureSize(pixels.shape[1], pixels.shape[0]), True)


def _exif_orientation(data: bytes) -> int:
    return _tiff_orientation(data[6:]) if data[:6] == b"Exif\0\0" else 1


def _tiff_orientation(data: bytes) -> int:
    """The orientation tag of the first directory of a TIFF block; 1 where there is none or it is damaged."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None or len(data) < 8:
        return 1
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    if start + 2 > len(data):
        return 1
    (count,) = struct.unpack_from(f"{order}H", data, start)
    for entry in range(start + 2, min(start + 2 + 12 * count, len(data) - 11), 12):
        tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", data, entry)
        if tag == 0x0112:
            return value if 1 <= value <= 8 else 1
    return 1
