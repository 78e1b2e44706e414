"""JPEGs read small: the size, the colours, and what is left to Qt."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
import simplejpeg
from PySide6.QtGui import QColor, QImage

from store.cv import cv2
from widgets.browser.thumbnails import MOST_BYTES, shrunk
from widgets.jpeg import read_small, written

RED, BLUE = QColor(200, 40, 40), QColor(30, 60, 190)


def halves(width: int, height: int) -> np.ndarray:
    """Left red, right blue, ``(height, width, 3)`` RGB."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:, : width // 2] = RED.toTuple()[:3]
    pixels[:, width // 2 :] = BLUE.toTuple()[:3]
    return pixels


def near(colour: QColor, other: QColor) -> bool:
    return all(abs(a - b) <= 6 for a, b in zip(colour.toTuple(), other.toTuple(), strict=True))


@pytest.mark.parametrize(
    ("width", "height", "small"),
    [
        (1000, 1333, (192, 256)),
        (468, 702, (170, 256)),
        (300, 256, (256, 218)),
        (257, 40, (256, 39)),
        (4000, 10, (256, 1)),
        (200, 100, (200, 100)),
        (1, 1, (1, 1)),
    ],
)
def test_the_long_side_is_at_most_so_long(width: int, height: int, small: tuple[int, int]) -> None:
    image = read_small(simplejpeg.encode_jpeg(halves(width, height), 95), 256)
    assert image is not None
    assert image.size().toTuple() == small
    assert image.format() == QImage.Format.Format_RGB32
    if width > 50:
        middle = image.height() // 2
        assert near(image.pixelColor(2, middle), RED)
        assert near(image.pixelColor(image.width() - 3, middle), BLUE)


def test_grey_pictures_are_grey() -> None:
    data = simplejpeg.encode_jpeg(np.full((300, 400, 1), 90, np.uint8), 95, "GRAY")
    image = read_small(data, 100)
    assert image is not None
    assert near(image.pixelColor(50, 30), QColor(90, 90, 90))


def test_progressive_and_cut_off_pictures_are_read(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (600, 400, 3)).astype(np.uint8)
    done, data = cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])
    assert done
    for part in (data.tobytes(), data.tobytes()[: len(data) // 2]):
        image = read_small(part, 150)
        assert image is not None
        assert image.size().toTuple() == (100, 150)


@pytest.mark.qt_log_ignore("JPEG datastream contains no image")
@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe0 nothing", b"\x89PNG\r\n\x1a\n", b"text" * 99]
)
def test_what_is_no_jpeg_is_left_to_others(data: bytes, tmp_path: Path) -> None:
    assert read_small(data, 256) is None
    file = tmp_path / "file.jpg"
    file.write_bytes(data)
    image, reason = shrunk(file, 256)
    assert image is None
    assert reason


def test_colours_of_printers_are_left_to_qt(tmp_path: Path) -> None:
    data = simplejpeg.encode_jpeg(np.zeros((300, 400, 4), np.uint8), 95, "CMYK")
    assert read_small(data, 100) is None
    file = tmp_path / "print.jpg"
    file.write_bytes(data)
    image, _ = shrunk(file, 100)
    assert image is not None
    assert image.size().toTuple() == (100, 75)


def test_written_pictures_come_back() -> None:
    image = QImage(101, 40, QImage.Format.Format_RGB32)
    image.fill(BLUE)
    back = read_small(written(image, 85), 256)
    assert back is not None
    assert back.size() == image.size()
    assert near(back.pixelColor(99, 20), BLUE)


def test_a_huge_file_is_not_read_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "huge.jpg"
    with file.open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)
    monkeypatch.setattr(Path, "read_bytes", Mock(side_effect=MemoryError))
    image, reason = shrunk(file, 256)
    assert image is None
    assert reason
