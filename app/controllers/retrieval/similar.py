"""Find similar: the nearest garments of an index to a garment, or to a picture that was dropped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject

from app.controllers.retrieval.boxes import Boxes
from app.controllers.retrieval.eye import Eye
from app.controllers.retrieval.map_reading import indices
from app.controllers.retrieval.similar_reading import kept_vector, search, subject_of
from app.session import Session
from inference.serving.messages import Embed, Embedded, Failure, Sight
from store.db import Store
from store.errors import StudioError
from store.pictures import picture_size
from store.retrieval.index import IndexFacts, Vectors
from widgets.pages.retrieval.page import RetrievalPage
from widgets.pages.retrieval.records import Found, Part, Subject
from widgets.pages.retrieval.similar import SimilarView

T = TypeVar("T")
_NO_INDEX = "No index to look in: garments become vectors with deepfashion-studio index"


class SimilarController(QObject):
    """Shows in a view of its own what looks like something. What is asked last counts.

    A garment that the index knows is looked for by its own vector; all else is shown to the network that made
    the index. In a dropped picture a detector looks for garments, where there is one.
    """

    def __init__(self, session: Session, page: RetrievalPage, eye: Eye, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._page, self._eye = session, page, eye
        self.view = SimilarView(page.crops)
        self.boxes = Boxes(session, self)
        self._indices: Mapping[str, IndexFacts] = {}
        self._index = ""
        self._subject: Subject | None = None
        #: Dropped pictures by their ids, which are below 0, with their sizes.
        self._dropped: dict[int, tuple[Path, int, int]] = {}
        self._numbers = count(1)
        #: The question to the network that is open: 0 for none.
        self._asked = 0
        self._connect()

    def _connect(self) -> None:
        view = self.view
        view.part_wanted.connect(self._choose_part)
        view.index_wanted.connect(self._choose_index)
        view.annotate_wanted.connect(self._page.annotate_wanted)
        view.images_wanted.connect(self._page.images_wanted)
        self.boxes.found.connect(self._take_boxes)
        self._eye.said.connect(self._waiting)
        self._eye.client.embedded.connect(self._embedded)
        self._eye.client.not_embedded.connect(self._not_embedded)
        self._session.closing.connect(self._closing)

    # -- what others ask ------------------------------------------------------------------------

    def of_garment(self, image_id: int, garment_id: int = 0, index: str = "") -> None:
        """Find what looks like a garment of an image, its first where none is named. ``index`` names the
        index to look in; without one the last or the newest."""
        store, categories = self._session.store, self._session.categories
        if store is not None:
            self._index = index or self._index
            self._begin()
            self._ask("subject", lambda: subject_of(store, image_id, garment_id, categories), self._look_for)

    def of_picture(self, path: Path) -> None:
        """Find what looks like a picture file, or like the garments that a detector finds in it."""
        if self._session.store is None:
            return
        self._begin()

        def take(size: tuple[int, int]) -> None:
            number = -len(self._dropped) - 1
            self._dropped[number] = (path, *size)
            self._look_for(Subject(path.name, number, (Part("whole picture", "", None),)))
            self.boxes.ask(number, path, *size)

        self._ask("picture", lambda: picture_size(path)[:2], take)

    def show_nothing(self) -> None:
        """Show the view, which says how something is looked for."""
        self._begin()
        self.view.say_nothing()

    def path_of(self, image_id: int) -> Path | None:
        """The file of a dropped picture, None for an image of the store."""
        found = self._dropped.get(image_id)
        return found[0] if found is not None else None

    def close(self) -> None:
        """The window is going."""
        self.boxes.close()

    # -- looking --------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._asked, self._subject = 0, None
        self.boxes.forget()
        if not self._page.has_view("similar"):
            self._page.add_view("similar", self.view)
        self._page.show_view("similar")

    def _look_for(self, subject: Subject) -> None:
        store = self._session.store
        if store is None:
            return
        self._subject = subject
        self.view.show_subject(subject)
        folder = store.folder
        self._ask("indices", lambda: indices(folder), self._take_indices)

    def _take_indices(self, found: tuple[tuple[IndexFacts, int], ...]) -> None:
        self._indices = {facts.name: facts for facts, _ in found}
        if not found:
            self.view.say_nothing(_NO_INDEX)
            return
        if self._index not in self._indices:
            self._index = found[0][0].name
        self.view.show_indices([(name, name) for name in self._indices], self._index)
        self._look()

    def _choose_part(self, number: int) -> None:
        if self._subject is not None and number != self._subject.current:
            self._subject = replace(self._subject, current=number)
            self.view.show_subject(self._subject)
            self._look()

    def _choose_index(self, name: str) -> None:
        self._index = name
        self._look()

    def _look(self) -> None:
        store, subject, index = self._session.store, self._subject, self._indices.get(self._index)
        if store is None or subject is None or index is None:
            return
        self._asked = 0
        self.view.say("Looking for similar garments")
        garment_id = subject.parts[subject.current].garment_id

        def take(kept: Vectors | None) -> None:
            if kept is not None:
                self._search(kept)
            else:
                self._show_network(store, subject, index)

        self._ask("kept", lambda: kept_vector(store, index, garment_id), take)

    def _show_network(self, store: Store, subject: Subject, index: IndexFacts) -> None:
        part, dropped = subject.parts[subject.current], self._dropped.get(subject.image_id)

        def sight() -> Sight:
            if dropped is not None:
                path, width, height = dropped
                return Sight(str(path), part.box, width, height)
            image = store.images.get(subject.image_id)
            width, height = (image.width, image.height) if image.size_known else (0, 0)
            return Sight(str(store.images.path(image)), part.box, width, height)

        def put(found: Sight) -> None:
            self._eye.use(index, lambda client: client.embed(Embed(number, found)), self._refused)

        number = self._asked = next(self._numbers)
        self.view.say("Starting the model" if self._eye.client.pid is None else "The model looks at it")
        self._ask("sight", sight, put)

    def _embedded(self, said: Embedded) -> None:
        if said.id == self._asked:
            self._asked = 0
            self._search(said.vector)

    def _not_embedded(self, said: Failure) -> None:
        if said.id == self._asked:
            self._refused(StudioError(said.message, said.fix))

    def _search(self, vector: Vectors) -> None:
        store, subject, index = self._session.store, self._subject, self._indices.get(self._index)
        if store is None or subject is None or index is None:
            return
        garment_id, categories = subject.parts[subject.current].garment_id, self._session.categories

        def take(found: Found) -> None:
            if subject is self._subject:
                self.view.show_found(found)

        self._ask("search", lambda: search(store, index, vector, garment_id, categories), take)

    def _take_boxes(self, number: int, parts: tuple[Part, ...]) -> None:
        """A detector has looked at a dropped picture: the surest garment is looked for."""
        subject = self._subject
        if subject is None or subject.image_id != number or not parts:
            return
        self._subject = replace(subject, parts=(*parts, subject.parts[-1]), current=0)
        self.view.show_subject(self._subject)
        self._look()

    # -- how it stands --------------------------------------------------------------------------

    def _waiting(self, words: str) -> None:
        if self._asked:
            self.view.say(words or "The model looks at it")

    def _refused(self, error: StudioError) -> None:
        self._asked = 0
        words = f"{error.what} {error.fix}".strip()
        if self._subject is None:
            self.view.say_nothing(words)
        else:
            self.view.say(words, trouble=True)

    def _ask(self, key: str, work: Callable[[], T], then: Callable[[T], None]) -> None:
        self._session.desk.ask(f"retrieval.similar.{key}", work, then, self._refused)

    def _closing(self) -> None:
        self.boxes.close()
        self._subject, self._indices, self._index, self._asked = None, {}, "", 0
        self._dropped.clear()
        self.view.say_nothing()
