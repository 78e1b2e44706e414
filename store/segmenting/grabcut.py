"""GrabCut: what is meant is told from the rest by its colours, by OpenCV."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from store.document.mask_edits import Stroke
from store.errors import StudioError
from store.outlines.drawing import Window
from store.records import Floats
from store.segmenting import Picture, Piece, Pixels, Prompt

#: A larger piece is looked at smaller: beyond this many pixels the borders get no better, only later.
_MOST_PIXELS = 250_000
#: So much of the box's size is looked at around it, to learn what is not meant.
_AROUND = 0.2
_ROUNDS = 4
#: Pieces smaller than this share of the largest are crumbs, unless a stroke lies in them.
_CRUMB = 0.03
#: What strokes cover at least, in pixels of what is looked at.
_THIN = 1.0


class GrabCut:
    """Looks at the box and around it; strokes and points say what is certain."""

    title = "GrabCut"

    def segment(self, picture: Picture, prompt: Prompt) -> Piece:
        """See :class:`store.segmenting.Segmenter`. StudioError without a box or a stroke in what is meant."""
        from store.cv import cv2  # slow to import, and only masks need it

        window = _window(prompt, picture.size)
        x1, y1, x2, y2 = window
        if x2 - x1 < 3 or y2 - y1 < 3:
            raise StudioError(
                "There is too little of the image in the box.", "Draw the box round the garment."
            )
        seen = picture.pixels(window)
        scale = min(1.0, math.sqrt(_MOST_PIXELS / (seen.shape[0] * seen.shape[1])))
        if scale < 1:
            size = max(3, round(seen.shape[1] * scale)), max(3, round(seen.shape[0] * scale))
            seen = np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), np.uint8)
        sides = np.array([seen.shape[1] / (x2 - x1), seen.shape[0] / (y2 - y1)])
        known = _known(prompt, np.array([x1, y1]), sides, seen.shape[:2])
        if not _both(known):
            raise StudioError(
                "There is nothing in the image that is certainly not the garment.",
                "Draw over the background with Ctrl held, or a smaller box.",
            )
        back, front = np.zeros((1, 65)), np.zeros((1, 65))
        colours = np.ascontiguousarray(seen[:, :, ::-1])
        cv2.grabCut(colours, known, (0, 0, 1, 1), back, front, _ROUNDS, cv2.GC_INIT_WITH_MASK)
        found = ((known == cv2.GC_FGD) | (known == cv2.GC_PR_FGD)).astype(np.uint8)
        whole = _without_crumbs(found, known == cv2.GC_FGD)
        if whole.shape != (y2 - y1, x2 - x1):
            # Looked at smaller here, or decoded smaller.
            large = cv2.resize(whole * 255, (x2 - x1, y2 - y1), interpolation=cv2.INTER_LINEAR)
            whole = (large >= 128).astype(np.uint8)
        return Piece(whole, (x1, y1))


def _window(prompt: Prompt, size: tuple[int, int]) -> Window:
    """What is looked at: the box, or what is marked, and around it."""
    strokes = [point for stroke in (*prompt.keep, *prompt.drop) for point in stroke.points]
    marked = np.array([*strokes, *prompt.inside, *prompt.outside], np.float64).reshape(-1, 2)
    around = _AROUND
    if prompt.box is not None:
        low, high = prompt.box[:2], prompt.box[2:]
    elif len(marked):
        # Nobody said how large it is: a stroke is taken to lie in the middle of it.
        low, high, around = marked.min(axis=0), marked.max(axis=0), 1.0
    else:
        raise StudioError("Nothing is marked.", "Draw a box round the garment, or a stroke over it.")
    margin = max(8.0, float((high - low).max()) * around)
    if len(marked):
        low, high = np.minimum(low, marked.min(axis=0)), np.maximum(high, marked.max(axis=0))
    x1, y1 = np.clip(np.floor(low - margin), 0, size).astype(int).tolist()
    x2, y2 = np.clip(np.ceil(high + margin), 0, size).astype(int).tolist()
    return x1, y1, x2, y2


def _known(prompt: Prompt, corner: Floats, sides: Floats, shape: Sequence[int]) -> Pixels:
    """What is known before: 0 certainly not, 1 certainly, 2 likely not, 3 likely."""
    from store.cv import cv2

    known = np.full(shape, cv2.GC_PR_BGD if prompt.box is None else cv2.GC_BGD, np.uint8)
    if prompt.box is not None:
        x1, y1 = np.floor((prompt.box[:2] - corner) * sides).astype(int).clip(0)
        x2, y2 = np.ceil((prompt.box[2:] - corner) * sides).astype(int).clip(0)
        known[y1:y2, x1:x2] = cv2.GC_PR_FGD
        if not (known == cv2.GC_BGD).any():
            # The box is all of the image: its rim is taken for what is behind.
            known[:1], known[-1:], known[:, :1], known[:, -1:] = (cv2.GC_BGD,) * 4
    else:
        rim = (known[:1], known[-1:], known[:, :1], known[:, -1:])
        for line in rim:
            line[:] = cv2.GC_BGD
    for strokes, points, value in (
        (prompt.keep, prompt.inside, cv2.GC_FGD),
        (prompt.drop, prompt.outside, cv2.GC_BGD),
    ):
        _draw(known, (*strokes, *(Stroke((point,), 2.0) for point in points)), value, corner, sides)
    if prompt.box is None:
        # Round what is certain it is likely: without that there is nothing to compare with.
        near = cv2.dilate((known == cv2.GC_FGD).astype(np.uint8), np.ones((9, 9), np.uint8))
        known[(near > 0) & (known == cv2.GC_PR_BGD)] = cv2.GC_PR_FGD
    return known


def _draw(known: Pixels, strokes: Iterable[Stroke], value: int, corner: Floats, sides: Floats) -> None:
    from store.cv import cv2

    for stroke in strokes:
        line = np.round((np.array(stroke.points, np.float64) - corner) * sides).astype(np.int32)
        radius = max(_THIN / 2, stroke.radius * float(sides.mean()))
        for end in (line[0], line[-1]):
            cv2.circle(known, (int(end[0]), int(end[1])), round(radius), int(value), cv2.FILLED)
        thick = max(1, round(2 * radius))
        cv2.polylines(known, [line.reshape(-1, 1, 2)], False, int(value), thick)


def _both(known: Pixels) -> bool:
    """Whether there is something of both kinds to learn from."""
    inside = (known == 1) | (known == 3)
    return bool(inside.any()) and bool((~inside).any())


def _without_crumbs(found: Pixels, certain: NDArray[np.bool_]) -> Pixels:
    """The pieces that are large, or in which a stroke lies."""
    from store.cv import cv2

    count, pieces, facts, _ = cv2.connectedComponentsWithStats(found, connectivity=4)
    if count <= 1:
        return found
    areas = facts[1:, 4]
    kept = areas >= _CRUMB * areas.max()
    kept[np.unique(pieces[certain & (found > 0)]) - 1] = True
    return np.isin(pieces, np.flatnonzero(kept) + 1).astype(np.uint8)
