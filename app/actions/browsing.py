"""What can be done with the images of Browse."""

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


def _image() -> tuple[Action, ...]:
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


def _view() -> tuple[Action, ...]:
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


def _edit() -> tuple[Action, ...]:
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


def actions() -> tuple[Action, ...]:
    """The actions of the Browse page, menu by menu."""
    return (*_edit(), *_image(), *_view())
