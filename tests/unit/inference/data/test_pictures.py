"""Pictures are read no larger than needed, in their own pixel grid."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from inference.data import pictures
from store.cv import cv2
from store.errors import StudioError
from store.pictures import PictureError


def _jpeg(path: Path, width: int, height: int, exif: bytes = b"") -> Path:
    ok, data = cv2.imencode(".jpg", np.full((height, width, 3), (10, 100, 200), np.uint8))
    assert ok
    raw = data.tobytes()
    path.write_bytes(raw[:2] + exif + raw[2:])
    return path


@pytest.mark.parametrize(
    ("factor", "size"),
    [(1.0, (200, 160)), (1.9, (200, 160)), (2.0, (100, 80)), (5.0, (50, 40)), (99.0, (25, 20))],
)
def test_a_picture_is_decoded_no_larger_than_needed(
    tmp_path: Path, factor: float, size: tuple[int, int]
) -> None:
    found = pictures.read(str(_jpeg(tmp_path / "a.jpg", 200, 160)), factor)
    assert found.shape == (size[1], size[0], 3)
    assert np.abs(found.mean(axis=(0, 1)) - [200, 100, 10]).max() < 6


def test_a_picture_that_is_no_jpeg_is_decoded_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.zeros((40, 60, 3), np.uint8))
    assert pictures.read(str(path), 8.0).shape == (40, 60, 3)


def test_the_orientation_that_a_file_asks_for_is_not_applied(tmp_path: Path) -> None:
    tiff = b"II*\0" + struct.pack("<IHHHIHH", 8, 1, 0x0112, 3, 1, 6, 0) + b"\0" * 4
    body = b"Exif\0\0" + tiff
    exif = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    assert pictures.read(str(_jpeg(tmp_path / "turned.jpg", 40, 20, exif))).shape == (20, 40, 3)


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_a_file_that_is_no_picture_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.jpg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PictureError, match=r"bad\.jpg"):
        pictures.read(str(path))


def test_a_picture_is_scaled_to_its_longer_side() -> None:
    assert pictures.fitted(400, 300, 100) == (100, 75)
    assert pictures.fitted(3, 3000, 100) == (1, 100)
    with pytest.raises(StudioError, match="0 x 5"):
        pictures.fitted(0, 5, 100)


def test_scaling_keeps_what_has_the_size_already() -> None:
    pixels = pictures.empty(8, 4)
    assert pictures.scaled(pixels, 8, 4) is pixels
    assert pictures.scaled(pixels, 4, 6).shape == (6, 4, 3)
