"""What can be done with the images of Browse."""

from __future__ import annotations

from app.actions.action import (
    Action,
    Maker,
    Scope,
    can_redo_many,
    can_undo_many,
    needs_changeable,
    needs_chosen,
    needs_store,
)
from store.records import Review


def _edit() -> tuple[Action, ...]:
    make = Maker("browse", "Edit", scope=Scope.WINDOW, prefix="browse.")
    undo, redo = ("Ctrl+Z",), ("Ctrl+Shift+Z", "Ctrl+Y")
    return (
        make(
            "undo",
            "Undo in Browse",
            lambda w: w.browse.many.undo(),
            "arrow-back-up",
            *undo,
            needs=can_undo_many,
        ),
        make(
            "redo",
            "Redo in Browse",
            lambda w: w.browse.many.redo(),
            "arrow-forward-up",
            *redo,
            needs=can_redo_many,
        ),
    )


_IMAGE = Maker("browse", "Image", needs_changeable, prefix="browse.")


def _review() -> tuple[Action, ...]:
    def review(action_id: str, title: str, wanted: Review, icon: str, *keys: str) -> Action:
        return _IMAGE(action_id, title, lambda w: w.browse.page.wishes.review.emit(wanted), icon, *keys)

    return (
        review(
            "accept",
            "Accept the selected images",
            Review.ACCEPTED,
            "circle-check",
            "Ctrl+Return",
            "Ctrl+Enter",
        ),
        review("second_look", "Second look at the selected images", Review.SECOND_LOOK, "flag", "Ctrl+L"),
        review("reject", "Reject the selected images", Review.REJECTED, "circle-x", "Ctrl+R"),
    )


def _many() -> tuple[Action, ...]:
    return (
        _IMAGE(
            "tag",
            "Tag the selected images…",
            lambda w: w.browse.page.wishes.tag.emit(),
            "tag",
            "Ctrl+T",
            separated=True,
        ),
        _IMAGE(
            "category",
            "Change the category of their garments…",
            lambda w: w.browse.page.wishes.category.emit(),
            "category",
            "Ctrl+G",
        ),
        _IMAGE(
            "swap",
            "Swap left and right of their garments…",
            lambda w: w.browse.page.wishes.swap.emit(),
            "arrows-left-right",
            "Ctrl+Shift+S",
        ),
        _IMAGE(
            "export",
            "Export the selected images",
            lambda w: w.browse.page.wishes.export.emit(),
            "package-export",
            "Ctrl+Shift+E",
            needs=needs_chosen,
        ),
    )


def _view() -> tuple[Action, ...]:
    make = Maker("browse", "View", needs_store, prefix="browse.")

    def layer(name: str, key: str) -> Action:
        title = f"{name.capitalize()} on thumbnails"
        return make(name, title, lambda w: w.browse.page.toolbar.overlays.toggle(name), "", key)

    return (
        make(
            "list",
            "Images as a list",
            lambda w: w.browse.page.set_listed(not w.browse.page.listed),
            "layout-list",
            "Ctrl+Shift+L",
            separated=True,
        ),
        make(
            "products",
            "Images by product",
            lambda w: w.browse.page.set_by_product(not w.browse.page.by_product),
            "link",
            "Ctrl+U",
        ),
        layer("landmarks", "F5"),
        layer("masks", "F6"),
        layer("boxes", "F7"),
    )


def actions() -> tuple[Action, ...]:
    """The actions of the Browse page, menu by menu."""
    return (*_edit(), *_review(), *_many(), *_view())
