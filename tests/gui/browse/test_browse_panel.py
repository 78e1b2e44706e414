"""The side panel of Browse over a real store: long facets, ranges, names; and the toolbar's modes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from store.db import Store
from store.records import Dataset, Garment, Image, ImageRecord, Problem, View
from widgets.browser.groups import Groups
from widgets.pages.browse import BrowsePage
from widgets.panels.details import Details
from widgets.panels.facet_tree import COUNT_ROLE
from widgets.panels.facets import FEW, FacetPanel

Key = Qt.Key


@pytest.fixture
def panel(qtbot: QtBot) -> FacetPanel:
    made = FacetPanel()
    qtbot.addWidget(made)
    made.resize(324, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


def shown(panel: FacetPanel, facet: str) -> list[str]:
    """The words of a facet that can be seen; none where its head is hidden."""
    head = panel._heads[facet]
    if panel.tree.isRowHidden(head.row(), panel.tree.rootIndex()):
        return []
    rows = range(head.rowCount())
    return [head.child(i).text() for i in rows if not panel.tree.isRowHidden(i, head.index())]


MANY = {f"attribute {number:03}": 1000 - number for number in range(1000)}


def test_of_a_thousand_attributes_the_commonest_are_shown(panel: FacetPanel) -> None:
    panel.show_counts({"attribute": MANY})
    assert shown(panel, "attribute") == list(MANY)[: FEW - 1]
    assert len(panel.words()["attribute"]) == 1000
    # Rows are made for what can be seen only.
    assert sum(facet == "attribute" for facet, _word in panel._rows) == FEW - 1


def test_attributes_are_found_by_search_and_stay_while_ticked(qtbot: QtBot, panel: FacetPanel) -> None:
    panel.show_counts({"attribute": MANY})
    qtbot.keyClicks(panel.search.edit, "99")
    assert "attribute 399" in shown(panel, "attribute")
    assert len(shown(panel, "attribute")) == 19
    assert shown(panel, "split") == []
    panel.show_ticks({"attribute": frozenset({"attribute 990"})})
    panel.search.clear()
    assert shown(panel, "attribute") == [*list(MANY)[: FEW - 1], "attribute 990"]


def test_words_that_nothing_has_can_be_searched_for_too(qtbot: QtBot, panel: FacetPanel) -> None:
    panel.set_words({"attribute": ["striped", "floral"], "tag": [], "category": ["trousers"]})
    panel.show_counts({"attribute": {"floral": 2}})
    assert shown(panel, "attribute") == ["floral", "striped"]
    assert panel._rows["attribute", "striped"].accessibleText() == "striped, 0 images, not ticked"


def test_facets_that_nothing_has_are_left_out(panel: FacetPanel) -> None:
    panel.show_counts({"clothes_type": {"unknown": 60}, "role": {"unknown": 60}, "split": {"train": 60}})
    for facet in ("clothes_type", "clothes_category", "attribute", "tag", "problem", "role"):
        assert shown(panel, facet) == []
    panel.show_counts({"clothes_type": {"unknown": 50, "upper-body": 10}})
    assert "upper-body" in shown(panel, "clothes_type")
    # What has been there once stays, however few the filter leaves.
    panel.show_counts({"clothes_type": {"unknown": 5}})
    assert "upper-body" in shown(panel, "clothes_type")


def test_ranges_go_through_the_text_to_the_store(qtbot: QtBot, page: BrowsePage) -> None:
    ranges = page.facets.ranges
    ranges.set_folded(False)
    low, high = ranges.ends["problems"]
    qtbot.keyClicks(low, "1")
    qtbot.keyClick(low, Key.Key_Return)
    assert page.filter_text == "problems >= 1"
    assert len(page.ids) == 3
    qtbot.keyClicks(high, "1")
    qtbot.keyClick(high, Key.Key_Return)
    assert page.filter_text == "problems = 1"
    page.set_filter("garments >= 1 and width <= 60", apply=True)
    assert (low.text(), high.text()) == ("", "")
    assert [one.text() for one in ranges.ends["width"]] == ["", "60"]
    assert ranges._note.full_text() == "2 on"


def test_what_is_typed_into_a_range_takes_effect_by_itself(qtbot: QtBot, page: BrowsePage) -> None:
    ranges = page.facets.ranges
    ranges.set_folded(False)
    qtbot.keyClicks(ranges.name, "00001")
    qtbot.waitUntil(lambda: page.filter_text == "file ~ 00001")
    assert len(page.ids) == 11
    ranges.name.clear()
    qtbot.keyClick(ranges.name, Key.Key_Return)
    assert page.filter_text == ""


def test_every_count_of_the_long_facets_holds(page: BrowsePage, tmp_path: Path) -> None:
    with Store.create(tmp_path / "other") as store:
        dataset = store.datasets.add(Dataset(name='it\'s "x"'[:4]))
        with store.bulk() as bulk:
            for number in range(12):
                said = {"A-line": 1, "100% wool": (-1) ** number, "and": number % 3 // 2}
                worn = [Garment(category_id=8, attributes=said, clothes_type=number % 3 or None)]
                tags = ("to ask",) if number % 4 else ("b", "odd")
                problems = (Problem(code="off the mask"),) * (number % 2)
                image = Image(
                    dataset_id=dataset.id, name=f"{number}.jpg", tags=tags, role="query" * (number % 2)
                )
                bulk.add(ImageRecord(image, tuple(worn), problems))
        page.controller.store = store
        facets = store.statistics.facets(None)
        page.show_facets(facets)
        for facet in ("attribute", "tag", "problem", "clothes_type", "role"):
            assert facets[facet]
            for word, promised in facets[facet].items():
                page.set_filter("")
                page.joint.tick(facet, word, True)
                assert (facet, word, len(page.ids)) == (facet, word, promised)
                assert page.facets._rows[facet, word].checkState() == Qt.CheckState.Checked
        page.set_source(None, None)


def test_details_name_clothes_and_attributes(page: BrowsePage) -> None:
    said = {f"attribute {number}": 1 for number in range(10)} | {"plain": -1}
    worn = Garment(id=1, category_id=8, clothes_type=2, clothes_category=26, attributes=said)
    image = page.controller.store.images.get(page.current_id)
    page.show_details(Details(image, [worn], [], "small"))
    text = page.details._rows[0]._facts.text()
    assert text.startswith("lower-body · Jeans · attribute 0 · ")
    assert text.endswith("attribute 7 · and 2 attributes more")


def test_images_are_shown_by_product(qtbot: QtBot, page: BrowsePage) -> None:
    asked: list[bool] = []
    page.by_product_changed.connect(asked.append)
    page.set_by_product(True)
    assert asked == [True]
    groups = Groups(page.ids[:3] * 0 + [0, 2, 30], "group {}".format, lambda group: f"note {group}")
    page.show_rows(page.ids, 60, 60, 1.0, groups)
    columns = page.grid.places.columns
    assert page.grid.places.rect(2).top() > page.grid.places.rect(1).top()
    page.select_row(1)
    qtbot.keyClick(page.grid, Key.Key_Down)
    assert page.current_row == 3
    qtbot.keyClick(page.grid, Key.Key_Up)
    assert page.current_row == 1
    page.show_rows(page.ids, 60, 60, 1.0)
    assert page.grid.places.rect(2).top() == page.grid.places.rect(1).top()
    assert columns == page.grid.places.columns
    assert page.save_state()["by_product"]


def test_overlays_are_chosen_and_kept(page: BrowsePage) -> None:
    page.toolbar.overlays.toggle("masks")
    page.toolbar.overlays.toggle("boxes")
    assert page.grid.layers == {"masks", "boxes"}
    page.toolbar.overlays.toggle("boxes")
    state = page.save_state()
    assert state["layers"] == ["masks"]
    page.restore_state({**state, "layers": ["landmarks"]})
    assert page.grid.layers == {"landmarks"}
    assert page.toolbar.overlays.accessibleName() == "Overlays: Landmarks"


def test_views_are_renamed_and_updated(qtbot: QtBot, page: BrowsePage) -> None:
    shop = View(id=1, name="Shop", where="domain = shop", order="name desc")
    page.show_views([shop, View(id=2, name="All")])
    menus = {action.text(): action.menu() for action in page.views.menu().actions() if action.menu()}
    page.set_filter("split = train", apply=True)
    with qtbot.waitSignal(page.view_change_wanted) as wanted:
        menus["Update a view to this filter"].actions()[0].trigger()
    (changed,) = wanted.args
    assert (changed.id, changed.name, changed.where, changed.order) == (1, "Shop", "split = train", "name")
    assert page.views.text() == "Saved views"
    page.show_views([changed, View(id=2, name="All")])
    assert page.views.text() == "Shop"
    with qtbot.waitSignal(page.view_change_wanted) as wanted:
        page.views.rename_wanted.emit(changed.but(name="Training"))
    assert wanted.args[0].name == "Training"


def test_the_menu_says_what_the_bar_says(qtbot: QtBot, page: BrowsePage) -> None:
    rows = page.ids[:2].tolist()
    page.grid.select_rows(page.ids[:2] * 0 + [0, 1])
    texts = [action.text().split("\t")[0] for action in page.menu.actions()]
    for text, signal in (
        ("Tag…", page.tag_wanted),
        ("Change category…", page.category_wanted),
        ("Swap left and right…", page.swap_wanted),
        ("Export selection", page.export_wanted),
    ):
        with qtbot.waitSignal(signal) as wanted:
            page.menu.actions()[texts.index(text)].trigger()
        assert wanted.args == [rows]
    page.set_writable(False)
    page.menu.show_for(2, False)
    enabled = {text for text, action in zip(texts, page.menu.actions(), strict=True) if action.isEnabled()}
    assert "Export selection" in enabled
    assert not enabled & {"Tag…", "Set review", "Change category…"}
    page.grid.clear_selection()
    page.select_row(5)
    with qtbot.waitSignal(page.tag_wanted) as wanted:
        page.wishes.tag.emit()
    assert wanted.args == [[page.ids[5]]]


def test_counts_that_are_still_to_come_have_a_placeholder(qtbot: QtBot, panel: FacetPanel) -> None:
    panel.show_counts({"split": {"train": 5}, "attribute": {"striped": 3, "dotted": 2}})
    rows = panel._heads["attribute"].rowCount()
    panel.show_counts({"split": {"train": 4}}, more_to_come=True)
    # For a moment what was said before stays; then nobody may take it for the answer.
    assert panel._rows["split", "train"].data(COUNT_ROLE) == 4
    assert panel._rows["attribute", "striped"].data(COUNT_ROLE) == 3
    qtbot.waitUntil(lambda: panel._rows["attribute", "striped"].data(COUNT_ROLE) is None)
    assert "not counted yet" in panel._rows["attribute", "striped"].accessibleText()
    assert panel._heads["attribute"].rowCount() == rows
    panel.show_counts({"split": {"train": 4}, "attribute": {"dotted": 1}})
    assert panel._rows["attribute", "striped"].data(COUNT_ROLE) == 0
    assert panel._rows["attribute", "dotted"].data(COUNT_ROLE) == 1


def test_the_same_question_again_needs_no_placeholder(qtbot: QtBot, page: BrowsePage, store: Store) -> None:
    whole = store.statistics.facets(None)
    held = {facet: words for facet, words in whole.items() if facet != "state"}
    page.show_facets(whole)
    row = page.facets._rows["state", "present"]
    page.show_facets(held, more_to_come=True)
    qtbot.wait(200)
    assert row.data(COUNT_ROLE) == 60
    page.show_facets(whole)
    # Of another filter the old counts would be wrong.
    page.set_filter("domain = shop")
    page.show_facets(held, more_to_come=True)
    qtbot.waitUntil(lambda: row.data(COUNT_ROLE) is None)
