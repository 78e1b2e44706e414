"""A checkpoint, a model folder, or the address of either becomes a model."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from torch import nn

from inference.checkpoints import mmdetection, mmfashion, torchvision
from inference.checkpoints.fetching import fetch, is_address
from inference.checkpoints.layout import Converted, Weights, listed
from inference.checkpoints.reading import read_checkpoint
from inference.models import build, load_model, plugins, save_model
from inference.models.folder import differences
from store.errors import StudioError
from store.progress import Progress, silent
from store.runs.manifest import FILE, WEIGHTS, ModelManifest, write_manifest


@dataclass(frozen=True, slots=True)
class Layout:
    """How a program writes checkpoints: whether this is one, and what it becomes here."""

    recognises: Callable[[Weights], bool]
    convert: Callable[[Weights, tuple[str, ...]], Converted]


#: By the name that ``--format`` takes; the first that recognises a checkpoint reads it.
LAYOUTS: Mapping[str, Layout] = {
    "mmdetection": Layout(mmdetection.recognises, mmdetection.convert),
    "torchvision": Layout(torchvision.recognises, torchvision.convert),
    "mmfashion": Layout(mmfashion.recognises, mmfashion.convert),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is said of a model that its file does not say; "" where it is found out.

    ``names`` are its categories in the order of its outputs. ``half`` stores weights as float16.
    """

    name: str = ""
    licence: str = ""
    format: str = ""
    names: tuple[str, ...] = ()
    sha256: str = ""
    half: bool = False
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """A model that was added: its folder, what is said of it, its layout there, and what to know of it."""

    folder: Path
    manifest: ModelManifest
    layout: str
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def add_model(source: str, models: Path, wanted: Wanted | None = None, progress: Progress = silent) -> Added:
    """Make a model of ``models`` (a folder of models) from a file, a model's folder or an address.

    StudioError that names the source and says what is wrong with it; nothing is left behind then. Loading
    never runs code from the source.
    """
    chosen = wanted or Wanted()
    _check_format(chosen.format)
    name = chosen.name or suggested_name(source)
    if Path(name).name != name or name.startswith((".", "_")) or not name.strip():
        raise StudioError(f"{name!r} cannot be the name of a model.", "Use letters, digits, - and _.")
    target = models / name
    if target.exists() and not chosen.replace:
        raise StudioError(
            f"There is a model {name!r} in {models} already.", "Choose another name, or remove it."
        )
    try:
        models.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            path = Path(source)
            if is_address(source):
                around = Path(
                    stack.enter_context(tempfile.TemporaryDirectory(prefix=".fetched-", dir=models))
                )
                path = _fetched(source, around, chosen.sha256, progress)
            progress(0, 0, "reading the weights")
            return _from_folder(path, target, chosen) if path.is_dir() else _from_file(path, target, chosen)
    except OSError as error:
        raise StudioError(
            f"{target} cannot be written: {error.strerror or error}.",
            "Make room, and check who owns the folder.",
        ) from error


def suggested_name(source: str) -> str:
    """What a model from a file, folder or address is called where nobody says it."""
    path = PurePosixPath(unquote(urlsplit(source).path)) if is_address(source) else Path(source).absolute()
    if path.name == FILE:
        path = path.parent
    plain = path.name
    for ending in (".pth.tar", ".pth", ".pt", ".ckpt", ".bin", ".safetensors", ".tar"):
        plain = plain.removesuffix(ending)
    kept = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in plain)
    return kept.strip("-_. ") or "model"


def recognised(weights: Weights, format_: str, names: tuple[str, ...], source: Path) -> Converted:
    """A state dict as weights of one of our networks; StudioError where no layout knows its names."""
    for name, layout in LAYOUTS.items():
        if name == format_ or (not format_ and layout.recognises(weights)):
            return layout.convert(weights, names)
    for name, layout in _plugged_in(format_):
        if name == format_ or layout.recognises(weights):
            return layout.convert(weights, names)
    raise StudioError(
        f"{source} is of no network that is known here: its layers are {listed(weights)}.",
        f"Known are {', '.join(LAYOUTS)}; other networks can be plugged in, see docs/checkpoints.md.",
    )


def fitted(made: Converted, source: Path) -> nn.Module:
    """The network with the weights; StudioError that lists what is missing, too much or of another shape."""
    network = build(made.spec)
    faults = differences(network.state_dict(), made.weights)
    if faults:
        raise StudioError(
            f"{source} looks like {made.layout} and does not fit {made.spec.architecture} with "
            f"{made.spec.backbone}: {'; '.join(faults)}.",
            "It may be of another network or backbone, or not whole.",
        )
    network.load_state_dict(made.weights)
    return network


def _from_file(file: Path, target: Path, wanted: Wanted) -> Added:
    made = recognised(read_checkpoint(file), wanted.format, wanted.names, file)
    network = fitted(made, file)
    manifest = ModelManifest(
        name=target.name,
        spec=made.spec,
        tasks=made.tasks,
        licence=wanted.licence,
        data=f"not known here: a checkpoint of {made.layout}",
        starts_from=file.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    manifest = save_model(network, manifest, target, wanted.half)
    return Added(target, manifest, made.layout, made.left_out, made.notes)


def _from_folder(folder: Path, target: Path, wanted: Wanted) -> Added:
    """A model folder of ours: tried first, then copied."""
    if wanted.names:
        raise StudioError(f"{folder} is a model and names its categories itself.", "Leave their names out.")
    network, manifest = load_model(folder)
    manifest = replace(manifest, name=target.name, licence=wanted.licence or manifest.licence)
    if wanted.half:
        return Added(target, save_model(network, manifest, target, half=True), "a model folder")
    new = target.with_name(f".{target.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    shutil.copyfile(folder / WEIGHTS, new / WEIGHTS)
    write_manifest(manifest, new)
    shutil.rmtree(target, ignore_errors=True)
    new.replace(target)
    return Added(target, manifest, "a model folder")


def _fetched(address: str, around: Path, sha256: str, progress: Progress) -> Path:
    """The file of an address, or the folder where it is that of a model's folder or its manifest."""
    path = unquote(urlsplit(address).path)
    if not path.endswith(("/", f"/{FILE}")):
        file = around / (PurePosixPath(path).name or "checkpoint")
        fetch(address, file, sha256=sha256, progress=progress)
        return file
    base = address[: address.rindex("/") + 1]
    fetch(base + FILE, around / FILE, most_bytes=10**6)
    fetch(base + WEIGHTS, around / WEIGHTS, sha256=sha256, progress=progress)
    return around


def _plugged_in(format_: str) -> Iterator[tuple[str, Layout]]:
    """The layouts that installed packages read, by the names of their networks.

    A package that does not work is passed over, and told only where ``format_`` asks for it.
    """
    for name, point in plugins.found().items():
        if format_ not in ("", name):
            continue
        try:
            plugin = plugins.load(point)
        except StudioError:
            if format_:
                raise
            continue
        if callable(getattr(plugin, "convert", None)) and callable(getattr(plugin, "recognises", None)):
            yield name, Layout(plugin.recognises, plugin.convert)


def _check_format(format_: str) -> None:
    known = [*LAYOUTS, *plugins.found()]
    if format_ and format_ not in known:
        raise StudioError(f"There is no format {format_!r}.", f"There are {', '.join(known)}.")
