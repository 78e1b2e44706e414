"""The pictures of the user guide that show work on landmarks: placing, many at once, schemas, the sweep."""

from __future__ import annotations

from collections import Counter

from hand import wait
from model_pictures import Guide
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from resources.taxonomy import categories, category
from store.db import Store
from store.records import Domain, Garment
from widgets.dialogs.schemas import SchemasDialog

_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
#: The sweep is shown of this category and landmark: there is something wrong with it in the demo.
_CATEGORY, _LANDMARK = "short sleeve top", "left neckline"


def worn(store: Store) -> tuple[int, Garment]:
    """The id of a shop's image with one garment, of the most landmarks, and the garment."""
    records = (record for record in store.stream(None) if len(record.garments) == 1)
    shops = (record for record in records if record.image.domain is Domain.SHOP)
    best = max(shops, key=lambda one: len(one.garments[0].points))
    return best.image.id, best.garments[0]


def landmarks(guide: Guide) -> None:
    """All pictures of landmarks; the demo store is open, and is left as it was."""
    hand, page = guide.hand, guide.window.annotate.page
    image, garment = worn(guide.window.session.needed())
    hand.filter("")
    hand.annotate(image)
    page.set_tool("landmarks")
    page.select(garment.id, 0)
    _placing(guide, garment)
    hand.press(Qt.Key.Key_A, _CTRL)
    hand.press(Qt.Key.Key_S)
    hand.press(Qt.Key.Key_L, _SHIFT)
    guide.shot("landmarks-marked")
    hand.press(Qt.Key.Key_L, _SHIFT)
    hand.press(Qt.Key.Key_S)
    page.set_tool("select")
    page.select(garment.id, 0)
    guide.hand.in_dialog(guide.window.schemas.show, lambda dialog: _schema(guide, dialog))
    sweep(guide)


def _placing(guide: Guide, garment: Garment) -> None:
    """The guide on the canvas, while a landmark waits for its place."""
    page = guide.window.annotate.page
    page.select(garment.id, 0, range(6, len(garment.points)))
    guide.hand.press(Qt.Key.Key_0)
    page.select(garment.id, 6)
    guide.shot("landmarks-placing")
    guide.hand.undo()


def _schema(guide: Guide, dialog: QDialog) -> None:
    if isinstance(dialog, SchemasDialog):
        dialog.table.selectRow(8)
    guide.hand.settle()
    guide.shot("landmark-schemas", dialog)
    dialog.reject()


def sweep(guide: Guide) -> None:
    """The wall of one landmark, the oddest first, in both themes."""
    window, hand = guide.window, guide.hand
    records = window.session.needed().stream(None)
    worn_by = Counter(garment.category_id for record in records for garment in record.garments)
    wanted = next(one for one in categories() if one.name == _CATEGORY)
    # A small demo may have none of these.
    kind = wanted if worn_by[wanted.id] else category(worn_by.most_common(1)[0][0])
    hand.filter(f'category = "{kind.name}"')
    window.sweep.open()
    window.sweep.show(kind.id, kind.schema.names.index(_LANDMARK) if kind is wanted else 0)
    wall = window.sweep.page.wall
    wait(lambda: not window.sweep.work.busy() and wall.count > 0 and wall.crops.idle, "the sweep")
    guide.shot("sweep-dark")
    guide.light("sweep-light")
    window.go_to("browse")
    hand.filter("")
