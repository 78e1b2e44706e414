"""Proposals in Annotate: asks the prediction process about the image in front, and shows what it says."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app import category_maps
from app.controllers.wishes import remembered, written
from app.jobs.predictor import PredictorClient, PredictorState
from app.session import Session
from inference.serving.messages import Answer, Ask, AskedGarment, Failure, Ready
from store.document import Document
from store.errors import StudioError
from store.geometry import extent
from store.proposals import Proposal, Source, proposals_of
from store.records import Garment, Image, ImageState
from store.runs.library import Model, all_models
from widgets.pages.annotate import AnnotatePage
from widgets.panels.predictions import ModelChoice, Standing

_log = logging.getLogger(__name__)
#: After an image has been shown for so long, the process is begun and the next images are asked ahead;
#: milliseconds. The picture and its panels come first.
_SOON = 60
_PLACES = {"store": "of this store", "user": "of yours", "shipped": "comes with the program"}
_MODEL_STOPPED = "The model stopped and is starting again. Your edits are saved."


class ProposalsController(QObject):
    """Joins the page's predictions to a :class:`PredictorClient`.

    ``state_changed(PredictorState)`` for the status bar; ``failed(StudioError)``; ``lost(str)`` is what a
    banner says while the process starts again, "" when it is there; ``train_wanted``, ``add_wanted``: there
    is no model, and the person wants one.
    """

    state_changed = Signal(object)
    failed = Signal(object)
    lost = Signal(str)
    #: The proposals of the image in front are shown; how many.
    shown = Signal(int)
    train_wanted = Signal()
    add_wanted = Signal()

    def __init__(self, session: Session, page: AnnotatePage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._page = session, page
        self.client = PredictorClient(self)
        self.wishes = remembered(session.settings.layout("predictions"))
        self._models: tuple[Model, ...] = ()
        self._read = False
        self._model: Model | None = None
        self._mapping: dict[str, int | None] = {}
        self._document: Document | None = None
        self._ahead: tuple[int, ...] = ()
        self._answer: Answer | None = None
        self._asked: Ask | None = None
        self._asks = 0
        self._lost = False
        #: What the model says of itself, also while its process starts again: kept answers come all the same.
        self._ready: Ready | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._begin)
        self._connect()

    def _connect(self) -> None:
        self.client.state_changed.connect(self._state_changed)
        self.client.answered.connect(self._answered)
        self.client.failed.connect(self._could_not)
        panel = self._page.predictions_panel
        panel.show_thresholds(self.wishes.score, self.wishes.visibility, self.wishes.wanted)
        panel.model_chosen.connect(self.use)
        panel.score_changed.connect(lambda score: self._wish(score=score))
        panel.visibility_changed.connect(lambda least: self._wish(visibility=least))
        panel.categories_changed.connect(lambda wanted: self._wish(wanted=wanted))
        panel.again_wanted.connect(self.again)
        panel.train_wanted.connect(self.train_wanted)
        panel.add_wanted.connect(self.add_wanted)
        self._page.predictions.refused.connect(self.failed)
        self._page.layers_changed.connect(self._layers_changed)
        self._session.closing.connect(self._closing)

    # -- what others ask ------------------------------------------------------------------------

    @property
    def state(self) -> PredictorState:
        """How it stands with the process."""
        return self.client.state

    @property
    def model(self) -> Model | None:
        """The model that proposes."""
        return self._model

    @property
    def on(self) -> bool:
        """Whether predictions are wanted at all: the layer is on."""
        return self._page.layer_shown("predictions")

    def show(self, document: Document, ahead: Sequence[int]) -> None:
        """An image is shown; ``ahead`` are the ids of those that probably come next, likeliest first."""
        self._document, self._ahead = document, tuple(ahead)
        self._answer = self._asked = None
        self._page.predictions_panel.show_categories(self._session.categories)
        if self._model is not None and self.on:
            self._ask()
        self._stand()
        self._soon.start()

    def document_changed(self, ids: frozenset[int]) -> None:
        """Garments were changed: a model for crops is asked again where their boxes are others."""
        if self._document is not None and ids - {0} and self._for_crops and self.on:
            self._ask()

    def use(self, folder: Path) -> None:
        """Let the model of this folder propose from now on."""
        self._wish(model=str(folder))
        self._list_models()

    def use_device(self, device: str) -> None:
        """Run on this device ("auto", "cpu", "cuda:0") from now on."""
        self._wish(device=device)
        if self._model is not None:
            self._start()

    def again(self) -> None:
        """Ask once more, and start the process where it has ended for good."""
        if self._model is not None and self.client.state.kind in ("off", "lost"):
            self._start()
        self._asked = None
        self._ask()
        self._stand()

    def refresh_models(self) -> None:
        """Models have come or gone."""
        if self._read:
            self._list_models()

    def close(self) -> None:
        """The window is going."""
        self._soon.stop()
        self.client.stop()

    # -- the model ------------------------------------------------------------------------------

    def _begin(self) -> None:
        """A moment after the image: have a model, and tell it what comes next."""
        if not self.on or self._document is None:
            return
        if self._model is None:
            self._list_models()
        else:
            self._ask_ahead()

    def _list_models(self) -> None:
        store = self._session.store
        if store is None:
            return
        folder = store.folder
        self._session.desk.ask(
            "proposals.models", lambda: all_models(folder), self._take_models, self.failed.emit
        )

    def _take_models(self, models: tuple[Model, ...]) -> None:
        self._models, self._read = models, True
        chosen = next((one for one in models if str(one.folder) == self.wishes.model), None)
        if chosen is None and self.wishes.model:
            chosen = next((one for one in models if one.name == Path(self.wishes.model).name), None)
        detectors = (one for one in models if "boxes" in one.manifest.tasks)
        chosen = chosen or next(detectors, None) or next(iter(models), None)
        choices = [ModelChoice(one.folder, one.name, _tip(one)) for one in models]
        self._page.predictions_panel.show_models(choices, None if chosen is None else chosen.folder)
        if chosen != self._model:
            self._model, self._answer, self._asked = chosen, None, None
            self._page.predictions.set_proposals(())
            if chosen is None:
                self.client.stop()
            else:
                self._start()
        self._stand()

    def _start(self) -> None:
        model, store = self._model, self._session.store
        if model is None or store is None or not self.on:
            return
        categories = self._session.categories
        self._mapping = category_maps.in_force(store.folder, model.manifest, categories)
        self.client.start(model.folder, self.wishes.device)
        self._ask()
        self._ask_ahead()

    @property
    def _for_crops(self) -> bool:
        return self._model is not None and "boxes" not in self._model.manifest.tasks

    # -- asking ---------------------------------------------------------------------------------

    def _ask(self) -> None:
        document, store = self._document, self._session.store
        if document is None or store is None or self._model is None:
            return
        if document.image.state is not ImageState.PRESENT:
            return
        ask = self._question(document.image, document.garments)
        if self._asked is not None and self._asked.same_as(ask):
            return
        self._asked = ask
        self.client.ask(ask)

    def _question(self, image: Image, garments: Sequence[Garment]) -> Ask:
        self._asks += 1
        asked = tuple(self._asked_garments(garments)) if self._for_crops else ()
        path = str(self._session.needed().images.path(image))
        return Ask(self._asks, image.id, path, image.width, image.height, asked)

    @staticmethod
    def _asked_garments(garments: Sequence[Garment]) -> list[AskedGarment]:
        found = []
        for one in garments:
            box = extent(one)
            if box is not None:
                x1, y1, x2, y2 = box.tolist()
                found.append(AskedGarment(one.id, one.category_id, (x1, y1, x2, y2)))
        return found

    def _ask_ahead(self) -> None:
        store = self._session.store
        if store is None or self._model is None or not self._ahead:
            return
        ids, crops = list(self._ahead), self._for_crops

        def work() -> list[tuple[Image, Sequence[Garment]]]:
            images = [one for one in store.images.get_many(ids) if one.state is ImageState.PRESENT]
            return [(one, store.garments.of_image(one.id) if crops else ()) for one in images]

        self._session.desk.ask("proposals.ahead", work, self._send_ahead, self.failed.emit)

    def _send_ahead(self, found: list[tuple[Image, Sequence[Garment]]]) -> None:
        self.client.ahead([self._question(image, garments) for image, garments in found])

    # -- answers --------------------------------------------------------------------------------

    def _answered(self, answer: Answer) -> None:
        if self._asked is None or answer.id != self._asked.id or self._document is None:
            return
        self._answer = answer
        self._convert()

    def _convert(self) -> None:
        """Make proposals of the answer, in a thread: outlines of masks take their time."""
        answer, ready, document = self._answer, self._ready, self._document
        if answer is None or ready is None or document is None:
            return
        wishes, categories, mapping = self.wishes, self._session.categories, dict(self._mapping)
        image = document.image
        source = Source(ready.model, ready.run, ready.sha256)

        def work() -> tuple[Proposal, ...]:
            return proposals_of(
                answer.prediction,
                ready.spec,
                categories,
                source,
                least_score=wishes.score,
                least_visibility=wishes.visibility,
                wanted=wishes.wanted,
                mapping=mapping,
                size=(image.width, image.height) if image.size_known else None,
            )

        self._session.desk.ask(
            "proposals.make", work, lambda found: self._take(answer, found), self.failed.emit
        )

    def _take(self, answer: Answer, found: tuple[Proposal, ...]) -> None:
        document = self._document
        if answer is not self._answer or document is None or document.image.id != answer.image_id:
            return
        panel = self._page.predictions_panel
        panel.set_standing(Standing.READY if found else Standing.NOTHING)
        self._page.predictions.set_proposals(found)
        self.shown.emit(len(found))

    def _could_not(self, failure: Failure) -> None:
        if self._asked is None or failure.id != self._asked.id:
            return
        panel = self._page.predictions_panel
        panel.set_standing(Standing.FAILED, failure.message, failure.fix)
        self._page.predictions.set_proposals(())

    # -- how it stands --------------------------------------------------------------------------

    def _state_changed(self, state: PredictorState) -> None:
        self._ready = state.ready or self._ready
        lost = state.kind == "lost"
        if lost != self._lost and state.kind != "starting":
            self._lost = lost
            self.lost.emit(_MODEL_STOPPED if lost and not state.fix else state.message if lost else "")
        self._stand()
        self.state_changed.emit(state)

    def _stand(self) -> None:
        """Say in the panel what is waited for."""
        panel, state = self._page.predictions_panel, self.client.state
        if not self.on:
            panel.set_standing(Standing.OFF)
        elif self._model is None:
            standing = Standing.NO_MODEL if self._read else Standing.LOADING
            panel.set_standing(standing, "" if self._read else "Looking for models…")
        elif (state.kind == "off" and state.message) or (state.kind == "lost" and state.fix):
            panel.set_standing(Standing.FAILED, state.message, state.fix)
        elif self._answer is not None:
            return
        elif state.kind in ("starting", "lost"):
            panel.set_standing(Standing.LOADING)
        elif state.kind in ("working", "idle") and panel.standing is not Standing.FAILED:
            panel.set_standing(Standing.LOOKING)

    def _layers_changed(self) -> None:
        panel = self._page.predictions_panel
        was_on = panel.standing is not Standing.OFF
        if self.on == was_on:
            return
        if not self.on:
            self._answer = self._asked = None
            self.client.forget()
            self._page.predictions.set_proposals(())
        self._stand()
        if self.on and self._document is not None:
            panel.set_standing(Standing.LOADING)
            if self._model is None:
                self._list_models()
            elif self.client.state.kind == "off":
                self._start()
            else:
                self._ask()
            self._stand()

    def _wish(self, **changes: Any) -> None:
        self.wishes = replace(self.wishes, **changes)
        try:
            self._session.settings.set_layout(predictions=written(self.wishes))
        except StudioError as error:
            _log.warning("%s", error)
        self._convert()

    def _closing(self) -> None:
        self._soon.stop()
        self.client.stop()
        self._document = self._model = self._answer = self._asked = None
        self._page.predictions.forget()
        self._models, self._read, self._ahead = (), False, ()


def _tip(model: Model) -> str:
    tasks = ", ".join(model.manifest.tasks)
    return f"{model.manifest.spec.architecture} ({_PLACES[model.place]}): {tasks}"
