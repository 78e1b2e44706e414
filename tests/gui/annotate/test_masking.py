"""The mask as a whole, garments that overlap, and what the window says of it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from store import masks
from store.document import edits
from store.document.order_edits import is_locked
from store.outlines.rings import Part, has_holes, is_pixels
from store.records import Garment
from tests.gui.annotate.annotate_keeper import SKIRT, TROUSERS, Keeper
from widgets.pages.annotate import AnnotatePage


@pytest.fixture
def masked(page: AnnotatePage, keeper: Keeper, qtbot: object) -> Keeper:
    """The skirt has a mask; the polygon tool is in hand."""
    outline = np.array([[400, 300], [450, 300.2], [500, 300], [500, 400], [400, 400]], float)
    skirt = keeper.now(SKIRT).but(polygons=(outline,), box=[390, 290, 480, 410])
    keeper.garments = [keeper.now(TROUSERS), skirt]
    page.update_garments(keeper.garments, [SKIRT])
    page.select(SKIRT)
    page.set_tool("polygon")
    qtbot.waitUntil(lambda: page.masking.ready)  # type: ignore[attr-defined]
    return keeper


def titles(keeper: Keeper) -> list[str]:
    return [edit.title for edit in keeper.edits]


def test_options_are_those_of_the_tool(page: AnnotatePage, masked: Keeper) -> None:
    options = page.masking.options
    assert options.isVisible()
    assert options.modes.isVisible()
    assert not options.size.isVisible()
    page.set_tool("brush")
    assert options.size.isVisible()
    assert not options.modes.isVisible()
    page.set_tool("select")
    assert not options.isVisible()
    assert masked.edits == []


def test_the_size_is_set_by_field_slider_and_key(page: AnnotatePage, masked: Keeper) -> None:
    options, brush = page.masking.options, page.canvas.brush
    page.set_tool("brush")
    options.size.setValue(60)
    assert brush.size == 60
    options.slider.setValue(500)
    assert brush.size == options.size.value() == 45
    brush.step(1)
    assert options.size.value() == brush.size == 54
    assert masked.edits == []


def test_simplifying_says_how_near_the_outline_stays(page: AnnotatePage, masked: Keeper) -> None:
    page.masking.options.buttons["simplify"].click()
    assert titles(masked) == ["Simplify mask"]
    assert len(masked.now(SKIRT).polygons[0]) == 4
    assert page.hint == "5 corners became 4; the outline is within 0.20 px of what it was"
    page.masking.simplify()
    assert titles(masked) == ["Simplify mask"]
    assert "No corner can go" in page.hint


def test_box_and_mask_follow_each_other(page: AnnotatePage, masked: Keeper) -> None:
    page.masking.clip_to_box()
    assert masked.now(SKIRT).polygons[0][:, 0].max() == 480
    page.masking.box_from_mask()
    box = masked.now(SKIRT).box
    assert box is not None
    assert box.tolist() == [400, 300, 480, 400]
    assert titles(masked) == ["Clip mask to box", "Box from mask"]


def test_pixels_are_told_and_turned_into_polygons(page: AnnotatePage, masked: Keeper) -> None:
    page.masking.to_pixels()
    assert is_pixels(masked.now(SKIRT))
    assert "single pixels" in page.masking.options.said
    page.masking.options.notice_button.click()
    assert masked.now(SKIRT).polygons
    assert page.masking.options.said == ""
    assert "within" in page.hint


def test_an_outline_that_crosses_itself_is_told_and_mended(page: AnnotatePage, masked: Keeper) -> None:
    tie = np.array([[400, 300], [500, 400], [500, 300], [400, 400]], float)
    masked.garments = [masked.now(TROUSERS), masked.now(SKIRT).but(polygons=(tie,))]
    page.update_garments(masked.garments, [SKIRT])
    assert page.masking.options.said == "The outline crosses itself at x 450, y 350"
    page.masking.options.notice_button.click()
    assert titles(masked) == ["Mend mask"]
    assert len(masked.now(SKIRT).polygons) == 2
    assert page.masking.options.said == ""


def test_what_the_dataset_cannot_hold_is_said_while_it_is_drawn(page: AnnotatePage, masked: Keeper) -> None:
    page.masking.set_format("deepfashion2")
    assert page.masking.options.said == ""
    canvas = page.canvas
    page.masking.toggle_cuts()
    for x, y in ((420, 320), (460, 320), (460, 360), (420, 360)):
        place = canvas.map_from_image(QPointF(x, y)).toPoint()
        QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    canvas.finish()
    assert has_holes(masked.now(SKIRT))
    assert "DeepFashion2 knows no holes" in page.masking.options.said
    page.masking.set_format("coco")
    assert page.masking.options.said == ""
    page.masking.set_format("in-shop")
    assert "knows no masks" in page.masking.options.said


def test_fills_all_holes_and_deletes_the_mask(page: AnnotatePage, masked: Keeper) -> None:
    mask = np.zeros((800, 600), np.uint8)
    mask[300:400, 400:500] = 1
    mask[340:360, 440:460] = 0
    holed = masked.now(SKIRT).but(polygons=(), rle=masks.encode(mask))
    masked.garments = [masked.now(TROUSERS), holed]
    page.update_garments(masked.garments, [SKIRT])
    page.masking.fill_holes()
    rle = masked.now(SKIRT).rle
    assert rle is not None
    assert masks.rle_area(rle) == 100 * 100
    page.masking.delete_mask()
    assert page.masking.kind == ""
    page.masking.delete_mask()
    assert len(masked.edits) == 2


def test_a_polygon_of_nobody_becomes_a_garment_and_the_tool_stays(page: AnnotatePage, keeper: Keeper) -> None:
    page.select(0)
    page.set_tool("polygon")
    page.canvas.draw_shape((Part(np.array([[10, 10], [60, 10], [60, 90]], float)),))
    assert titles(keeper) == ["Add garment"]
    new = keeper.garments[-1]
    assert new.box is not None
    assert new.box.tolist() == [10, 10, 60, 90]
    assert page.garment is not None
    assert page.garment.id == new.id
    assert page.canvas.tool == "polygon"


def test_garments_go_forward_and_back(page: AnnotatePage, masked: Keeper) -> None:
    panel = page.garments_panel
    forward, back = panel.move_buttons
    assert not forward.isEnabled()
    back.click()
    assert titles(masked) == ["Send back"]
    assert masked.now(SKIRT).position < masked.now(TROUSERS).position
    page.masking.move(1)
    assert masked.now(SKIRT).position > masked.now(TROUSERS).position


def test_a_lock_keeps_every_hand_off(page: AnnotatePage, masked: Keeper) -> None:
    page.masking.toggle_lock()
    assert is_locked(masked.now(SKIRT))
    assert page.masking.options.said == "The garment is locked"
    page.facts_panel.edit_wanted.emit(edits.set_facts(masked.now(SKIRT), scale=1))
    page.delete_garment()
    page.masking.mend()
    assert titles(masked) == ["Lock garment"]
    assert "locked" in page.hint
    page.select(TROUSERS)
    page.masking.move(1)
    assert titles(masked)[-1] == "Bring forward"
    page.masking.toggle_lock(SKIRT)
    assert not is_locked(masked.now(SKIRT))


def test_the_lock_in_the_list_is_a_button(page: AnnotatePage, masked: Keeper) -> None:
    view = page.garments_panel.view
    rect = view.visualRect(view.model().index(0))
    delegate = view.itemDelegate()
    at = delegate.lock(rect).center()  # type: ignore[attr-defined]
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert is_locked(masked.now(TROUSERS))
    assert "locked" in view.model().index(0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_hiding_and_showing_alone(page: AnnotatePage, masked: Keeper) -> None:
    page.masking.toggle_hidden()
    assert page.canvas.shown.hidden == {SKIRT}
    page.masking.toggle_hidden()
    page.masking.toggle_solo()
    assert page.canvas.shown.hidden == {TROUSERS}
    page.masking.toggle_solo()
    assert page.canvas.shown.hidden == frozenset()
    assert masked.edits == []


def test_a_read_only_store_says_so(page: AnnotatePage, masked: Keeper) -> None:
    page.set_read_only(True)
    page.masking.simplify()
    assert masked.edits == []
    assert page.hint == "The store is read-only"
    assert not page.masking.options.buttons["simplify"].isEnabled()


def test_a_garment_without_anything_is_no_trouble(page: AnnotatePage, keeper: Keeper) -> None:
    bare = Garment(id=77, image_id=1, category_id=8, position=5)
    keeper.garments = [*keeper.garments, bare]
    page.update_garments(keeper.garments, [77])
    page.select(77)
    page.set_tool("brush")
    masking = page.masking
    for what in (masking.simplify, masking.mend, masking.fill_holes, masking.clip_to_box):
        what()
    for what in (masking.box_from_mask, masking.to_polygons, masking.to_pixels, masking.delete_mask):
        what()
    assert keeper.edits == []


def test_segmenters_are_offered_where_there_are_several(page: AnnotatePage, masked: Keeper) -> None:
    options = page.masking.options
    page.set_tool("segment")
    assert not options.segmenters.isVisible()
    options.show_segmenters(("grabcut", "mine"))
    assert options.segmenters.isVisible()
    options.segmenters.setCurrentIndex(1)
    assert page.masking.segmenting.name == "mine"
    assert masked.edits == []
