"""Picture files are known by what is in them, and Qt tries nothing by itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from store.cv import cv2
from widgets.reading import format_of, reader_of

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6"/></svg>'


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "bmp", "tiff", "pgm", "ppm"])
def test_a_picture_is_read_whatever_it_is_called(tmp_path: Path, kind: str) -> None:
    colours = 1 if kind == "pgm" else 3
    done, data = cv2.imencode(f".{kind}", np.full((6, 8, colours), 90, np.uint8))
    assert done
    path = tmp_path / "picture.doc"
    path.write_bytes(data.tobytes())
    reader = reader_of(path)
    assert (reader.size().width(), reader.size().height()) == (8, 6)
    assert not reader.read().isNull()


@pytest.mark.parametrize("text", [SVG, "", "GIF", "RIFF0000WAVE", "no picture"])
def test_what_is_no_picture_is_not_tried(tmp_path: Path, text: str) -> None:
    path = tmp_path / "picture.jpg"
    path.write_text(text, encoding="utf-8")
    assert format_of(path) == b""
    reader = reader_of(path)
    assert not reader.size().isValid()
    assert reader.read().isNull()
    assert reader.errorString()


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    assert reader_of(tmp_path / "nothing.png").read().isNull()
