"""What the annotation file says of a drawn picture: exactly what was drawn, in DeepFashion2's fields."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import category
from store.cv import cv2
from store.demo.canvas import Pixels
from store.demo.compose import SIDE_VIEW, Drawn
from store.demo.curves import Points
from store.demo.garments import Worn
from store.demo.plan import Picture, Piece
from store.records import VISIBILITY_WORDS, Visibility

#: Our own key inside an item; official tools skip keys they do not know there.
OWN_KEY = "deepfashion_studio"

Item = dict[str, Any]

_SHIFT = 6
_SMALLEST = 0.004
_SHOWN = 0.05
_SPECK = 12


def annotation(plan: Picture, drawn: Drawn) -> dict[str, Any]:
    """The whole annotation file of a picture; garments that cannot be seen are left out."""
    content: dict[str, Any] = {"source": plan.domain, "pair_id": plan.pair_id}
    number = 0
    for garment, piece in drawn.garments:
        item = _item(drawn, garment, piece)
        if item is not None:
            number += 1
            content[f"item{number}"] = item
    return content


def _item(drawn: Drawn, garment: Worn, piece: Piece) -> Item | None:
    height, width = drawn.canvas.order.shape
    outlines = garment.mask_outlines()
    mask = _mask(list(outlines.values()), width, height)
    area = int(np.count_nonzero(mask))
    if area < _SMALLEST * width * height or _shown(drawn, garment, mask) < _SHOWN * area:
        return None
    polygons = _polygons(mask, largest_first=True)
    if not polygons:
        return None
    for name in ("left sleeve", "right sleeve"):
        if name in outlines:
            polygons += _polygons(_mask([outlines[name]], width, height))[:1]
    numbers, own, states = _landmarks(drawn, garment)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = [int(columns[0]), int(rows[0]), min(int(columns[-1]) + 1, width), min(int(rows[-1]) + 1, height)]
    design = garment.design
    count = len(states)
    own |= {
        "clothes_category": design.clothes_category,
        "clothes_type": design.clothes_type,
        "attributes": list(design.attributes()),
    }
    return {
        "segmentation": polygons,
        "scale": scale_level(box, width, height),
        "viewpoint": viewpoint_level(drawn.worn, drawn.yaw),
        "zoom_in": zoom_level(states.count(Visibility.CUT_OFF) / count),
        "landmarks": numbers,
        "style": piece.style,
        "bounding_box": box,
        "category_id": design.category_id,
        "occlusion": occlusion_level(states.count(Visibility.OCCLUDED) / count),
        "category_name": category(design.category_id).name,
        OWN_KEY: own,
    }


def scale_level(box: list[int], width: int, height: int) -> int:
    """1 small, 2 modest, 3 large: the box's share of the picture against 10 and 40 percent."""
    share = (box[2] - box[0]) * (box[3] - box[1]) / (width * height)
    return 1 if share < 0.1 else 2 if share < 0.4 else 3


def occlusion_level(share: float) -> int:
    """1 slight, 2 medium, 3 heavy: the share of occluded landmarks against 20 and 50 percent."""
    return 1 if share < 0.2 else 2 if share <= 0.5 else 3


def zoom_level(share: float) -> int:
    """1 none, 2 medium, 3 large: the share of landmarks outside the picture, none or against a third."""
    return 1 if share == 0 else 2 if share <= 1 / 3 else 3


def viewpoint_level(worn: bool, yaw: float) -> int:
    """1 no wear, 2 frontal, 3 side."""
    if not worn:
        return 1
    return 3 if abs(yaw) >= SIDE_VIEW else 2


def _mask(outlines: list[Points], width: int, height: int) -> Pixels:
    mask = np.zeros((height, width), np.uint8)
    for outline in outlines:
        fixed = np.round(np.clip(outline, -8000, 8000) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 1, cv2.LINE_8, _SHIFT)
    return mask


def _shown(drawn: Drawn, garment: Worn, mask: Pixels) -> int:
    """Pixels of the garment that nothing covers."""
    own = np.zeros(256, np.uint8)
    own[list(garment.painter.layers.values())] = 1
    return int(np.count_nonzero(own[drawn.canvas.order] & mask))


def _landmarks(drawn: Drawn, garment: Worn) -> tuple[list[int], Item, list[Visibility]]:
    """The flat ``x y v`` list, our own key's part, and the states, in the schema's order."""
    height, width = drawn.canvas.order.shape
    places = garment.landmarks()
    numbers: list[int] = []
    states: list[Visibility] = []
    words: dict[str, str] = {}
    points: dict[str, list[int]] = {}
    for number, name in enumerate(category(garment.design.category_id).schema.names, 1):
        x, y, layer = places[name]
        ix, iy = round(x), round(y)
        if not (0 <= ix < width and 0 <= iy < height):
            state = Visibility.CUT_OFF
            words[str(number)] = VISIBILITY_WORDS[state]
            points[str(number)] = [ix, iy]
            numbers += [0, 0, 0]
        else:
            state = Visibility.OCCLUDED if _covered(drawn.canvas.order, ix, iy, layer) else Visibility.VISIBLE
            # A labelled landmark at the very corner would read as an unlabelled one.
            numbers += [max(ix, 1) if iy == 0 else ix, iy, int(state)]
        states.append(state)
    own: Item = {"visibility": words, "points": points} if words else {}
    return numbers, own, states


def _covered(order: Pixels, x: int, y: int, layer: int) -> bool:
    """Whether later layers cover a point: most of what is around it, as points lie on edges."""
    around = order[max(y - 2, 0) : y + 3, max(x - 2, 0) : x + 3]
    return int(np.count_nonzero(around > layer)) > 0.72 * around.size


def _polygons(mask: Pixels, *, largest_first: bool = False) -> list[list[int]]:
    """Closed polygons around the mask, as flat lists; a hole is joined to its outline by a slit."""
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    found: list[tuple[float, NDArray[np.int32]]] = []
    for index, contour in enumerate(contours):
        if tree[0][index][3] >= 0:
            continue
        area = cv2.contourArea(contour)
        if area < _SPECK:
            continue
        outline = _simple(contour)
        child = tree[0][index][2]
        while child >= 0:
            if cv2.contourArea(contours[child]) >= _SPECK:
                outline = _slit(outline, _simple(contours[child]))
            child = tree[0][child][0]
        found.append((area, outline))
    if largest_first:
        found.sort(key=lambda pair: -pair[0])
    return [np.concatenate([outline, outline[:1]]).ravel().tolist() for _, outline in found]


def _simple(contour: NDArray[Any]) -> NDArray[np.int32]:
    simple = cv2.approxPolyDP(contour, 1.0, True)
    return np.asarray(simple if len(simple) >= 3 else contour, np.int32).reshape(-1, 2)


def _slit(outline: NDArray[np.int32], hole: NDArray[np.int32]) -> NDArray[np.int32]:
    """The outline with a way in to the hole and back out."""
    far = np.linalg.norm(outline[:, None].astype(float) - hole[None], axis=2)
    a, b = np.unravel_index(int(np.argmin(far)), far.shape)
    turned = np.concatenate([hole[b:], hole[: b + 1]])
    return np.concatenate([outline[: a + 1], turned, outline[a:]])
