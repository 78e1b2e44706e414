"""What can be done wherever one is, and on Export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions.action import (
    Action,
    Scope,
    needs_chosen,
    needs_store,
)

if TYPE_CHECKING:
    from app.window import MainWindow


def _export_trail(window: MainWindow) -> None:
    from app.controllers.auditing import export_trail

    export_trail(window.session, window.jobs, window.browse.page.filter_text, window)


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
        Action(
            "store.audit",
            "Export the audit trail…",
            _export_trail,
            "clipboard-check",
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
        Action(
            "file.keys",
            "Change keys…",
            lambda w: w.keys.edit(),
            "keyboard",
            ("Ctrl+Alt+K",),
            "File",
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
            "help.palette",
            "Search actions…",
            lambda w: w.palette_.show(),
            "search",
            ("Ctrl+K",),
            "Help",
        ),
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
        *_pages(),
        *_view(),
        *_export(),
        *_help(),
    )
