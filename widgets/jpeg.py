"""JPEGs, read whole or at a fraction of their size, and written, by libjpeg-turbo.

Qt's own decoder comes without the processor's vector instructions, and its encoder takes six times as long.
It stays for whatever is not an ordinary JPEG.
"""

from __future__ import annotations

from os import fstat
from pathlib import Path

import numpy as np
import simplejpeg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

#: Of these fractions decoders have quick ways; 3/8 takes longer than 1/2.
_FRACTIONS = (8, 4, 2)
#: What JPEGs hold in this decoder's words; the inks of printers are no colours yet.
_COLOURS = frozenset({"YCbCr", "RGB", "Gray"})
#: More pixels than these are not decoded here: Qt says what is wrong with them.
_MOST_PIXELS = 1 << 26
_START = b"\xff\xd8"
#: Nor are files of more bytes read as a whole.
_LARGEST = 1 << 28


def read_small(data: bytes, size: int) -> QImage | None:
    """A JPEG with its long side at most ``size``, as Format_RGB32; a smaller one as it is.

    None for what this decoder does not read: another format, CMYK, or damage that leaves no picture.
    """
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data, strict=False)
        if colours not in _COLOURS:
            return None
        full = QSize(int(width), int(height))
        wanted = full
        if max(full.width(), full.height()) > size:
            wanted = full.scaled(size, size, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
        least = _decoded(full, wanted)
        if least.width() * least.height() > _MOST_PIXELS:
            return None
        pixels = simplejpeg.decode_jpeg(
            data, "BGRX", min_height=least.height(), min_width=least.width(), strict=False
        )
    except (ValueError, KeyError):
        # The latter where the head is so short that it does not even say how colours are sampled.
        return None
    rows, columns = pixels.shape[:2]
    # The picture below is another view of the array: whatever is handed out must be a copy of it.
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    if image.size() == wanted:
        return image.copy()
    return image.scaled(
        wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def read_whole(path: Path, most_pixels: int = _MOST_PIXELS) -> QImage | None:
    """A JPEG file in its own pixel grid, as Format_RGB32: the pixels that Qt reads, in half the time.

    None for what is for Qt to read: another format, CMYK, more pixels, and whatever is damaged.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(_START))
            if start != _START or fstat(file.fileno()).st_size > _LARGEST:
                return None
            data = start + file.read()
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data)
        if colours not in _COLOURS or width * height > most_pixels:
            return None
        image = QImage(width, height, QImage.Format.Format_RGB32)
        if image.isNull():
            return None
        simplejpeg.decode_jpeg(data, "BGRX", buffer=image.bits())
    except (OSError, ValueError, KeyError):
        return None
    return image


def written(image: QImage, quality: int) -> bytes:
    """A Format_RGB32 picture as a JPEG."""
    rows, columns, line = image.height(), image.width(), image.bytesPerLine()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(rows, line // 4, 4)[:, :columns]
    data: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality, "BGRX", "420")
    return data


def _decoded(full: QSize, wanted: QSize) -> QSize:
    """The size to decode at: that of the smallest quick fraction which is not smaller than wanted."""
    for part in _FRACTIONS:
        size = QSize(-(-full.width() // part), -(-full.height() // part))
        if size.width() >= wanted.width() and size.height() >= wanted.height():
            return size
    return full
