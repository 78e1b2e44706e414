"""GrabCut finds what its colours tell from the rest; other segmenters are found by their entry point."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import numpy as np
import pytest

import store.segmenting
from store.document.mask_edits import Stroke
from store.errors import StudioError
from store.outlines.drawing import Window
from store.segmenting import GRABCUT, Piece, Pixels, Prompt, names, segmenter


class Drawn:
    """A red garment with a blue patch on noisy grey."""

    key = "drawn"

    def __init__(self, scale: int = 1) -> None:
        noise = np.random.default_rng(0).integers(0, 25, (120, 160, 3))
        picture = noise + 100
        picture[30:90, 40:100] = noise[30:90, 40:100] + [200, 20, 20]
        picture[50:70, 60:80] = noise[50:70, 60:80] + [20, 20, 200]
        self._pixels = np.kron(picture, np.ones((scale, scale, 1))).astype(np.uint8)
        self.size = (160 * scale, 120 * scale)

    def pixels(self, window: Window) -> Pixels:
        x1, y1, x2, y2 = window
        return self._pixels[y1:y2, x1:x2]


def whole(piece: Piece, size: tuple[int, int]) -> Pixels:
    mask = np.zeros((size[1], size[0]), np.uint8)
    (x, y), (height, width) = piece.corner, piece.mask.shape
    mask[y : y + height, x : x + width] = piece.mask
    return mask


@pytest.mark.parametrize("scale", [1, 8])
def test_a_garment_is_found_in_its_box(scale: int) -> None:
    picture = Drawn(scale)
    found = whole(
        segmenter().segment(picture, Prompt(box=np.array([35.0, 25, 105, 95]) * scale)), picture.size
    )
    true = np.zeros_like(found)
    true[30 * scale : 90 * scale, 40 * scale : 100 * scale] = 1
    true[50 * scale : 70 * scale, 60 * scale : 80 * scale] = found[
        50 * scale : 70 * scale, 60 * scale : 80 * scale
    ]
    assert (found & true).sum() / (found | true).sum() > 0.95


def test_strokes_say_what_belongs_and_what_does_not() -> None:
    picture = Drawn()
    box = np.array([35.0, 25, 105, 95])
    patch = (Stroke(((63.0, 60.0), (77.0, 60.0)), 6),)
    kept = whole(segmenter().segment(picture, Prompt(box, keep=patch)), picture.size)
    dropped = whole(segmenter().segment(picture, Prompt(box, drop=patch)), picture.size)
    assert kept[60, 70] == 1
    assert dropped[60, 70] == 0
    assert dropped[35, 45] == 1


def test_a_stroke_alone_is_enough() -> None:
    picture = Drawn()
    strokes = (Stroke(((45.0, 35.0), (95.0, 35.0), (95.0, 85.0), (45.0, 85.0)), 2),)
    found = whole(segmenter().segment(picture, Prompt(keep=strokes)), picture.size)
    assert found[32, 60] == 1
    assert found[5, 5] == 0


@pytest.mark.parametrize(
    "prompt",
    [
        Prompt(),
        Prompt(box=np.array([10.0, 10, 10, 10]) - 5000),
        Prompt(box=np.array([10.0, 10, 50, 50]), drop=(Stroke(((20.0, 20.0),), 400),)),
    ],
)
def test_what_says_nothing_is_refused(prompt: Prompt) -> None:
    with pytest.raises(StudioError):
        segmenter().segment(Drawn(), prompt)


@pytest.mark.parametrize("box", [[0, 0, 160, 120], [-50, -50, 500, 500], [150, 110, 170, 130]])
def test_boxes_at_the_border_and_beyond_are_no_trouble(box: list[float]) -> None:
    piece = segmenter().segment(Drawn(), Prompt(box=np.array(box, np.float64)))
    assert piece.mask.ndim == 2


def test_a_picture_that_was_decoded_smaller_gets_a_mask_of_the_image() -> None:
    picture = Drawn(8)

    class Smaller:
        key, size = "smaller", picture.size

        def pixels(self, window: Window) -> Pixels:
            return np.ascontiguousarray(picture.pixels(window)[::16, ::16])

    piece = segmenter().segment(Smaller(), Prompt(box=np.array([35.0, 25, 105, 95]) * 8))
    found = whole(piece, picture.size)
    assert found[36 * 8, 45 * 8] == 1
    assert found.sum() > 40 * 40 * 64


class Other:
    title = "Other"

    def segment(self, picture: Drawn, prompt: Prompt) -> Piece:
        del picture, prompt
        return Piece(np.ones((2, 2), np.uint8))


def test_packages_add_segmenters(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("other", f"{__name__}:Other", store.segmenting.GROUP),
        EntryPoint("broken", f"{__name__}:Nothing", store.segmenting.GROUP),
    ]
    monkeypatch.setattr(store.segmenting, "entry_points", lambda group: points)
    assert names() == (GRABCUT, "broken", "other")
    assert segmenter("other").title == "Other"
    with pytest.raises(StudioError, match="broken"):
        segmenter("broken")
    with pytest.raises(StudioError, match="no segmenter nobody"):
        segmenter("nobody")
