"""Stands in for the controller: keeps garments, applies edits, shows the result."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from resources.taxonomy import categories, category
from store.document.edits import Edit
from store.records import Garment, Image, ImageState, Visibility
from widgets.pages.annotate import AnnotatePage

CATEGORIES = {one.id: one for one in categories()}
TROUSERS, SKIRT = 11, 12


def garment(garment_id: int, category_id: int, x: float, y: float, height: float, position: int) -> Garment:
    schema = category(category_id).schema
    shape = np.array(schema.template) * [height * schema.template_aspect, height]
    points = np.round(shape + np.array([x, y]))
    states = np.full(len(points), Visibility.VISIBLE, np.uint8)
    states[2], points[2] = Visibility.UNLABELLED, 0
    box = [*(points[states > 0].min(axis=0) - 5), *(points[states > 0].max(axis=0) + 5)]
    return Garment(
        id=garment_id,
        image_id=1,
        position=position,
        category_id=category_id,
        box=box,
        points=points,
        visibility=states,
        pair_id=2417,
        style=3,
        scale=3,
    )


class Keeper:
    """Applies what the page wishes, in memory."""

    def __init__(self, page: AnnotatePage) -> None:
        self.page = page
        self.edits: list[Edit] = []
        self.garments: list[Garment] = [
            garment(TROUSERS, 8, 60, 100, 600, 0),
            garment(SKIRT, 9, 400, 300, 150, 1),
        ]
        self._next = 100
        page.edit_wanted.connect(self.apply)

    def open(
        self,
        path: Path | None,
        image_id: int = 1,
        garments: Sequence[Garment] | None = None,
        state: ImageState = ImageState.PRESENT,
        ahead: Sequence[Path] = (),
    ) -> None:
        if garments is not None:
            self.garments = list(garments)
        image = Image(id=image_id, name="train/000001.png", width=600, height=800, state=state)
        self.page.show_image(image, path, self.garments, CATEGORIES, 3, 240, ahead)

    def apply(self, edit: Edit) -> None:
        self.edits.append(edit)
        changed = set()
        for change in edit.changes:
            before, after = change.before, change.after
            if isinstance(after, Garment) and before is None:
                self._next += 1
                self.garments.append(after.but(id=self._next))
                changed.add(self._next)
            elif isinstance(after, Garment):
                self.garments = [after if one.id == after.id else one for one in self.garments]
                changed.add(after.id)
            elif isinstance(before, Garment):
                self.garments = [one for one in self.garments if one.id != before.id]
                changed.add(before.id)
        self.page.update_garments(self.garments, changed)

    def now(self, garment_id: int) -> Garment:
        return next(one for one in self.garments if one.id == garment_id)
