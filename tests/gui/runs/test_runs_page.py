"""The Runs page, clicked through: the list, what can be done with a run, how each state is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from store.runs import Event
from store.runs.results import Evaluation
from tests.gui.runs.conftest import BEGAN, Maker, Shown, events_of
from tests.gui.runs.runs_hand import banner_button, click, click_run, row
from widgets.pages.runs import states
from widgets.pages.runs.list import sample_rect
from widgets.pages.runs.page import TABS, RunsPage
from widgets.pages.runs.records import metric_words
from widgets.pages.runs.words import duration, progress, when

_FAILED = ("finished", {"outcome": "failed", "result": {"what": "The loss is not a number.", "fix": "Look."}})
_DONE = (
    ("model", {"name": "first", "folder": "models/first"}),
    ("finished", {"outcome": "done", "result": {}}),
)


# -- nothing, and the list ---------------------------------------------------------------------------


def test_without_runs_the_page_says_how_to_begin(page: RunsPage, qtbot: QtBot) -> None:
    page.show_runs([])
    assert page.empty.isVisible()
    assert not page.list.isVisible()
    assert not page.side.isVisible()
    with qtbot.waitSignal(page.new_run_wanted):
        click(qtbot, page.empty._button)


def test_the_first_run_is_shown(show: Shown, make: Maker, qtbot: QtBot) -> None:
    page = show(make("first"), make("second", "done"))
    assert page.selected() == ["first"]
    assert page.head.title.full_text() == "first"
    assert page.head.tag.standing() == "running"
    assert page.head.note.full_text() == "epoch 4 of 5, 70\u2009%, 2 h 0 min left"
    assert page.side.isVisible()
    with qtbot.waitSignal(page.new_run_wanted):
        click(qtbot, page.new_run)


def test_a_click_makes_another_run_current(show: Shown, make: Maker, qtbot: QtBot) -> None:
    page = show(make("first"), make("second", "done"))
    with qtbot.waitSignal(page.selection_changed) as caught:
        click_run(page, qtbot, "second")
    assert caught.args == [["second"]]
    assert page.head.title.full_text() == "second"


def test_runs_lie_over_each_other_in_the_charts(show: Shown, make: Maker, qtbot: QtBot) -> None:
    page = show(make("first"), make("second", "done"), make("third", "done"))
    click_run(page, qtbot, "second", Qt.KeyboardModifier.ControlModifier)
    place = sample_rect(page.list.visualRect(row(page, "third"))).center()
    qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.selected() == ["first", "second", "third"]
    lines = page.overview.curves.loss.chart.lines()
    assert [line.label for line in lines] == ["first", "second", "third"]
    qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.selected() == ["first", "second"]
    # What is pinned stays when another becomes current.
    click_run(page, qtbot, "third")
    assert page.selected() == ["third", "second"]


def test_space_pins_the_current_run(show: Shown, make: Maker, qtbot: QtBot) -> None:
    page = show(make("first"), make("second", "done"))
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert page.selected() == ["second", "first"]
    qtbot.keyClick(page.list, Qt.Key.Key_Up)
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert page.selected() == ["second"]


def test_the_search_finds_by_every_word(show: Shown, make: Maker, qtbot: QtBot) -> None:
    page = show(make("first-small"), make("second-small", "done"), make("third", "lost"))
    qtbot.keyClicks(page.search.edit, "small done")
    assert page.list.runs.rowCount() == 1
    assert page.selected() == ["first-small"]
    page.select("third")
    assert page.search.text() == ""
    assert page.selected() == ["third"]
    page.select("nowhere")
    assert page.selected() == ["third"]


def test_what_is_chosen_stays_while_runs_come_and_go(show: Shown, make: Maker, qtbot: QtBot) -> None:
    first, second = make("first"), make("second", "done")
    page = show(first, second)
    click_run(page, qtbot, "second")
    with qtbot.assertNotEmitted(page.selection_changed):
        page.show_runs([make("new")[0], first[0], second[0]])
    assert page.selected() == ["second"]
    with qtbot.waitSignal(page.selection_changed):
        page.show_runs([first[0]])
    assert page.selected() == ["first"]


def test_details_of_a_run_that_is_not_selected_are_ignored(show: Shown, make: Maker) -> None:
    page = show(make("first"), make("second", "done"))
    page.show_details(make("second", "done")[1])
    assert page.head.title.full_text() == "first"
    assert [line.label for line in page.views.overview.curves.loss.chart.lines()] == ["first"]


# -- states ------------------------------------------------------------------------------------------


def test_a_running_run_is_paused_or_stopped(show: Shown, make: Maker, qtbot: QtBot) -> None:
    page = show(make("first"))
    with qtbot.waitSignal(page.pause_wanted) as caught:
        click(qtbot, page.head.pause)
    assert caught.args == ["first"]
    with qtbot.waitSignal(page.stop_wanted):
        click(qtbot, page.head.stop)
    assert not page.head.resume.isVisible()
    assert not page.head.evaluate.isVisible()
    assert not page.head.delete.isEnabled()
    assert not page.banner.isVisible()


def test_a_paused_run_goes_on(show: Shown, make: Maker, qtbot: QtBot) -> None:
    events = events_of("first", 5, 2.5, 0.5, 8, ("phase", {"phase": "paused"}))
    page = show(make("first", events=events))
    assert page.head.tag.standing() == "paused"
    assert not page.head.pause.isVisible()
    with qtbot.waitSignal(page.continue_wanted) as caught:
        click(qtbot, page.head.go_on)
    assert caught.args == ["first"]
    with qtbot.waitSignal(page.continue_wanted):
        click(qtbot, banner_button(page, "Go on"))


def test_a_starting_run_says_what_it_does(show: Shown, make: Maker) -> None:
    page = show(make("first", events=[]))
    assert page.head.tag.standing() == "starting"
    assert page.banner.isVisible()
    assert "Starting" in page.banner.accessibleName()
    assert page.views.overview.curves.loss.chart.lines() == ()


def test_a_failed_run_says_why_and_what_to_do(show: Shown, make: Maker, qtbot: QtBot) -> None:
    told = {"reason": "The loss is not a number.", "fix": "Take a lower rate."}
    page = show(make("first", "failed", events_of("first", 5, 2.5, 0.5, 8, _FAILED), **told))
    assert page.banner.accessibleName().startswith("The loss is not a number.. Take a lower rate.")
    assert "checkpoint at epoch 2 is safe" in page.banner.accessibleName()
    with qtbot.waitSignal(page.resume_wanted) as caught:
        click(qtbot, banner_button(page, "Resume"))
    assert caught.args == ["first", None]
    click(qtbot, banner_button(page, "Show log"))
    assert TABS[page.tabs.currentIndex()] == "log"
    assert page.views.log.text.toPlainText().splitlines() == ["one", "two", "three"]


def test_out_of_memory_offers_a_smaller_batch(show: Shown, make: Maker, qtbot: QtBot) -> None:
    smaller = {"training.batch": 4, "training.accumulate": 2}
    page = show(make("first", "failed", reason="cuda:0 has no room.", smaller=smaller))
    assert page.banner.accessibleName().startswith("Out of memory. cuda:0 has no room.")
    with qtbot.waitSignal(page.resume_wanted) as caught:
        click(qtbot, banner_button(page, "Resume with batch 4, accumulate 2"))
    assert caught.args == ["first", smaller]


def test_a_killed_run_says_from_where_it_can_go_on(show: Shown, make: Maker, qtbot: QtBot) -> None:
    page = show(make("first", "lost"))
    assert page.head.tag.standing() == "killed"
    assert "from the checkpoint at epoch 3" in page.banner.accessibleName()
    with qtbot.waitSignal(page.resume_wanted):
        click(qtbot, page.head.resume)


def test_a_finished_run_names_its_model(
    show: Shown, make: Maker, evaluation: Evaluation, qtbot: QtBot
) -> None:
    events = events_of("first", 5, 5.0, 0.5, 8, *_DONE)
    page = show(make("first", "done", events), make("second", "done", events, evaluation=evaluation))
    assert "is the model first" in page.banner.accessibleName()
    with qtbot.waitSignal(page.evaluate_wanted) as caught:
        click(qtbot, banner_button(page, "Evaluate"))
    assert caught.args == ["first"]
    click_run(page, qtbot, "second")
    assert "Finished as the model first" in page.banner.accessibleName()
    assert page.head.evaluate.text() == "Evaluate again"


def test_trouble_that_does_not_stop_a_run_is_told(show: Shown, make: Maker) -> None:
    trouble = ("trouble", {"what": "3 images are missing.", "fix": "Find them."})
    page = show(make("first", events=events_of("first", 5, 2.5, 0.5, 8, trouble)))
    assert page.banner.accessibleName() == "3 images are missing.. Find them."


def test_a_run_without_a_checkpoint_says_that_nothing_is_saved(make: Maker) -> None:
    _, details = make("first", "failed", events_of("first", 5, 0.5))
    said = states.said_of(details)
    assert said is not None
    assert "Nothing was saved yet" in said.text


def test_jobs_that_are_no_training_are_only_shown(show: Shown, make: Maker) -> None:
    page = show(make("first", "lost", [], "evaluate", config_text=""), make("second", "done", [], "evaluate"))
    assert not page.head.resume.isVisible()
    assert not page.head.evaluate.isVisible()
    assert "Start it again" in page.banner.accessibleName()
    assert page.side.facts.rows() == [("kind", "evaluation")]


def test_the_menu_deletes_and_opens_the_folder(show: Shown, make: Maker, qtbot: QtBot) -> None:
    page = show(make("first", "done"))
    with qtbot.waitSignal(page.delete_wanted) as caught:
        page.head.delete.trigger()
    assert caught.args == ["first"]
    with qtbot.waitSignal(page.folder_wanted):
        page.head.folder.trigger()


def test_messages_stand_across_the_page(page: RunsPage, show: Shown, make: Maker) -> None:
    show(make("first"))
    page.show_message("The disk is full.", "Make room.")
    assert page.message.isVisible()
    assert page.message.accessibleName() == "The disk is full.. Make room."
    page.show_message("")
    assert not page.message.isVisible()


# -- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (59, "59 s"), (600, "10 min"), (26_040, "7 h 14 min"), (90_000, "1 d 1 h")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_moments_are_as_short_as_they_may_be() -> None:
    assert len(when(BEGAN, BEGAN)) == 5
    assert when(BEGAN, BEGAN + timedelta(days=40)).startswith("21")
    assert when(BEGAN, BEGAN + timedelta(days=400)).endswith("2026")


def test_metrics_in_words() -> None:
    assert [metric_words(name) for name in ("landmarks/AP", "category/top3", "loss")] == [
        "landmark AP",
        "category top-3",
        "loss",
    ]


def test_progress_in_words(make: Maker) -> None:
    assert progress(make("a", events=events_of("a", 5, 0.0))[0]).startswith("epoch 1 of 5, 0\u2009%")
    assert progress(make("a", "done", events_of("a", 5, 5.0))[0]) == "5 epochs"
    assert progress(make("a", "queued", [])[0]) == ""
    assert progress(make("a", events=[])[1]) == "reading the data"


def test_every_view_can_be_painted(compared: RunsPage, qtbot: QtBot) -> None:
    for name in TABS:
        compared.show_tab(name)
        assert not compared.grab().isNull()


def test_events_are_real(make: Maker) -> None:
    assert all(isinstance(event, Event) for event in events_of("a"))
    assert make("a")[1].series.skipped == 0
