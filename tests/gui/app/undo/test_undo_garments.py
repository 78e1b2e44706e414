"""Boxes, garments, categories and what a model proposes, in the whole window: stored, undone, made again."""

from __future__ import annotations

import numpy as np
from PySide6.QtTest import QTest

from resources.taxonomy import category
from store.document.parking import PARKED
from store.proposals import Proposal, Source
from store.records import Garment, Visibility
from tests.gui.app.undo.undo_hand import SKIRT, Act, Hand, Key, Step, after_restart, run
from widgets.panels.predictions import Standing

# --- boxes ---------------------------------------------------------------------------------------


def pull_handle(tool: str) -> Act:
    def act(hand: Hand) -> None:
        hand.keys(tool)
        # The middle of the lower side.
        hand.drag((120, 330), (120, 340), (122, 360))
        box = hand.garment().box
        assert box is not None
        assert np.abs(box - [50, 70, 190, 360]).max() < 1.5

    return act


def move_box(hand: Hand) -> None:
    hand.keys("tool.box")
    hand.drag((50, 120), (55, 125), (70, 130))
    box = hand.garment().box
    assert box is not None
    assert np.abs(box - [70, 80, 210, 340]).max() < 1.5


def redraw_box(hand: Hand) -> None:
    hand.keys("tool.box")
    hand.drag((210, 200), (240, 250), (280, 300))


def bare(garment: Garment) -> Garment:
    return garment.but(box=None)


# --- garments ------------------------------------------------------------------------------------


def draw_box(hand: Hand) -> None:
    """The box of a new garment; of the categories, which are offered then, the one that it has stays."""
    hand.drag((210, 200), (240, 250), (280, 300))
    rows = hand.page.facts_panel.category.view()
    assert rows.isVisible()
    QTest.keyClick(rows, Key.Key_Escape)
    assert hand.canvas.hasFocus()


def draw_new(hand: Hand) -> None:
    hand.keys("garment.new")
    draw_box(hand)
    new = hand.garment(2)
    assert (new.category_id, len(new.points), new.visibility.any()) == (8, 14, False)
    assert hand.canvas.tool == "landmarks"


def draw_new_by_button(hand: Hand) -> None:
    hand.push(hand.page.garments_panel.new_button)
    draw_box(hand)


def delete_by_button(hand: Hand) -> None:
    hand.push(hand.page.garments_panel.delete_button)


def delete_in_list(hand: Hand) -> None:
    view = hand.page.garments_panel.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(SKIRT, 0))
    hand.key(Key.Key_Delete)


def choose(typed: str) -> Act:
    """The list of categories by key; a number chooses at once, a name with Enter."""

    def act(hand: Hand) -> None:
        hand.keys("garment.category")
        view = hand.page.facts_panel.category.view()
        hand.qtbot.waitUntil(view.isVisible)
        hand.qtbot.keyClicks(view, typed)
        if not typed.isdecimal():
            hand.qtbot.keyClick(view, Key.Key_Return)
        hand.qtbot.waitUntil(lambda: not view.isVisible())

    return act


def to_skirt(hand: Hand) -> None:
    """A skirt has a waist as trousers have, and no legs: those are parked."""
    before = hand.garment()
    choose("9")(hand)
    now = hand.garment()
    assert now.points[:3].tolist() == before.points[:3].tolist()
    assert set(now.extra[PARKED]) == set(category(8).schema.names[3:])


def parked(garment: Garment) -> Garment:
    """Some of its landmarks were parked by another category."""
    names = category(7).schema.names
    return garment.but(extra={PARKED: {name: [70.0, 80.0 + n, 2] for n, name in enumerate(names)}})


# --- proposals -----------------------------------------------------------------------------------


def _proposal(number: int, category_id: int, box: list[float], points: np.ndarray) -> Proposal:
    x1, y1, x2, y2 = box
    return Proposal(
        number=number,
        category_id=category_id,
        score=0.9 - 0.1 * number,
        box=np.array(box),
        polygons=(np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]]),),
        points=points,
        visibility=np.full(len(points), Visibility.VISIBLE),
        point_scores=np.full(len(points), 0.9),
        schema=category(8).schema if len(points) else category(9).schema,
        attributes={"striped": 0.9, "denim": 0.1},
        source=Source("demo"),
    )


