"""Headers of picture files, whole and broken."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.cv import cv2
from store.pictures import MAX_PIXELS, Inside, PictureError, PictureSize, Probe, picture_size, probe
from store.records import ImageState

KINDS = ("jpg", "png", "webp", "bmp", "tiff")
NOISE = np.random.default_rng(0).integers(0, 255, (37, 53, 3), dtype=np.uint8)


def encoded(kind: str) -> bytes:
    return bytes(cv2.imencode(f".{kind}", NOISE)[1])


def exif(orientation: int, order: str = "<") -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def jpeg_with_exif(orientation: int, order: str) -> bytes:
    block = b"Exif\0\0" + exif(orientation, order)
    data = encoded("jpg")
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return tmp_path / "000001.jpg"


@pytest.mark.parametrize("kind", KINDS)
def test_size_of_every_kind(kind: str, picture: Path) -> None:
    picture.write_bytes(encoded(kind))
    assert picture_size(picture) == PictureSize(53, 37, 1)
    found = probe(picture)
    assert (found.state, found.width, found.height, found.message) == (ImageState.PRESENT, 53, 37, "")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_reported_and_not_applied(orientation: int, order: str, picture: Path) -> None:
    picture.write_bytes(jpeg_with_exif(orientation, order))
    assert picture_size(picture) == PictureSize(53, 37, orientation)


def test_orientation_of_png_and_webp(picture: Path) -> None:
    block = exif(6)
    png = encoded("png")
    picture.write_bytes(png[:33] + struct.pack(">I4s", len(block), b"eXIf") + block + bytes(4) + png[33:])
    assert picture_size(picture) == PictureSize(53, 37, 6)
    plain = cv2.imencode(".webp", NOISE, [cv2.IMWRITE_WEBP_QUALITY, 80])[1].tobytes()
    body = plain[12:] if plain[12:16] != b"VP8X" else plain[30:]
    head = b"VP8X" + struct.pack("<I", 10) + bytes([8, 0, 0, 0]) + (52).to_bytes(3, "little")
    chunks = head + (36).to_bytes(3, "little") + body + b"EXIF" + struct.pack("<I", len(block)) + block
    picture.write_bytes(b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks)
    assert picture_size(picture) == PictureSize(53, 37, 6)
    assert probe(picture).state is ImageState.PRESENT


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "bmp"])
def test_truncated_file_is_unreadable_but_keeps_its_size(kind: str, picture: Path) -> None:
    data = encoded(kind)
    picture.write_bytes(data[: len(data) * 3 // 4])
    found = probe(picture)
    assert (found.state, found.width, found.height) == (ImageState.UNREADABLE, 53, 37)
    assert str(picture) in found.message
    assert "cut short" in found.message


def test_end_marker_of_an_embedded_thumbnail_does_not_count(picture: Path) -> None:
    block = b"Exif\0\0" + exif(1) + b"\xff\xd8\xff\xd9"
    data = encoded("jpg")
    data = data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:-200]
    picture.write_bytes(data)
    assert probe(picture).state is ImageState.UNREADABLE


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"not a picture at all, but long enough", "not a picture"),
        (b"\xff\xd8\xff\xe0\x00", "cut short"),
        (b"\xff\xd8garbage in the header", "damaged"),
        (b"\xff\xd8\xff\xda\x00\x02", "no size"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "cut short"),
        (b"BM" + bytes(30), "damaged"),
    ],
)
def test_bad_file_names_itself(content: bytes, says: str, picture: Path) -> None:
    picture.write_bytes(content)
    with pytest.raises(PictureError, match=says) as caught:
        picture_size(picture)
    assert str(picture) in str(caught.value)
    found = probe(picture)
    assert found.state is ImageState.UNREADABLE
    assert says in found.message


def test_missing_file(tmp_path: Path) -> None:
    assert probe(tmp_path / "none.jpg").state is ImageState.MISSING
    assert probe(tmp_path / "none" / "none.jpg").state is ImageState.MISSING
    with pytest.raises(PictureError, match=r"none\.jpg"):
        picture_size(tmp_path / "none.jpg")


def test_what_is_no_file_is_said_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "folder.jpg").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    names = {"folder.jpg": "a folder", "pipe.jpg": "a pipe", "loop.jpg": "symbolic links", "n" * 300: "name"}
    for name, word in names.items():
        found = probe(tmp_path / name)
        assert found.state is ImageState.UNREADABLE
        assert word in found.message
        assert name in found.message


def test_size_is_bounded(picture: Path) -> None:
    side = int(MAX_PIXELS**0.5) + 1
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", side, side)
    picture.write_bytes(head + bytes(9) + struct.pack(">I4s", 0, b"IDAT"))
    with pytest.raises(PictureError, match="200 megapixels"):
        picture_size(picture)


@given(kind=st.sampled_from(KINDS[:4]), keep=st.integers(0, 400), flip=st.integers(0, 400))
def test_damage_never_escapes_as_another_error(
    kind: str, keep: int, flip: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = bytearray(encoded(kind)[:keep])
    if flip < len(data):
        data[flip] ^= 0xFF
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(data)
    assert probe(path).state in (ImageState.PRESENT, ImageState.UNREADABLE)


def glanced(path: Path) -> Probe | None:
    return Inside(path.parent).glance(path.name)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_glance_says_what_is_said_after_a_long_look(orientation: int, picture: Path) -> None:
    picture.write_bytes(jpeg_with_exif(orientation, "<"))
    assert glanced(picture) == probe(picture) == Probe(ImageState.PRESENT, 53, 37, orientation)


@given(st.integers(0, 700), st.integers(0, 255), st.integers(0, 2_000))
def test_a_glance_at_a_damaged_picture_says_no_more(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int, cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.jpg"
    data = bytearray(jpeg_with_exif(3, ">"))
    data[at % len(data)] = value
    path.write_bytes(data[: len(data) - cut] if cut < len(data) else data)
    assert glanced(path) in (None, probe(path))


def test_a_glance_is_not_enough_for_anything_but_a_plain_file_inside(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.jpg").write_bytes(encoded("jpg"))
    (tmp_path / "in" / "link.jpg").symlink_to(tmp_path / "out.jpg")
    (tmp_path / "in" / "away").symlink_to(tmp_path)
    (tmp_path / "in" / "folder.jpg").mkdir()
    os.mkfifo(tmp_path / "in" / "pipe.jpg")
    (tmp_path / "in" / "a.png").write_bytes(encoded("png"))
    inside = Inside(tmp_path / "in")
    for name in ("link.jpg", "away/out.jpg", "../out.jpg", "folder.jpg", "pipe.jpg", "a.png", "none", "a\0"):
        assert inside.glance(name) is None
