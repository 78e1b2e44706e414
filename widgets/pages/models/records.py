"""What the Models page shows, as frozen records; no Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from store.runs.manifest import ModelCategory, ModelManifest
from widgets.pages.runs.records import metric_words
from widgets.pages.runs.words import network

#: Where a model was found: in the open store, among the person's own, or with the program.
Place = Literal["store", "user", "shipped"]

PLACES: Mapping[str, str] = {
    "store": "this store",
    "user": "your models",
    "shipped": "ships with the program",
}

#: By which figure a model is told in a line, the first that it has.
_HEADLINES = (
    "landmarks/AP",
    "masks/AP",
    "boxes/AP",
    "category/top3",
    "category/top1",
    "retrieval/top20",
    "retrieval/mAP",
    "landmarks/NE",
    "attributes/top3",
)
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures by name ("boxes/AP") and what they were measured on, in words."""

    title: str
    metrics: Mapping[str, float]
    on: str = ""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line of the table: a model, or a folder that is none with the ``reason`` why it is refused.

    ``manifest`` is None for a refused one. ``size`` is the bytes of its weights. ``measured`` are its
    figures: those of its training first, then those of evaluations on the open store. ``run`` is the
    training run of the open store that made it, "" where there is none any more.
    """

    folder: Path
    place: Place
    manifest: ModelManifest | None = None
    size: int = 0
    reason: str = ""
    measured: tuple[Measured, ...] = ()
    run: str = ""

    @property
    def name(self) -> str:
        """What it is called: by its manifest, else its folder."""
        return self.manifest.name if self.manifest is not None else self.folder.name

    @property
    def key(self) -> str:
        """By what it is told apart: two places may hold models of one name."""
        return str(self.folder)

    @property
    def removable(self) -> bool:
        """Whether it may be removed: what ships with the program may not."""
        return self.place != "shipped"


@dataclass(frozen=True, slots=True)
class MapLine:
    """One category of a model and the category of the store that it becomes; None: it is left out."""

    source: ModelCategory
    target: int | None
    #: Why: "same name", "known table", "chosen", or "" where nothing was found.
    why: str = ""


@dataclass(frozen=True, slots=True)
class StoreCategory:
    """A category of the open store that a model's may become."""

    id: int
    name: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """A device that can be chosen: its name for the command line, and in words."""

    id: str
    words: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a test on a device found: images a second, the bytes it took at most, seconds to load."""

    device: str
    images_per_second: float
    memory: int
    load_seconds: float
    batch: int = 1
    notes: tuple[str, ...] = field(default=())


def task_words(manifest: ModelManifest) -> str:
    """What a model does, in words: "boxes, masks, landmarks"."""
    return ", ".join(manifest.tasks) or "–"


def headline(metrics: Mapping[str, float]) -> tuple[str, float] | None:
    """The figure that tells most of a model; None where it has none."""
    for name in _HEADLINES:
        if name in metrics:
            return name, metrics[name]
    named = [name for name in metrics if name != "loss"]
    return (named[0], metrics[named[0]]) if named else None


def headline_words(metrics: Mapping[str, float]) -> str:
    """The same in words: "landmark AP 0.562"; a dash where nothing was measured."""
    best = headline(metrics)
    return f"{metric_words(best[0])} {best[1]:.3f}" if best else "–"


def size_words(count: int) -> str:
    """Bytes in MB, with a decimal below ten."""
    if not count:
        return "–"
    megabytes = count / _MEGABYTE
    return f"{megabytes:.1f}\u2009MB" if megabytes < 10 else f"{megabytes:,.0f}\u2009MB"


def memory_words(count: int) -> str:
    """Bytes in MB or GB, whichever is easier to read."""
    if count >= 1000 * _MEGABYTE:
        return f"{count / 1e9:.1f}\u2009GB"
    return f"{count / _MEGABYTE:,.0f}\u2009MB"


def network_words(manifest: ModelManifest) -> str:
    """Network and backbone: "Match R-CNN, resnet50"."""
    spec = manifest.spec
    return ", ".join(filter(None, (network(spec.architecture), spec.backbone)))


def schema_words(schema: str) -> str:
    """In which landmarks a model speaks."""
    known = {"own": "each category's own", "fashion8": "FashionNet's eight", "": "none"}
    return known.get(schema, schema)


def folder_words(row: ModelRow) -> str:
    """Where a model lies; of one that ships the place in the program: the rest says nothing to anybody."""
    return "/".join(row.folder.parts[-3:]) if row.place == "shipped" else str(row.folder)


def facts(row: ModelRow) -> list[tuple[str, str]]:
    """What the manifest says, as names and values in words; empty ones are left out."""
    manifest = row.manifest
    if manifest is None:
        return [("folder", folder_words(row)), ("found in", PLACES[row.place])]
    spec = manifest.spec
    rows = [
        ("network", network_words(manifest)),
        ("tasks", ", ".join(manifest.tasks)),
        ("input", f"{spec.input_size}\u2009px" if spec.input_size else ""),
        ("landmarks", schema_words(spec.schema)),
        ("attributes", f"{len(spec.attributes)}" if spec.attributes else ""),
        ("licence", manifest.licence or "not said"),
        ("trained on", manifest.data),
        ("run", manifest.run),
        ("epoch", f"{manifest.epoch}" if manifest.epoch else ""),
        ("starts from", manifest.starts_from),
        ("seed", f"{manifest.seed}" if manifest.run else ""),
        ("made", manifest.created.partition("T")[0]),
        ("weights", size_words(row.size)),
        ("checksum", manifest.sha256[:12]),
        ("found in", PLACES[row.place]),
        ("folder", folder_words(row)),
    ]
    return [(name, value) for name, value in rows if value]