def proposed(hand: Hand) -> None:
    """A model sees a knee and a hem elsewhere, calls the trousers shorts, and sees something else beside."""
    trousers = np.array(hand.garment().points)
    trousers[4] += [70, 0]
    trousers[5] += [45, 0]
    nothing = np.zeros((0, 2))
    hand.page.predictions_panel.set_standing(Standing.READY)
    hand.canvas.set_proposals_shown(True)
    hand.page.predictions.set_proposals(
        (
            _proposal(0, 7, [55.0, 70, 185, 330], trousers),
            _proposal(1, 9, [215.0, 215, 285, 375], nothing),
        )
    )
    hand.page.select(hand.garment().id, 4)
    hand.page.to_canvas()


def accept(action: str) -> Act:
    """The keys of an action, or the action where it has none, while a model proposes something."""

    def act(hand: Hand) -> None:
        proposed(hand)
        hand.keys(action)
        withdrawn(hand)

    return act


def withdrawn(hand: Hand) -> None:
    """Nothing is proposed any more."""
    hand.page.predictions.set_proposals(())
    hand.canvas.set_proposals_shown(False)
    hand.page.predictions_panel.set_standing(Standing.OFF)


def accept_new(hand: Hand) -> None:
    """The proposed garment, chosen by a click."""
    proposed(hand)
    hand.click((250, 300))
    assert hand.page.predictions.chosen is not None
    hand.keys("model.accept")
    withdrawn(hand)


def accept_two(hand: Hand) -> None:
    """One landmark and then the next; the first one is taken back by hand."""
    proposed(hand)
    hand.keys("model.accept")
    assert hand.canvas.selection.landmark == 5
    hand.keys("edit.undo")
    hand.page.select(hand.garment().id, 5)
    hand.page.to_canvas()
    hand.keys("model.accept")
    withdrawn(hand)


STEPS = (
    Step("Change box", "box", pull_handle("tool.select"), "tool.select"),
    Step("Change box", "box", pull_handle("tool.landmarks"), "tool.landmarks"),
    Step("Change box", "box", pull_handle("tool.box"), "tool.box"),
    Step("Change box", "box", move_box, "tool.box"),
    Step("Change box", "box", redraw_box, "tool.box"),
    Step("Change box", "box", redraw_box, "tool.box", bare),
    Step("Add garment", "added", draw_new, "garment.new"),
    Step("Add garment", "added", draw_new_by_button),
    Step("Delete garment", "deleted", action="garment.delete"),
    Step("Delete garment", "deleted", delete_by_button),
    Step("Delete garment", "deleted", delete_in_list),
    Step("Change category to skirt", "category_id extra points visibility", to_skirt, "garment.category"),
    Step(
        "Change category to shorts",
        "category_id extra points visibility",
        choose("shorts"),
        "garment.category",
        parked,
    ),
    Step("Accept landmark 5 of demo", "extra points", accept("model.accept"), "model.accept"),
    Step("Accept landmark 6 of demo", "extra points", accept_two, "model.accept"),
    Step("Accept garment of demo", "added", accept_new, "model.accept"),
    Step(
        "Accept 2 garments of demo", "added attributes extra", accept("model.accept_all"), "model.accept_all"
    ),
    Step(
        "Accept garment of demo",
        "attributes box category_id extra points polygons visibility",
        accept("model.accept_whole"),
        "model.accept_whole",
    ),
    Step("Accept box of demo", "box extra", accept("model.accept_box"), "model.accept_box"),
    Step("Accept mask of demo", "extra polygons", accept("model.accept_mask"), "model.accept_mask"),
    Step(
        "Accept landmarks of demo",
        "extra points",
        accept("model.accept_landmarks"),
        "model.accept_landmarks",
    ),
    Step(
        "Accept category of demo",
        "category_id extra points visibility",
        accept("model.accept_category"),
        "model.accept_category",
    ),
    Step(
        "Accept attributes of demo",
        "attributes extra",
        accept("model.accept_attributes"),
        "model.accept_attributes",
    ),
    Step(
        "Fit the template to 14 landmarks",
        "points",
        accept("template.prediction"),
        "template.prediction",
    ),
)


def test_every_step_is_stored_undone_and_made_again(hand: Hand) -> None:
    run(hand, STEPS)


def test_the_last_step_is_taken_back_after_a_restart(hand: Hand) -> None:
    after_restart(hand, next(step for step in STEPS if step.act is to_skirt))


def test_rejecting_a_proposal_changes_nothing(hand: Hand) -> None:
    before = hand.held()
    hand.ready()
    proposed(hand)
    hand.keys("model.reject")
    assert hand.canvas.selection.landmark == 5
    hand.keys("model.show_rejected")
    assert len(hand.page.predictions.differences) == 2
    assert hand.held().same_as(before)
    withdrawn(hand)
