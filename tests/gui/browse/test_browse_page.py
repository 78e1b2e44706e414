"""The Browse page over a real store."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from store.db import Store
from store.records import Review, View
from widgets.browser.listhead import REVIEW
from widgets.common import Button, EmptyState
from widgets.pages.browse import BrowsePage

Key = Qt.Key


def loaded(page: BrowsePage) -> bool:
    rows = page.grid.rows_in_view()
    return page._model.complete(rows.start, rows.stop) and page._thumbnails.idle


def row_of(page: BrowsePage, facet: str, word: str):
    return page.facets._rows[facet, word]


def press(qtbot: QtBot, page: BrowsePage, facet: str, word: str) -> None:
    tree, row = page.facets.tree, row_of(page, facet, word)
    tree.setExpanded(row.parent().index(), True)
    tree.scrollTo(row.index())
    qtbot.mouseClick(
        tree.viewport(),
        Qt.MouseButton.LeftButton,
        pos=tree.visualRect(row.index()).topLeft() + QPoint(20, 10),
    )


def ticked(page: BrowsePage, facet: str, word: str) -> bool:
    return row_of(page, facet, word).checkState() == Qt.CheckState.Checked


def button(page: BrowsePage, text: str) -> Button:
    return next(b for b in page.findChildren(Button) if b.text() == text and b.isVisibleTo(page))


def test_everything_is_shown_at_first(qtbot: QtBot, page: BrowsePage) -> None:
    qtbot.waitUntil(lambda: loaded(page))
    assert page.counts._images.text() == "60 images"
    assert page.current_row == 0
    assert row_of(page, "split", "validation").text() == "validation"
    assert page.facets._rows["split", "train"].accessibleText() == "train, 50 images, not ticked"


def test_ticks_go_through_the_text_to_the_store(qtbot: QtBot, page: BrowsePage) -> None:
    press(qtbot, page, "category", "trousers")
    assert page.filter_text == "category = trousers"
    assert len(page.ids) == 30
    press(qtbot, page, "review", "to do")
    assert page.filter_text == 'category = trousers and review = "to do"'
    assert ticked(page, "category", "trousers")
    press(qtbot, page, "category", "trousers")
    assert page.filter_text == 'review = "to do"'
    assert not ticked(page, "category", "trousers")
    assert len(page.ids) == 45


def test_the_text_sets_the_ticks(qtbot: QtBot, page: BrowsePage) -> None:
    page.set_filter("occlusion >= medium and domain = shop", apply=True)
    assert ticked(page, "occlusion", "heavy")
    assert not ticked(page, "occlusion", "slight")
    assert ticked(page, "domain", "shop")


@pytest.mark.parametrize(
    "facet_and_word",
    [
        ("problems", "with problems"),
        ("problems", "without problems"),
        ("state", "present"),
        ("dataset", "small"),
    ],
)
def test_each_count_is_what_its_tick_selects(
    qtbot: QtBot, page: BrowsePage, store: Store, facet_and_word: tuple[str, str]
) -> None:
    facet, word = facet_and_word
    promised = store.statistics.facets(None)[facet][word]
    page.joint.tick(facet, word, True)
    assert len(page.ids) == promised
    assert ticked(page, facet, word)


def test_every_count_of_every_facet_holds(page: BrowsePage, store: Store) -> None:
    for facet, counts in store.statistics.facets(None).items():
        for word, promised in counts.items():
            page.set_filter("")
            page.joint.tick(facet, word, True)
            assert (facet, word, len(page.ids)) == (facet, word, promised)


def test_zero_counts_stay(page: BrowsePage) -> None:
    page.set_filter("category = trousers", apply=True)
    assert (
        row_of(page, "category", "short sleeve top").accessibleText().startswith("short sleeve top, 0 images")
    )
    tree = page.facets.tree
    head = row_of(page, "category", "short sleeve top").parent()
    assert not tree.isRowHidden(row_of(page, "category", "short sleeve top").row(), head.index())


def test_slash_begins_a_filter_and_enter_returns_to_the_grid(qtbot: QtBot, page: BrowsePage) -> None:
    qtbot.keyClick(page.grid, Key.Key_Slash)
    assert page.filter.edit.hasFocus()
    qtbot.keyClicks(page.filter.edit, "garments = 1 and id < 4")
    page.filter._popup.hide()
    qtbot.keyClick(page.filter.edit, Key.Key_Return)
    assert len(page.ids) == 3
    assert page.grid.hasFocus()


def test_enter_stays_in_the_line_while_the_filter_is_not_finished(qtbot: QtBot, page: BrowsePage) -> None:
    qtbot.keyClick(page.grid, Key.Key_Slash)
    qtbot.keyClicks(page.filter.edit, "review =")
    page.filter._popup.hide()
    qtbot.keyClick(page.filter.edit, Key.Key_Return)
    assert page.filter.edit.hasFocus()
    message = page.counts._message
    assert message.width() >= message.fontMetrics().horizontalAdvance(message.text())


def test_what_is_wrong_with_a_filter_stands_in_its_place(qtbot: QtBot, page: BrowsePage) -> None:
    page.set_filter("review = acepted", apply=True)
    assert "accepted" in page.counts._message.text()
    assert page.counts._message.isVisible()
    assert len(page.ids) == 60
    page.set_filter("review = accepted", apply=True)
    assert not page.counts._message.isVisible()


def test_an_error_of_the_store_is_shown_too(page: BrowsePage) -> None:
    page.set_filter("category = kimono")
    page.show_error('There is no category "kimono".', 11)
    assert page.counts._message.text() == 'There is no category "kimono".'


def test_a_filter_that_finds_nothing_offers_to_drop_its_last_term(qtbot: QtBot, page: BrowsePage) -> None:
    page.set_filter("category = trousers and pair = 77", apply=True)
    assert not page.grid.isVisible()
    qtbot.mouseClick(button(page, "Drop pair = 77"), Qt.MouseButton.LeftButton)
    assert page.filter_text == "category = trousers"
    assert page.grid.isVisible()
    page.set_filter("pair = 77", apply=True)
    qtbot.mouseClick(button(page, "Show all images"), Qt.MouseButton.LeftButton)
    assert len(page.ids) == 60


def test_an_empty_store_offers_to_import(qtbot: QtBot, page: BrowsePage) -> None:
    page.show_rows(np.empty(0, np.int64), 0, 0, 0.1)
    page.show_store_empty(True)
    assert page.findChild(EmptyState).isVisible()
    with qtbot.waitSignal(page.import_wanted):
        qtbot.mouseClick(button(page, "Import a dataset"), Qt.MouseButton.LeftButton)


def test_the_selection_bar_acts_on_the_selection(qtbot: QtBot, page: BrowsePage) -> None:
    assert not page.selection_bar.isVisible()
    for key in (Key.Key_Space, Key.Key_Right, Key.Key_Space):
        qtbot.keyClick(page.grid, key)
    assert page.selection_bar.isVisible()
    assert page.selection_bar._count.text() == "2 selected"
    with qtbot.waitSignal(page.review_wanted) as wanted:
        page.selection_bar.review.menu().actions()[3].trigger()
    assert wanted.args == [page.ids[:2].tolist(), Review.ACCEPTED]
    with qtbot.waitSignal(page.export_wanted) as wanted:
        qtbot.mouseClick(button(page, "Export"), Qt.MouseButton.LeftButton)
    assert wanted.args == [page.ids[:2].tolist()]
    with qtbot.waitSignal(page.open_wanted) as wanted:
        qtbot.mouseClick(button(page, "Annotate"), Qt.MouseButton.LeftButton)
    assert wanted.args == [1]
    qtbot.mouseClick(page.selection_bar._clear, Qt.MouseButton.LeftButton)
    assert not page.selection_bar.isVisible()


def test_current_and_selected_images_outlive_another_filter(qtbot: QtBot, page: BrowsePage) -> None:
    page.grid.select_rows(np.array([1, 2, 5]))
    page.select_row(5)
    kept = page.current_id
    page.set_filter("category = trousers", apply=True)
    assert page.current_id == kept
    assert page.selected_ids() == [page.ids[0], page.ids[2]]
    page.set_filter("category = trousers and id < 3", apply=True)
    assert page.current_row == 0


def test_the_order_is_asked_for(qtbot: QtBot, page: BrowsePage, store: Store) -> None:
    page.counts.choose("name desc")
    assert page.order == "name desc"
    assert page.ids.tolist() == store.images.ids(None, "name desc").tolist()


def test_the_list_sorts_by_its_columns(qtbot: QtBot, page: BrowsePage, store: Store) -> None:
    page.set_listed(True)
    assert page.toolbar.mode.value() == "list"
    page.grid.head.order_wanted.emit("problems")
    assert page.order == "problems"
    assert page.ids.tolist() == store.images.ids(None, "problems").tolist()
    page.set_order("review")
    assert page.grid.head.sortIndicatorSection() == REVIEW


def test_from_products_to_the_list_and_back(qtbot: QtBot, page: BrowsePage) -> None:
    with qtbot.waitSignal(page.by_product_changed):
        page.set_by_product(True)
    with qtbot.waitSignal(page.by_product_changed) as asked:
        page.set_listed(True)
    assert asked.args == [False]
    assert page.listed
    page.set_by_product(True)
    assert not page.listed
    assert not page.grid.listed


def test_every_order_offered_is_one_of_the_store(page: BrowsePage, store: Store) -> None:
    from widgets.browser.bars import ORDER_WORDS

    for order in ORDER_WORDS:
        assert len(store.images.ids(None, order)) == 60


def test_details_follow_the_current_image(qtbot: QtBot, page: BrowsePage) -> None:
    page.side.tabs.setCurrentIndex(1)
    page.select_row(20)
    qtbot.waitUntil(lambda: page.details._name.full_text() == "000020.jpg")
    assert page.details._problems.isVisible()
    assert page.details._rows[0].isVisible()
    page.select_row(21)
    qtbot.waitUntil(lambda: page.details._name.full_text() == "000021.jpg")
    assert not page.details._problems.isVisible()


def test_details_of_another_image_are_not_shown(qtbot: QtBot, page: BrowsePage, store: Store) -> None:
    page.side.tabs.setCurrentIndex(1)
    page.select_row(1)
    qtbot.waitUntil(lambda: page.details._name.full_text() == "000001.jpg")
    page.controller.details(int(page.ids[9]))
    assert page.details._name.full_text() == "000001.jpg"


def test_views_bring_filter_and_order(qtbot: QtBot, page: BrowsePage) -> None:
    page.show_views([View(id=1, name="Shop", where="domain = shop", order="name desc")])
    page.views.menu().actions()[0].trigger()
    assert (page.filter_text, page.order, len(page.ids)) == ("domain = shop", "name desc", 20)
    with qtbot.waitSignal(page.view_delete_wanted) as wanted:
        page.views.menu().actions()[-1].menu().actions()[0].trigger()
    assert wanted.args == [1]


def test_the_arrangement_comes_back(qtbot: QtBot, page: BrowsePage) -> None:
    page.grid.set_columns(8)
    page.grid.set_fill(False)
    page.side.tabs.setCurrentIndex(1)
    page.facets.tree.collapseAll()
    page.set_listed(True)
    page.grid.head.resizeSection(REVIEW, 150)
    state = page.save_state()
    other = BrowsePage()
    qtbot.addWidget(other)
    other.resize(page.size())
    with qtbot.waitExposed(other):
        other.show()
    other.restore_state(state)
    assert other.listed
    assert other.grid.head.sectionSize(REVIEW) == 150
    other.set_listed(False)
    assert other.grid.places.columns == 8
    other.set_listed(True)
    assert not other.grid.fill
    assert other.side.tabs.currentIndex() == 1
    assert other.facets.save_state() == []
    assert other.save_state() == state
    other.close()
    other.settle()


def test_facets_can_be_searched(qtbot: QtBot, page: BrowsePage) -> None:
    qtbot.keyClicks(page.facets.search.edit, "sling")
    tree = page.facets.tree
    category = row_of(page, "category", "sling").parent()
    shown = [
        category.child(i).text()
        for i in range(category.rowCount())
        if not tree.isRowHidden(i, category.index())
    ]
    assert sorted(shown) == ["sling", "sling dress"]
    assert tree.isRowHidden(row_of(page, "split", "train").parent().row(), tree.rootIndex())
    qtbot.keyClick(page.facets.search.edit, Key.Key_Escape)
    assert not tree.isRowHidden(row_of(page, "split", "train").parent().row(), tree.rootIndex())


def test_facets_work_from_the_keyboard(qtbot: QtBot, page: BrowsePage) -> None:
    tree = page.facets.tree
    tree.setFocus()
    tree.setCurrentIndex(row_of(page, "domain", "shop").index())
    qtbot.keyClick(tree, Key.Key_Space)
    assert page.filter_text == "domain = shop"
    qtbot.keyClick(tree, Key.Key_Space)
    assert page.filter_text == ""


def test_columns_and_slider_follow_each_other(qtbot: QtBot, page: BrowsePage) -> None:
    page.tile_size.slider.setValue(page.tile_size.slider.minimum())
    assert page.grid.places.columns == 10
    page.grid.set_columns(4)
    assert page.tile_size.slider.value() == page.tile_size.slider.maximum()


def test_changed_images_are_shown_as_they_are_now(qtbot: QtBot, page: BrowsePage, store: Store) -> None:
    from store.document import Document
    from store.document.edits import set_review

    qtbot.waitUntil(lambda: loaded(page))
    image_id = int(page.ids[1])
    document = Document(store, image_id)
    document.apply(set_review(document.image, Review.REJECTED))
    page.refresh([image_id])
    qtbot.waitUntil(lambda: page._model.tile(1).image.review is Review.REJECTED)


def test_closing_the_store_waits_for_its_readers(qtbot: QtBot, page: BrowsePage, store: Store) -> None:
    for row in range(0, 60, 7):
        page.select_row(row)
    page.set_source(None, None)
    store.close()
    qtbot.wait(50)
    assert len(page.ids) == 0
    assert page.grid.count == 0


def test_an_import_that_adds_images_moves_nothing_away(qtbot: QtBot, page: BrowsePage) -> None:
    every = page.ids.copy()
    page.show_rows(every[10:], 50, 50, 1.0)
    qtbot.waitUntil(lambda: loaded(page))
    page.grid.verticalScrollBar().setValue(page.grid.places.pitch * 2)
    before = page.grid.held()
    page.show_rows(every, 60, 60, 1.0)
    row = page._model.row_of(before[0])
    assert row in page.grid.rows_in_view()
    assert page._model.tile(row) is not None


def test_the_same_images_again_keep_all_as_it_is(qtbot: QtBot, page: BrowsePage) -> None:
    qtbot.waitUntil(lambda: loaded(page))
    page.grid.selectAll()
    page.grid.set_current_row(7)
    page.show_rows(page.ids.copy(), 60, 60, 1.0)
    assert page.grid.selected_count() == 60
    assert page.current_row == 7
    qtbot.waitUntil(lambda: loaded(page))
