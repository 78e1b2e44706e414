"""Thumbnails: from file, from cache, or why not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from store.records import Image, ImageState
from widgets.browser.thumbnails import Frame, Thumbnails, ThumbnailSource, cut, encode, shrunk

FRAME = Frame(160, 160)


class Cache:
    def __init__(self) -> None:
        self.kept: dict[tuple[int, int], tuple[tuple[int, int], bytes]] = {}
        self.hits = 0

    def get(self, image_id: int, size: int, stamp: tuple[int, int]) -> bytes | None:
        found = self.kept.get((image_id, size))
        if found is None or found[0] != stamp:
            return None
        self.hits += 1
        return found[1]

    def put(self, image_id: int, size: int, stamp: tuple[int, int], data: bytes) -> None:
        self.kept[image_id, size] = (stamp, data)


@pytest.fixture
def thumbnails(qapp) -> Iterator[Thumbnails]:
    made = Thumbnails(threads=1)
    yield made
    made.settle()


def fetch(qtbot: QtBot, thumbnails: Thumbnails, image: Image, frame: Frame = FRAME):
    with qtbot.waitSignal(thumbnails.arrived, check_params_cb=lambda i: i == image.id):
        thumbnails.want([(image, frame)])
    return thumbnails.get(image.id)


def test_a_picture_is_cut_to_exactly_its_frame(qtbot: QtBot, thumbnails: Thumbnails, picture) -> None:
    path = picture(width=1200, height=1600)
    thumbnails.set_source(ThumbnailSource(lambda _image: path))
    found = fetch(qtbot, thumbnails, Image(id=1), Frame(150, 170, ratio=2.0))
    assert (found.pixmap.width(), found.pixmap.height()) == (150, 170)
    assert found.pixmap.devicePixelRatio() == 2.0
    assert found.state is ImageState.PRESENT


def test_a_fitted_picture_keeps_its_shape(qtbot: QtBot, thumbnails: Thumbnails, picture) -> None:
    path = picture(width=1200, height=1600)
    thumbnails.set_source(ThumbnailSource(lambda _image: path))
    found = fetch(qtbot, thumbnails, Image(id=1), Frame(160, 160, fill=False))
    assert (found.pixmap.width(), found.pixmap.height()) == (120, 160)


def test_a_missing_file_is_said_to_be_missing(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    thumbnails.set_source(ThumbnailSource(lambda _image: tmp_path / "gone.jpg"))
    found = fetch(qtbot, thumbnails, Image(id=1))
    assert found.pixmap is None
    assert found.state is ImageState.MISSING
    assert "gone.jpg" in found.message


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\nbroken"])
def test_an_unreadable_file_is_said_to_be_so(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    thumbnails.set_source(ThumbnailSource(lambda _image: path))
    found = fetch(qtbot, thumbnails, Image(id=1))
    assert found.state is ImageState.UNREADABLE
    assert "broken.png" in found.message


def test_content_and_not_the_name_decides_the_format(picture: Callable[..., Path], tmp_path: Path) -> None:
    path = picture("real.png").rename(tmp_path / "called.jpg")
    image, reason = shrunk(path, 256)
    assert image is not None, reason
    assert (image.width(), image.height()) == (192, 256)


def test_transparent_pictures_stand_on_white(tmp_path: Path) -> None:
    clear = QImage(40, 40, QImage.Format.Format_ARGB32)
    clear.fill(QColor(0, 0, 0, 0))
    path = tmp_path / "clear.png"
    assert clear.save(str(path))
    image, _ = shrunk(path, 256)
    assert image is not None
    assert image.pixelColor(5, 5) == QColor("white")


def test_high_pictures_lose_more_below_than_above(qapp) -> None:
    image = QImage(100, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    for x in range(100):
        for y in range(100, 200):
            image.setPixel(x, y, 0xFFFFFFFF)
    assert cut(image, Frame(100, 100)).pixelColor(50, 50) == QColor("white")


def test_the_cache_spares_the_file(qtbot: QtBot, thumbnails: Thumbnails, picture) -> None:
    path, cache = picture(width=900, height=1200), Cache()
    source = ThumbnailSource(lambda _image: path, cache)
    thumbnails.set_source(source)
    fetch(qtbot, thumbnails, Image(id=1))
    assert len(cache.kept[1, 256][1]) < 30_000
    thumbnails.set_source(source)
    fetch(qtbot, thumbnails, Image(id=1))
    assert cache.hits == 1
    other = QImage(60, 60, QImage.Format.Format_RGB32)
    other.fill(QColor("red"))
    assert other.save(str(path))
    thumbnails.set_source(source)
    changed = fetch(qtbot, thumbnails, Image(id=1))
    assert changed.pixmap.toImage().pixelColor(80, 80).red() > 200
    assert cache.hits == 1


def test_a_broken_cache_entry_is_made_anew(qtbot: QtBot, thumbnails: Thumbnails, picture) -> None:
    path, cache = picture(), Cache()
    status = path.stat()
    cache.put(1, 256, (status.st_mtime_ns, status.st_size), b"rubbish")
    thumbnails.set_source(ThumbnailSource(lambda _image: path, cache))
    assert fetch(qtbot, thumbnails, Image(id=1)).state is ImageState.PRESENT
    assert cache.kept[1, 256][1] != b"rubbish"


def test_large_tiles_come_from_the_larger_thumbnail(qtbot: QtBot, thumbnails: Thumbnails, picture) -> None:
    path, cache = picture(width=900, height=1200), Cache()
    thumbnails.set_source(ThumbnailSource(lambda _image: path, cache))
    fetch(qtbot, thumbnails, Image(id=1), Frame(190, 190))
    fetch(qtbot, thumbnails, Image(id=1), Frame(300, 300))
    assert {size for _, size in cache.kept} == {256, 512}


def test_what_was_scrolled_away_is_never_begun(qtbot: QtBot, thumbnails: Thumbnails, picture) -> None:
    path, gate, read = picture(), threading.Event(), []

    def find(image: Image) -> Path:
        read.append(image.id)
        assert gate.wait(5)
        return path

    thumbnails.set_source(ThumbnailSource(find))
    thumbnails.want([(Image(id=i), FRAME) for i in range(1, 30)])
    thumbnails.want([(Image(id=i), FRAME) for i in (101, 102)])
    gate.set()
    qtbot.waitUntil(lambda: thumbnails.idle)
    assert read == [1, 101, 102]


def test_pictures_of_the_store_before_are_dropped(qtbot: QtBot, thumbnails: Thumbnails, picture) -> None:
    path = picture()
    thumbnails.set_source(ThumbnailSource(lambda _image: path))
    thumbnails.want([(Image(id=1), FRAME)])
    thumbnails.set_source(ThumbnailSource(lambda _image: path))
    with qtbot.assertNotEmitted(thumbnails.arrived, wait=100):
        pass
    assert thumbnails.get(1) is None


def test_memory_is_bounded(qtbot: QtBot, picture) -> None:
    path, made = picture(), Thumbnails(memory=3 * 160 * 160 * 4, threads=1)
    made.set_source(ThumbnailSource(lambda _image: path))
    made.want([(Image(id=i), FRAME) for i in range(1, 8)])
    qtbot.waitUntil(lambda: made.idle)
    assert [i for i in range(1, 8) if made.get(i)] == [5, 6, 7]
    made.settle()


def test_a_name_out_of_the_dataset_is_an_unreadable_picture(qtbot: QtBot, thumbnails: Thumbnails) -> None:
    from store.errors import StoreError

    def refuse(image: Image) -> Path:
        raise StoreError(f"{image.name} leads out of the dataset.")

    thumbnails.set_source(ThumbnailSource(refuse))
    found = fetch(qtbot, thumbnails, Image(id=1, name="../x.jpg"))
    assert found.state is ImageState.UNREADABLE
    assert "../x.jpg" in found.message


def test_encoded_pictures_are_jpegs(qapp) -> None:
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert encode(image).startswith(b"\xff\xd8\xff")


def test_a_file_that_turns_up_is_found_on_a_retry(qtbot: QtBot, thumbnails: Thumbnails, picture) -> None:
    path = picture()
    away = path.rename(path.with_name("away.jpg"))
    thumbnails.set_source(ThumbnailSource(lambda _image: path))
    assert fetch(qtbot, thumbnails, Image(id=1)).state is ImageState.MISSING
    away.rename(path)
    thumbnails.want([(Image(id=1), FRAME)])
    assert thumbnails.idle
    thumbnails.retry()
    assert fetch(qtbot, thumbnails, Image(id=1)).state is ImageState.PRESENT
