"""Proposals on the page: drawn, compared, accepted part by part, rejected, and found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resources.taxonomy import category
from store.document.provenance import ACCEPTED
from store.proposals import Part, Proposal, Source
from store.records import Visibility
from tests.gui.annotate.annotate_keeper import SKIRT, TROUSERS, Keeper
from widgets.pages.annotate import AnnotatePage
from widgets.panels.landmark_table import DIFFERENCE
from widgets.panels.predictions import ModelChoice, Standing


def proposal(number: int, category_id: int, points: np.ndarray, score: float = 0.9) -> Proposal:
    box = [*(points.min(axis=0) - 5), *(points.max(axis=0) + 5)]
    corners = np.array([[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]])
    return Proposal(
        number=number,
        category_id=category_id,
        score=score,
        box=np.array(box),
        polygons=(corners,),
        points=points,
        visibility=np.full(len(points), Visibility.VISIBLE),
        point_scores=np.full(len(points), 0.9),
        schema=category(category_id).schema,
        source=Source("demo"),
    )


@pytest.fixture
def proposed(page: AnnotatePage, keeper: Keeper) -> Keeper:
    """The trousers with two landmarks elsewhere and one more, and a pair of shorts that is not annotated."""
    trousers = np.array(keeper.now(TROUSERS).points)
    trousers[2] = trousers[1] + [10, 10]
    trousers[4] += [60, 0]
    trousers[6] += [30, 0]
    schema = category(7).schema
    shorts = np.array(schema.template) * [100, 120] + [420, 600]
    page.predictions_panel.set_standing(Standing.READY)
    page.predictions.set_proposals((proposal(0, 8, trousers), proposal(1, 7, shorts, 0.91)))
    page.select(TROUSERS)
    return keeper


def test_proposals_are_drawn_and_listed(page: AnnotatePage, proposed: Keeper) -> None:
    rows = page.predictions.rows()
    assert [(row.name, row.count) for row in rows] == [("shorts", "proposed 0.91")]
    assert [row.index for row in page.predictions.differences] == [4, 6, 2]
    layer = page.canvas.proposed
    assert layer.items.diamonds(1) == category(7).schema.size
    assert layer.items.diamonds(0) == 3
    assert [one.index for one in layer.arrows.shown] == [4, 6]
    page.hide_overlays(True)
    assert not layer.items.shown
    assert not layer.arrows.shown
    page.hide_overlays(False)
    page.set_layer("predictions", False)
    assert not layer.items.shown
    assert not page.predictions.rows()


def test_the_marked_landmark_is_taken_and_the_next_is_marked(page: AnnotatePage, proposed: Keeper) -> None:
    place = np.array(proposed.now(TROUSERS).points)
    page.predictions.accept()
    assert len(proposed.edits) == 1
    now = proposed.now(TROUSERS)
    assert now.points[4].tolist() == (place[4] + [60, 0]).tolist()
    assert now.points[6].tolist() == place[6].tolist()
    assert now.extra[ACCEPTED]["landmarks"][0]["indices"] == [4]
    assert page.canvas.selection.landmark == 6
    page.predictions.reject()
    assert len(proposed.edits) == 1
    assert [row.index for row in page.predictions.differences] == [2]
    page.predictions.accept()
    assert proposed.now(TROUSERS).visibility[2] == Visibility.VISIBLE
    assert not page.predictions.differences
    page.predictions.show_rejected()
    assert [row.index for row in page.predictions.differences] == [6]


def test_a_proposed_garment_is_chosen_by_a_click_and_added(
    page: AnnotatePage, proposed: Keeper, qtbot: QtBot
) -> None:
    at = page.canvas.map_from_image(QPointF(470, 680)).toPoint()
    qtbot.mouseClick(page.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    chosen = page.predictions.chosen
    assert chosen is not None
    assert chosen.number == 1
    assert page.garment is None
    assert page.selection_words() == "proposed shorts"
    page.predictions.accept()
    added = proposed.garments[-1]
    assert added.category_id == 7
    assert page.garment is not None
    assert page.garment.id == added.id
    assert not page.predictions.rows()


def test_a_landmark_that_waits_is_placed_on_top_of_a_proposal(
    page: AnnotatePage, proposed: Keeper, qtbot: QtBot
) -> None:
    page.canvas.set_tool("landmarks")
    page.select(TROUSERS, 2)
    at = page.canvas.map_from_image(QPointF(470, 680)).toPoint()
    qtbot.mouseClick(page.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert page.predictions.chosen is None
    assert proposed.now(TROUSERS).visibility[2] == Visibility.VISIBLE
    assert np.hypot(*(proposed.now(TROUSERS).points[2] - [470, 680])) < 3


def test_everything_of_a_garment_is_one_edit(page: AnnotatePage, proposed: Keeper) -> None:
    page.predictions.accept_whole()
    assert len(proposed.edits) == 1
    assert not page.predictions.differences
    assert set(proposed.now(TROUSERS).extra[ACCEPTED]) >= {"mask", "landmarks"}
    assert page.predictions.rows()


def test_all_is_one_edit_and_overwrites_nothing(page: AnnotatePage, proposed: Keeper) -> None:
    before = proposed.now(TROUSERS)
    page.next_garment()
    page.next_garment()
    assert page.predictions.chosen is not None
    page.predictions.reject()
    assert not page.predictions.rows()
    page.predictions.accept_all()
    now = proposed.now(TROUSERS)
    assert len(proposed.edits) == 1
    assert len(now.polygons) == 1
    assert set(now.extra[ACCEPTED]) == {"mask"}
    assert np.array_equal(now.points, before.points)
    assert page.hint == "1 updated"
    page.predictions.show_rejected()
    page.select(TROUSERS)
    page.predictions.accept_all()
    assert len(proposed.garments) == 3
    assert page.hint.startswith("1 added, 1 left as it is, annotated already: Y or Alt+Y")
    assert page.garment is proposed.now(TROUSERS)
    page.predictions.accept_all()
    assert len(proposed.edits) == 2
    assert page.hint.startswith("1 left as it is")
    page.select(SKIRT)
    assert page.hint == page.canvas.hint
    page.select(TROUSERS)
    page.predictions.accept_whole()
    assert not page.predictions.differences
    page.predictions.accept_all()
    assert len(proposed.edits) == 3
    assert page.hint == "Nothing to accept: it is so already"


def test_a_rejection_of_a_garment_outlives_what_the_model_says_next(
    page: AnnotatePage, proposed: Keeper
) -> None:
    points = np.array(proposed.now(TROUSERS).points) + 20
    asked = proposal(0, 8, points).but(garment_id=TROUSERS, withheld=frozenset({Part.BOX}))
    page.predictions.set_proposals((asked,))
    page.select(TROUSERS)
    page.canvas.select(TROUSERS)
    page.predictions.mark(5)
    page.predictions.reject()
    assert 5 not in [one.index for one in page.predictions.differences]
    page.predictions.set_proposals((asked.but(score=0.4, box=asked.box + 3),))
    assert 5 not in [one.index for one in page.predictions.differences]
    for _ in range(20):
        page.predictions.reject()
    assert page.predictions.own is None
    jeans = proposal(0, 7, points[:10]).but(garment_id=TROUSERS, withheld=frozenset({Part.BOX}))
    page.predictions.set_proposals((jeans,))
    assert page.predictions.own is None
    page.predictions.set_proposals((jeans.but(source=Source("another")),))
    assert page.predictions.own is not None
    page.predictions.set_proposals((jeans,))
    page.predictions.forget()
    page.predictions.set_proposals((jeans,))
    assert page.predictions.own is not None


def test_a_part_by_itself(page: AnnotatePage, proposed: Keeper) -> None:
    before = proposed.now(TROUSERS)
    page.predictions.accept_named("mask")
    now = proposed.now(TROUSERS)
    assert len(now.polygons) == 1
    assert np.array_equal(now.points, before.points)
    assert set(now.extra[ACCEPTED]) == {"mask"}


def test_nothing_is_taken_in_a_read_only_store(page: AnnotatePage, proposed: Keeper) -> None:
    page.set_read_only(True)
    page.predictions.accept()
    page.predictions.accept_all()
    page.predictions.reject()
    assert not proposed.edits
    assert len(page.predictions.differences) == 3


def test_another_image_forgets_the_proposals(page: AnnotatePage, proposed: Keeper) -> None:
    proposed.open(None, image_id=2)
    assert not page.predictions.matches
    assert not page.canvas.proposed.items.shown


@pytest.mark.parametrize("standing", list(Standing))
def test_every_state_says_something(page: AnnotatePage, keeper: Keeper, standing: Standing) -> None:
    panel = page.predictions_panel
    panel.set_standing(standing)
    assert bool(panel.words.text()) == (standing is not Standing.READY)
    assert panel.train_button.isVisibleTo(panel) == (standing is Standing.NO_MODEL)
    assert panel.again_button.isVisibleTo(panel) == (standing is Standing.FAILED)


def test_the_table_says_how_far_the_model_is_from_each_landmark(page: AnnotatePage, proposed: Keeper) -> None:
    model = page.landmarks_panel.table.model()

    def said(landmark: int, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> str:
        return str(model.index(landmark, DIFFERENCE).data(role))

    sigmas = {one.index: f"{one.sigmas:.1f}" for one in page.predictions.compared}
    assert said(4) == sigmas[4]
    assert float(said(4)) > float(said(6)) > 1
    assert said(0) == "0.0"
    assert said(2) == ""
    assert "not labelled" in said(2, Qt.ItemDataRole.ToolTipRole)
    assert "60\u202fpx" in said(4, Qt.ItemDataRole.ToolTipRole)
    page.predictions.accept()
    assert said(4) == "0.0"
    page.select(SKIRT)
    assert {said(row) for row in range(model.rowCount())} == {""}
    page.select(TROUSERS)
    page.set_layer("predictions", False)
    assert {said(row) for row in range(model.rowCount())} == {""}


def test_the_name_of_a_model_that_is_cut_short_is_told(page: AnnotatePage, keeper: Keeper) -> None:
    name = "match-rcnn-of-the-autumn-collection-with-masks"
    folder = Path("models") / name
    page.predictions_panel.show_models([ModelChoice(folder, name)], folder)
    button = page.predictions_panel.model_button
    assert name in button.toolTip()
    assert name in button.accessibleName()
    assert button.width() > page.predictions_panel.score.width()


def test_with_nothing_selected_accept_and_reject_select_first(page: AnnotatePage, proposed: Keeper) -> None:
    page.select(0)
    assert page.predictions.acceptable
    page.predictions.accept()
    assert not proposed.edits
    chosen = page.predictions.chosen
    assert chosen is not None
    assert chosen.category_id == 7
    page.predictions.accept()
    assert [one.category_id for one in proposed.garments] == [8, 9, 7]


def test_a_proposal_is_selected_when_the_last_garment_is_gone(page: AnnotatePage, proposed: Keeper) -> None:
    for one in (SKIRT, TROUSERS):
        page.select(one)
        page.delete_garment()
    chosen = page.predictions.chosen
    assert chosen is not None
    assert chosen.number == 0
    other = next(one for one in page.predictions.new if one.number != chosen.number)
    layer = page.canvas.proposed
    assert layer.items.diamonds(chosen.number) == category(8).schema.size
    assert layer.items.diamonds(other.number) == 0
    page.next_landmark()
    assert page.predictions.chosen is other
    assert layer.items.diamonds(other.number) == category(7).schema.size


def test_a_low_window_has_the_predictions_in_view(page: AnnotatePage, proposed: Keeper) -> None:
    panel = page.landmarks_panel
    assert panel.diagram.isVisibleTo(page)
    page.resize(1200, 740)
    assert not panel.diagram.isVisibleTo(page)
    foot = page.predictions_panel
    assert page.rect().contains(foot.mapTo(page, foot.rect().bottomRight()))
    page.set_layer("predictions", False)
    assert panel.diagram.isVisibleTo(page)
    page.set_layer("predictions", True)
    page.resize(1524, 940)
    assert panel.diagram.isVisibleTo(page)


def test_a_click_on_a_difference_leaves_the_keys_on_the_canvas(
    page: AnnotatePage, proposed: Keeper, qtbot: QtBot
) -> None:
    page.to_canvas()
    view = page.predictions_panel.list
    place = view.visualRect(view.model().index(1, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.canvas.selection.landmark == 6
    assert QApplication.focusWidget() is page.canvas
