"""Where the garments are in a picture that is in no store: asked of a detector, where there is one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.controllers.wishes import remembered
from app.jobs.predictor import PredictorClient
from app.session import Session
from inference.serving.messages import Answer, Ask, Failure
from store.runs.library import Model, all_models
from widgets.pages.retrieval.records import Part

#: What a detector is less sure of is not offered; and so many are.
_SURE, _MOST = 0.5, 8


class Boxes(QObject):
    """``found(number, parts)``: the garments in the picture that was asked about, the surest first; none
    where there is no detector, or it cannot look. The process runs only while it is asked."""

    found = Signal(int, object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._client = PredictorClient(self)
        self._number = 0
        self._client.answered.connect(self._answered)
        self._client.failed.connect(self._could_not)

    def ask(self, number: int, path: Path, width: int, height: int) -> None:
        """Look for garments in a picture of ``width x height`` pixels; ``number`` comes back."""
        store = self._session.needed()
        folder, self._number = store.folder, number

        def take(model: Model | None) -> None:
            if number != self._number:
                return
            if model is None:
                self.found.emit(number, ())
                return
            device = remembered(self._session.settings.layout("predictions")).device
            self._client.ask(Ask(-number, 0, str(path), width, height))
            self._client.start(model.folder, device)

        self._session.desk.ask("retrieval.boxes", lambda: detector_of(folder), take, lambda _error: None)

    def forget(self) -> None:
        """Nothing is wanted any more."""
        self._number = 0
        self._client.stop()

    def close(self) -> None:
        """The store or the window is going."""
        self.forget()

    def _answered(self, answer: Answer) -> None:
        ready, number = self._client.state.ready, self._number
        if answer.id != -number or ready is None:
            return
        names = {one.id: one.name for one in ready.spec.categories}
        colours = {one.name: one.colour for one in self._session.categories.values()}
        sure = sorted(
            (one for one in answer.prediction.garments if one.box is not None and one.score >= _SURE),
            key=lambda one: -one.score,
        )
        parts = []
        for at, one in enumerate(sure[:_MOST], 1):
            assert one.box is not None
            x1, y1, x2, y2 = (float(value) for value in one.box)
            name = names.get(one.category_id, "garment")
            words = f"{at} {name} {one.score:.2f}"
            parts.append(Part(words, colours.get(name, "#B9B9B9"), (x1, y1, x2, y2)))
        self.forget()
        self.found.emit(number, tuple(parts))

    def _could_not(self, _failure: Failure) -> None:
        # The whole picture is looked for all the same.
        self.forget()


def detector_of(store_folder: Path) -> Model | None:
    """The first model that finds boxes; None where there is none. Reads files."""
    return next((one for one in all_models(store_folder) if "boxes" in one.manifest.tasks), None)
