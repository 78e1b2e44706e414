"""Starts what the board is made of: a job that indexes, and after it one that ranks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.controllers.jobs import JobsController
from app.session import Session
from store.errors import StoreError
from store.retrieval.index import IndexFacts, all_indices
from store.retrieval.ranked import KIND, RankedFacts, read_facts
from store.runs import RunFolder, RunState, library

_INDEX = "index"
#: What kind of network has an embedding, the one made for it first.
_EMBEDDING = ("embedding", "match-rcnn", "fashionnet")


@dataclass(frozen=True, slots=True)
class Second:
    """What a second ranking could be made with: an index that is there, else a model that has none; and what
    the first one was asked."""

    index: str = ""
    model: str = ""
    facts: RankedFacts | None = None

    def words(self) -> str:
        """What a button says; "" where there is nothing."""
        if self.index:
            return f"Rank with {self.index}"
        return f"Index with {self.model} and rank" if self.model else ""


class RetrievalJobs(QObject):
    """``said(sentence, button)``: what the empty page may say beside that there is no ranking."""

    said = Signal(str, str)

    def __init__(self, session: Session, jobs: JobsController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._index = ""
        self._model = ""
        #: How the ranking is to be made that follows an index: more arguments.
        self._follow: list[str] | None = None
        jobs.finished.connect(self._finished)

    def look(self) -> None:
        """Find out what could be started, and say so."""
        store = self._session.store
        if store is not None:
            folder = store.folder
            self._session.desk.ask(
                "retrieval.means", lambda: means_of(folder), self._take, lambda _error: None
            )

    def start(self) -> None:
        """Index with the first model that can, or rank with the index that is there."""
        store = self._session.store
        if store is None:
            return
        if self._index:
            self._rank(store.folder, ["--index", self._index])
        elif self._model:
            self._follow = []
            arguments = [_INDEX, "--store", str(store.folder), "--model", self._model]
            if self._jobs.start(store.folder, arguments) is not None:
                self.said.emit("Indexing; the ranking follows.", "")

    def index_again(self, facts: RankedFacts, index: IndexFacts) -> None:
        """Bring an index up to date as it was made, and rank with it as before."""
        store = self._session.store
        if store is None:
            return
        folder = store.folder
        self._follow = _asked(facts)
        self._session.desk.ask(
            "retrieval.again",
            lambda: where_of(folder, index.name),
            lambda where: self._index_as(folder, index, where),
            lambda _error: None,
        )

    def second(self, wanted: Second) -> None:
        """Make a second ranking that asks what the first one asked."""
        store = self._session.store
        if store is None or wanted.facts is None:
            return
        if wanted.index:
            self._rank(store.folder, ["--index", wanted.index, *_asked(wanted.facts)])
        elif wanted.model:
            self._follow = _asked(wanted.facts)
            self._jobs.start(store.folder, [_INDEX, "--store", str(store.folder), "--model", wanted.model])

    def _index_as(self, folder: Path, index: IndexFacts, where: str) -> None:
        made = [_INDEX, "--store", str(folder), "--model", index.model]
        made += ["--predictions", index.predictions] if index.predictions else ["--crop", index.crop]
        self._jobs.start(folder, [*made, "--where", where] if where else made)

    def _rank(self, folder: Path, more: list[str]) -> None:
        if self._jobs.start(folder, [KIND, "--store", str(folder), *more]) is not None:
            self.said.emit("Ranking.", "")

    def _take(self, found: tuple[tuple[IndexFacts, ...], str]) -> None:
        indices, self._model = found
        self._index = indices[0].name if indices else ""
        if self._jobs.running(_INDEX) or self._jobs.running(KIND):
            self.said.emit("It is being made; the list of jobs says how far it is.", "")
        elif not self._session.writable:
            self.said.emit("The store is open read-only.", "")
        elif self._index:
            self.said.emit(f"There is an index of {indices[0].model}.", "Rank the queries")
        elif self._model:
            self.said.emit("", f"Index with {self._model}")
        else:
            self.said.emit("No model here has an embedding: train one of the kind embedding first.", "")

    def _finished(self, run: RunFolder, state: RunState) -> None:
        store = self._session.store
        if state.kind != _INDEX or store is None:
            return
        more, self._follow = self._follow, None
        name = str(state.result.get("index") or "")
        if more is not None and name and run.path.parent.parent == store.folder:
            self._rank(store.folder, ["--index", name, *more])
        elif more is not None:
            self.said.emit(str(state.result.get("what") or "Indexing was stopped."), "")


def _asked(facts: RankedFacts) -> list[str]:
    """The arguments that ask the same again."""
    found = ["--protocol", facts.protocol]
    for name in ("queries", "gallery"):
        if where := str(getattr(facts, name)):
            found += [f"--{name}", where]
    return found


def second_of(folder: Path, first: str) -> Second:
    """What a ranking beside the run ``first`` could be made with. Reads files; StoreError where that run is
    damaged."""
    facts = read_facts(folder / "runs" / first)
    indices = all_indices(folder)
    other = next((one.name for one in indices if one.name != facts.index), "")
    known = {one.sha256 for one in indices}
    models = (one for one in _able(folder) if one.manifest.sha256 not in known)
    model = next((one.folder.name for one in models), "")
    return Second(other, model, facts)


def where_of(folder: Path, index: str) -> str:
    """The filter that the newest run which made an index was given; "" for none, and where no run says it.
    Reads files."""
    for about in sorted((folder / "runs").glob("*/run.json"), reverse=True):
        run = RunFolder(about.parent)
        try:
            said = run.about()
            if said.get("kind") != _INDEX or run.state().result.get("index") != index:
                continue
        except StoreError:
            continue
        command = [str(part) for part in said.get("command", ())]
        return command[command.index("--where") + 1] if "--where" in command[:-1] else ""
    return ""


def means_of(folder: Path) -> tuple[tuple[IndexFacts, ...], str]:
    """The indices of a store, and the model that could make one ("" for none). Reads files."""
    models = _able(folder)
    return all_indices(folder), models[0].folder.name if models else ""


def _able(folder: Path) -> list[library.Model]:
    """The models that have an embedding: those that say how well they found, the best first; then the
    others, those made for it first."""
    models = [one for one in library.all_models(folder) if one.manifest.spec.architecture in _EMBEDDING]
    return sorted(
        models,
        key=lambda one: (
            -one.manifest.metrics.get("retrieval/mAP", -1.0),
            _EMBEDDING.index(one.manifest.spec.architecture),
        ),
    )
