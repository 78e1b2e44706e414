"""Decoding off the GUI thread: once, ahead, and nothing that nobody waits for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QThread
from PySide6.QtGui import QColor, QImage

from store.cv import cv2
from widgets.canvas import pictures as module
from widgets.canvas.pictures import Picture, Pictures, decode
from widgets.jpeg import read_whole


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    made = []
    for number in range(8):
        image = QImage(40 + number, 30, QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        made.append(tmp_path / f"{number}.png")
        image.save(str(made[-1]))
    return made


@pytest.fixture
def pictures(qapp: object) -> Iterator[Pictures]:
    made = Pictures(threads=1)
    yield made
    made.close()


def test_a_picture_is_brought_once_and_then_is_there(
    pictures: Pictures, files: list[Path], qtbot: object
) -> None:
    with qtbot.waitSignal(pictures.ready) as got:  # type: ignore[attr-defined]
        assert pictures.show(files[0]) is None
    assert got.args[0].path == files[0]
    assert got.args[0].image.width() == 40
    assert pictures.show(files[0]) is got.args[0]


def test_decoding_does_not_happen_on_the_gui_thread(
    pictures: Pictures, files: list[Path], qtbot: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def watched(path: Path) -> Picture:
        threads.append(QThread.currentThread())
        return decode(path)

    monkeypatch.setattr(module, "decode", watched)
    with qtbot.waitSignal(pictures.ready):  # type: ignore[attr-defined]
        pictures.show(files[0])
    assert threads
    assert threads[0] != QThread.currentThread()


def test_neighbours_are_there_when_they_are_wanted(
    pictures: Pictures, files: list[Path], qtbot: object
) -> None:
    pictures.show(files[0], files[1:3])
    qtbot.waitUntil(lambda: all(pictures.cached(one) for one in files[:3]))  # type: ignore[attr-defined]
    assert pictures.show(files[1]) is pictures.cached(files[1])


def test_an_answer_that_came_too_late_is_dropped(
    pictures: Pictures, files: list[Path], qtbot: object
) -> None:
    shown: list[Path] = []
    pictures.ready.connect(lambda picture: shown.append(picture.path))
    for path in files:
        pictures.show(path)
    qtbot.waitUntil(lambda: bool(shown))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not pictures._running)  # type: ignore[attr-defined]
    assert shown == [files[-1]]


def test_coming_back_to_one_that_was_given_up_brings_it(
    pictures: Pictures, files: list[Path], qtbot: object
) -> None:
    pictures.show(files[0])
    pictures.show(files[1])
    with qtbot.waitSignal(pictures.ready) as got:  # type: ignore[attr-defined]
        pictures.show(files[0])
    assert got.args[0].path == files[0]


def test_only_the_last_few_are_kept(pictures: Pictures, files: list[Path], qtbot: object) -> None:
    for path in files:
        with qtbot.waitSignal(pictures.ready):  # type: ignore[attr-defined]
            pictures.show(path)
    assert sum(pictures.cached(one) is not None for one in files) == module.KEEP
    assert pictures.cached(files[-1]) is not None


def test_bytes_are_bounded_but_the_current_one_always_stays(
    pictures: Pictures, files: list[Path], qtbot: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEEP_BYTES", 1)
    for path in files[:3]:
        with qtbot.waitSignal(pictures.ready):  # type: ignore[attr-defined]
            pictures.show(path)
    assert [one for one in files if pictures.cached(one)] == [files[2]]


@pytest.mark.qt_log_ignore("JPEG")
@pytest.mark.parametrize("content", [None, b"", b"\xff\xd8\xff\xe0 not a picture"])
def test_what_cannot_be_decoded_says_why(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.jpg"
    if content is not None:
        path.write_bytes(content)
    picture = decode(path)
    assert picture.image.isNull()
    assert picture.error


def test_the_name_of_a_file_may_lie(tmp_path: Path) -> None:
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    path = tmp_path / "really_png.jpg"
    assert image.save(str(path), "PNG")
    assert decode(path).image.size() == image.size()


def test_nothing_is_brought_after_closing(pictures: Pictures, files: list[Path], qtbot: object) -> None:
    shown: list[Picture] = []
    pictures.ready.connect(shown.append)
    pictures.show(files[0], files[1:])
    pictures.close()
    qtbot.wait(30)  # type: ignore[attr-defined]
    assert not shown
    assert pictures.cached(files[0]) is None


def _by_qt(path: Path, monkeypatch: pytest.MonkeyPatch) -> Picture:
    with monkeypatch.context() as patch:
        patch.setattr(module, "read_whole", lambda _path, _most: None)
        return decode(path)


@pytest.mark.parametrize(
    ("channels", "flags"),
    [
        (3, []),
        (1, []),
        (3, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
        (3, [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111]),
        (3, [cv2.IMWRITE_JPEG_RST_INTERVAL, 2]),
    ],
)
def test_the_quick_way_through_usual_jpeg_files_says_what_qt_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channels: int, flags: list[int]
) -> None:
    path = tmp_path / "usual.jpg"
    pixels = np.random.default_rng(4).integers(0, 256, (53, 71, channels), np.uint8)
    assert cv2.imwrite(str(path), pixels, flags)
    quick = read_whole(path)
    assert quick is not None
    assert quick.size().toTuple() == (71, 53)
    assert quick == _by_qt(path, monkeypatch).image
    assert decode(path).image == quick


@pytest.mark.qt_log_ignore("JPEG", "marker")
def test_what_is_wrong_with_a_jpeg_file_is_for_qt_to_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "wrong.jpg"
    coarse = np.random.default_rng(5).integers(0, 256, (16, 16, 3), np.uint8)
    usual = cv2.imencode(".jpg", cv2.resize(coarse, (128, 128)))[1].tobytes()
    marker_inside = usual[: len(usual) // 2] + b"\xff\x87" + usual[len(usual) // 2 + 2 :]
    for content in (usual[:-40], marker_inside, usual[:2] + usual[-2:], b"\xff\xd8\xff\xc0\x00\xff\xd9", b""):
        path.write_bytes(content)
        assert read_whole(path) is None
        ours, theirs = decode(path), _by_qt(path, monkeypatch)
        assert (ours.image, bool(ours.error)) == (theirs.image, bool(theirs.error))
    assert read_whole(tmp_path / "none.jpg") is None
    path.write_bytes(usual)
    assert read_whole(path, 127 * 128) is None
