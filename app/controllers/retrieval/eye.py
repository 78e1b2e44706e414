"""The network that made an index, in a process beside the window: started when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.controllers.wishes import remembered
from app.jobs.predictor import PredictorClient, PredictorState
from app.session import Session
from store.errors import StudioError
from store.retrieval.index import IndexFacts
from store.runs.library import all_models


class Eye(QObject):
    """Looks at sights as an index was made. ``said(words)``: what is waited for, "" once it works."""

    said = Signal(str)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.client = PredictorClient(self)
        self._folder: Path | None = None
        self.client.state_changed.connect(self._tell)
        session.closing.connect(self.close)

    def use(
        self,
        facts: IndexFacts,
        then: Callable[[PredictorClient], object],
        refused: Callable[[StudioError], None],
    ) -> None:
        """Have the network of an index, and ask it then; what is asked waits till it is loaded.

        ``refused`` where there is no such model any more.
        """
        store = self._session.needed()
        folder = store.folder

        def ready(found: Path) -> None:
            state = self.client.state.kind
            if found != self._folder or state == "off" or (state == "lost" and self.client.state.fix):
                self._folder = found
                device = remembered(self._session.settings.layout("predictions")).device
                self.client.start(found, device)
            then(self.client)

        self._session.desk.ask("retrieval.eye", lambda: model_of(facts, folder), ready, refused)

    def close(self) -> None:
        """End the process; the next question starts it again."""
        self._folder = None
        self.client.stop()

    def _tell(self, state: PredictorState) -> None:
        self.said.emit("Starting the model" if state.kind in ("starting", "lost") else "")


def model_of(facts: IndexFacts, store_folder: Path) -> Path:
    """The folder of the model that made an index. StudioError where it is not here any more."""
    models = [one for one in all_models(store_folder) if one.manifest.sha256 == facts.sha256]
    if not models:
        raise StudioError(
            f"The model {facts.model} that made the index {facts.name} is not here any more.",
            "Bring it back, or index with another model.",
        )
    return models[0].folder
