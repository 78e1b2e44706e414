"""What can be done wherever one is, and on Browse and Export."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.actions.action import (
    Action,
    Scope,
    can_redo_many,
    can_undo_many,
    needs_changeable,
    needs_chosen,
    needs_store,
)
from store.records import Review

if TYPE_CHECKING:
    from app.window import MainWindow


def _file() -> tuple[Action, ...]:
    return (
        Action(
            "store.open",
            "Open store…",
            lambda w: w.welcome.choose_store(),
            "folder-open",
            ("Ctrl+O",),
            "File",
        ),
        Action(
            "store.import",
            "Import a dataset…",
            lambda w: w.import_dataset(""),
            "database-import",
            ("Ctrl+I",),
            "File",
        ),
        Action(
            "store.pictures",
            "Find pictures…",
            lambda w: w.finding.open(),
            "folder-search",
            (),
            "File",
            enabled_when=needs_store,
        ),
        Action("store.demo", "Try the demo dataset", lambda w: w.open_demo(), "hanger", ("Ctrl+D",), "File"),
        Action(
            "store.close",
            "Close store",
            lambda w: w.close_store(),
            "database-off",
            ("Ctrl+W",),
            "File",
            enabled_when=needs_store,
        ),
        Action(
            "run.new",
            "New training run…",
            lambda w: w.new_run(),
            "activity",
            ("Ctrl+N",),
            "File",
            enabled_when=needs_store,
            separated=True,
        ),
        Action(
            "file.export",
            "Export…",
            lambda w: w.go_to("export"),
            "package-export",
            ("Ctrl+E",),
            "File",
            enabled_when=needs_store,
        ),
        Action(
            "file.save",
            "Save",
            lambda w: w.tell_saved(),
            "device-floppy",
            ("Ctrl+S",),
            "File",
            enabled_when=needs_store,
            hint="Every change is saved the moment it is made",
        ),
        Action(
            "file.settings",
            "Settings…",
            lambda w: w.show_settings(),
            "settings",
            ("Ctrl+,",),
            "File",
            separated=True,
        ),
        Action("file.quit", "Quit", lambda w: w.quit(), "", ("Ctrl+Q",), "File"),
    )


def _edit() -> tuple[Action, ...]:
    return (
        Action(
            "edit.filter",
            "Filter",
            lambda w: w.focus_filter(),
            "filter",
            ("/",),
            "Edit",
            scope=Scope.PAGE,
            enabled_when=needs_store,
            separated=True,
        ),
        Action(
            "edit.annotate",
            "Annotate the selection",
            lambda w: w.annotate_current(),
            "vector-triangle",
            (),
            "Edit",
            page="browse",
            enabled_when=needs_chosen,
        ),
    )


def _browse() -> tuple[Action, ...]:
    def action(
        action_id: str,
        title: str,
        run: Callable[[MainWindow], object],
        icon: str,
        *keys: str,
        writes: bool = True,
        separated: bool = False,
        menu: str = "Image",
    ) -> Action:
        return Action(
            action_id,
            title,
            run,
            icon,
            keys,
            menu,
            page="browse",
            scope=Scope.PAGE,
            enabled_when=needs_changeable if writes else needs_chosen,
            separated=separated,
        )

    def review(wanted: Review) -> Callable[[MainWindow], object]:
        return lambda w: w.browse.page.wishes.review.emit(wanted)

    return (
        action(
            "browse.accept",
            "Accept the selected images",
            review(Review.ACCEPTED),
            "circle-check",
            "Ctrl+Return",
            "Ctrl+Enter",
        ),
        action(
            "browse.second_look",
            "Second look at the selected images",
            review(Review.SECOND_LOOK),
            "flag",
            "Ctrl+L",
        ),
        action("browse.reject", "Reject the selected images", review(Review.REJECTED), "circle-x", "Ctrl+R"),
        action(
            "browse.tag",
            "Tag the selected images…",
            lambda w: w.browse.page.wishes.tag.emit(),
            "tag",
            "Ctrl+T",
            separated=True,
        ),
        action(
            "browse.category",
            "Change the category of their garments…",
            lambda w: w.browse.page.wishes.category.emit(),
            "category",
            "Ctrl+G",
        ),
        action(
            "browse.swap",
            "Swap left and right of their garments…",
            lambda w: w.browse.page.wishes.swap.emit(),
            "arrows-left-right",
            "Ctrl+Shift+S",
        ),
        action(
            "browse.export",
            "Export the selected images",
            lambda w: w.browse.page.wishes.export.emit(),
            "package-export",
            "Ctrl+Shift+E",
            writes=False,
        ),
    )


def _browse_view() -> tuple[Action, ...]:
    def layer(name: str, title: str, key: str, separated: bool = False) -> Action:
        return Action(
            f"browse.{name}",
            title,
            lambda w: w.browse.page.toolbar.overlays.toggle(name),
            "",
            (key,),
            "View",
            page="browse",
            scope=Scope.PAGE,
            enabled_when=needs_store,
            separated=separated,
        )

    return (
        Action(
            "browse.products",
            "Images by product",
            lambda w: w.browse.page.set_by_product(not w.browse.page.by_product),
            "link",
            ("Ctrl+U",),
            "View",
            page="browse",
            scope=Scope.PAGE,
            enabled_when=needs_store,
            separated=True,
        ),
        layer("landmarks", "Landmarks on thumbnails", "F5"),
        layer("masks", "Masks on thumbnails", "F6"),
        layer("boxes", "Boxes on thumbnails", "F7"),
    )


def _browse_edit() -> tuple[Action, ...]:
    return (
        Action(
            "browse.undo",
            "Undo in Browse",
            lambda w: w.browse.many.undo(),
            "arrow-back-up",
            ("Ctrl+Z",),
            "Edit",
            page="browse",
            enabled_when=can_undo_many,
        ),
        Action(
            "browse.redo",
            "Redo in Browse",
            lambda w: w.browse.many.redo(),
            "arrow-forward-up",
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            "Edit",
            page="browse",
            enabled_when=can_redo_many,
        ),
    )


def _pages() -> tuple[Action, ...]:
    return (
        Action(
            "page.browse",
            "Browse",
            lambda w: w.go_to("browse"),
            "layout-grid",
            ("Ctrl+1",),
            "View",
            enabled_when=needs_store,
        ),
        Action(
            "page.annotate",
            "Annotate",
            lambda w: w.go_to("annotate"),
            "vector-triangle",
            ("Ctrl+2",),
            "View",
            enabled_when=needs_store,
        ),
        Action(
            "page.retrieval",
            "Retrieval",
            lambda w: w.go_to("retrieval"),
            "photo-search",
            ("Ctrl+3",),
            "View",
            enabled_when=needs_store,
        ),
        Action(
            "page.models",
            "Models",
            lambda w: w.go_to("models"),
            "cube",
            ("Ctrl+4",),
            "View",
            enabled_when=needs_store,
        ),
        Action(
            "page.runs",
            "Runs",
            lambda w: w.go_to("runs"),
            "activity",
            ("Ctrl+5",),
            "View",
            enabled_when=needs_store,
        ),
        Action(
            "page.export",
            "Export",
            lambda w: w.go_to("export"),
            "package-export",
            ("Ctrl+8",),
            "View",
            enabled_when=needs_store,
        ),
    )


def _view() -> tuple[Action, ...]:
    return (
        Action(
            "view.side",
            "Side panel",
            lambda w: w.toggle_side(),
            "layout-sidebar-right",
            ("Ctrl+B",),
            "View",
            enabled_when=needs_store,
            separated=True,
        ),
        Action(
            "view.problems",
            "Problems of the store…",
            lambda w: w.show_problems(),
            "alert-triangle",
            ("Ctrl+P",),
            "View",
            enabled_when=needs_store,
        ),
        Action("view.jobs", "Jobs", lambda w: w.jobs.show_panel(), "progress", ("Ctrl+J",), "View"),
        Action(
            "view.theme",
            "Switch between dark and light",
            lambda w: w.switch_theme(),
            "moon",
            ("Ctrl+Shift+T",),
            "View",
        ),
        Action("view.region", "Next part of the window", lambda w: w.next_region(), "", ("Ctrl+F6",), "View"),
        Action(
            "view.region_back",
            "Part of the window before",
            lambda w: w.next_region(-1),
            "",
            ("Ctrl+Shift+F6",),
        ),
        Action("view.screen", "Full screen", lambda w: w.toggle_full_screen(), "maximize", ("F11",), "View"),
    )


def _export() -> tuple[Action, ...]:
    return (
        Action(
            "export.start",
            "Export",
            lambda w: w.export.start(),
            "package-export",
            ("Ctrl+Return", "Ctrl+Enter"),
            page="export",
            scope=Scope.PAGE,
            enabled_when=needs_store,
        ),
    )


def _help() -> tuple[Action, ...]:
    return (
        Action(
            "help.shortcuts",
            "Keyboard shortcuts",
            lambda w: w.show_shortcuts(),
            "keyboard",
            ("?", "F1"),
            "Help",
        ),
        Action("help.guide", "User guide", lambda w: w.welcome.show_guide(), "book", (), "Help"),
        Action("help.log", "Show the log", lambda w: w.show_log(), "file-text", (), "Help", separated=True),
        Action("help.about", "About DeepFashion Studio", lambda w: w.show_about(), "info-circle", (), "Help"),
    )


def actions() -> tuple[Action, ...]:
    """The actions of the window, menu by menu."""
    return (
        *_file(),
        *_edit(),
        *_browse_edit(),
        *_browse(),
        *_pages(),
        *_view(),
        *_browse_view(),
        *_export(),
        *_help(),
    )
