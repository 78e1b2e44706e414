"""Picture files read with Qt, in threads of their own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QImageReader

_LONGEST_START = 12
#: How files begin, and what Qt calls their format.
_STARTS = (
    (b"\xff\xd8", b"jpeg"),
    (b"\x89PNG\r\n\x1a\n", b"png"),
    (b"GIF8", b"gif"),
    (b"BM", b"bmp"),
    (b"II*\x00", b"tiff"),
    (b"MM\x00*", b"tiff"),
    (b"P4", b"pbm"),
    (b"P5", b"pgm"),
    (b"P6", b"ppm"),
)


def reader_of(path: Path) -> QImageReader:
    """A reader of a picture file; it can read nothing where the file is none, or is not there.

    The content decides the format, not the name: datasets have PNG files called .jpg. Qt is not left to try
    its formats: the one for SVG connects signals while it looks at a file. Where the window
    disconnects others at that moment, each waits for ever for the lock that the other holds: Qt's of
    connections, or the interpreter's, which PySide keeps while a reader is asked for its size.
    """
    reader = QImageReader(str(path))
    reader.setAutoDetectImageFormat(False)
    reader.setFormat(format_of(path))
    return reader


def format_of(path: Path) -> bytes:
    """What Qt calls the format of a picture file; empty where it is none that datasets have, or not there."""
    try:
        with path.open("rb") as file:
            start = file.read(_LONGEST_START)
    except OSError:
        return b""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return b"webp"
    return next((name for begins, name in _STARTS if start.startswith(begins)), b"")
