"""One thing a person can do, and what of the window decides whether it can be done now. No Qt here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypedDict, TypeVar, Unpack

if TYPE_CHECKING:
    from app.window import MainWindow

Part = TypeVar("Part")


class Scope(StrEnum):
    """Where an action's keys are listened to.

    WINDOW: everywhere. PAGE: while its page is shown; a text field still keeps the keys it needs
    itself. CANVAS: only while the canvas of its page has the focus, for keys that every list,
    table and button also wants (arrows, Tab, Enter).
    """

    WINDOW = "window"
    PAGE = "page"
    CANVAS = "canvas"


@dataclass(frozen=True, slots=True)
class State:
    """What of the window decides which actions are possible.

    ``page`` is "welcome", "browse", "annotate", "runs" or "export"; ``undo`` and ``redo`` are titles, empty
    when there is nothing, of the image in Annotate; ``undo_many`` and ``redo_many`` of changes of many
    images; ``garment`` and ``landmark`` are whether one is selected. ``proposed``: a model proposes
    something for the image, ``acceptable``: some of it is marked, ``differs``: the garment differs;
    ``hints``: geometry suggests other facts than are said; ``recalled``: a change
    is chosen in the history.
    ``marked`` counts marked landmarks; ``template``, ``pairs``: the garment's schema has a mean shape, and
    landmarks that mirror each other.
    ``crop``: one is selected in the sweep; ``undo_crop`` and ``redo_crop`` are titles there.
    ``mask`` is the garment's: "polygons", "holes", "pixels", or "" for none; ``locked``: it is.
    """

    page: str = "welcome"
    store: bool = False
    writable: bool = False
    images: int = 0
    selected: int = 0
    image: bool = False
    garment: bool = False
    landmark: bool = False
    undo: str = ""
    redo: str = ""
    undo_many: str = ""
    redo_many: str = ""
    proposed: bool = False
    acceptable: bool = False
    differs: bool = False
    hints: bool = False
    recalled: bool = False
    marked: int = 0
    template: bool = False
    pairs: bool = False
    crop: bool = False
    undo_crop: str = ""
    redo_crop: str = ""
    mask: str = ""
    locked: bool = False


#: Says why an action is impossible in a state; "" where it is possible.
Condition = Callable[[State], str]


def always(_state: State) -> str:
    """Possible everywhere."""
    return ""


@dataclass(frozen=True, slots=True)
class Action:
    """A thing to do: ``keys`` are Qt's portable texts, the first is shown; without ``menu`` in no menu.

    ``separated`` puts a line above it in its menu. ``checkable`` actions show a state. Where ``listened``
    is false the widget with the focus listens to the keys itself, and they are only shown.
    """

    id: str
    title: str
    run: Callable[[MainWindow], object]
    icon: str = ""
    keys: tuple[str, ...] = ()
    menu: str = ""
    page: str = ""
    scope: Scope = Scope.WINDOW
    enabled_when: Condition = always
    separated: bool = False
    checkable: bool = False
    hint: str = ""
    listened: bool = True


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the actions of a page: says what most of them have in common, and each what it has otherwise.

    ``prefix`` stands before their ids.
    """

    page: str
    menu: str = ""
    needs: Condition = always
    scope: Scope = Scope.PAGE
    prefix: str = ""

    def __call__(
        self,
        action_id: str,
        title: str,
        run: Callable[[MainWindow], object],
        icon: str = "",
        *keys: str,
        needs: Condition | None = None,
        scope: Scope | None = None,
        separated: bool = False,
        checkable: bool = False,
        listened: bool = True,
    ) -> Action:
        """One action; see :class:`Action`."""
        return Action(
            f"{self.prefix}{action_id}",
            title,
            run,
            icon,
            keys,
            self.menu,
            page=self.page,
            scope=scope or self.scope,
            enabled_when=needs or self.needs,
            separated=separated,
            checkable=checkable,
            listened=listened,
        )

    def on(self, part: Callable[[MainWindow], Part]) -> PartMaker[Part]:
        """What makes actions that do something with a part of the window."""
        return PartMaker(self, part)


class _Otherwise(TypedDict, total=False):
    """What an action may have otherwise than most of its page."""

    needs: Condition | None
    scope: Scope | None
    separated: bool
    checkable: bool
    listened: bool


@dataclass(frozen=True, slots=True)
class PartMaker(Generic[Part]):
    """A :class:`Maker` whose actions are given a part of the window, not the window."""

    make: Maker
    part: Callable[[MainWindow], Part]

    def __call__(
        self,
        action_id: str,
        title: str,
        run: Callable[[Part], object],
        icon: str = "",
        *keys: str,
        **more: Unpack[_Otherwise],
    ) -> Action:
        """One action; see :class:`Action`."""
        return self.make(action_id, title, lambda w: run(self.part(w)), icon, *keys, **more)


def needs_store(state: State) -> str:
    """There must be a store."""
    return "" if state.store else "No store is open"


def needs_image(state: State) -> str:
    """There must be an image in Annotate."""
    return needs_store(state) or ("" if state.image else "No image is open in Annotate")


def needs_writable(state: State) -> str:
    """The image must be one that may be changed."""
    return needs_image(state) or ("" if state.writable else "The store is open read-only")


def needs_garment(state: State) -> str:
    """A garment must be selected."""
    return needs_image(state) or ("" if state.garment else "No garment is selected")


def needs_own_garment(state: State) -> str:
    """A garment must be selected, and may be changed."""
    missing = "" if state.garment else "No garment is selected"
    return needs_writable(state) or missing or ("The garment is locked" if state.locked else "")


def needs_landmark(state: State) -> str:
    """A landmark must be selected, and may be changed."""
    missing = "" if state.landmark else "No landmark is selected"
    return needs_writable(state) or missing or ("The garment is locked" if state.locked else "")


def needs_proposals(state: State) -> str:
    """A model must propose something, and it may be accepted."""
    return needs_writable(state) or ("" if state.proposed else "No model proposes anything here")


def needs_acceptable(state: State) -> str:
    """Something that is proposed must be marked."""
    return needs_proposals(state) or ("" if state.acceptable else "Nothing is marked that a model proposes")


def needs_difference(state: State) -> str:
    """The selected garment must differ from what is proposed."""
    return needs_image(state) or ("" if state.differs else "The garment does not differ from a proposal")


def can_undo(state: State) -> str:
    """Something must be there to undo."""
    return needs_writable(state) or ("" if state.undo else "Nothing to undo in this image")


def needs_chosen(state: State) -> str:
    """There must be images in Browse to do something with."""
    return needs_store(state) or ("" if state.images else "No image fits the filter")


def needs_changeable(state: State) -> str:
    """There must be images in Browse, and they may be changed."""
    return needs_chosen(state) or ("" if state.writable else "The store is open read-only")


def can_undo_many(state: State) -> str:
    """A change of many images must be there to undo."""
    return needs_store(state) or ("" if state.undo_many else "No images were changed in Browse")


def can_redo_many(state: State) -> str:
    """A change of many images must have been undone."""
    return needs_store(state) or ("" if state.redo_many else "No change of images was undone in Browse")


def can_redo(state: State) -> str:
    """Something must be there to redo."""
    return needs_writable(state) or ("" if state.redo else "Nothing to redo in this image")
