"""What the Export page says of a preflight, in words: no Qt objects and no store in here."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from resources.taxonomy import Category
from store.exporting import Check, Loss, Preflight
from store.formats.titles import TITLES
from widgets.pages.export import Bar, ExportChoice, Preview, Row, WrittenFile

#: Bytes of annotations a garment takes, by format and layout, measured on the demo; of a list's rows.
_BYTES_PER_GARMENT = MappingProxyType({"per-category": 2_000, "294": 5_000, "deepfashion2": 2_100})
_BYTES_IN_LISTS = 2_400
#: Folders of the lists.
_LIST_FOLDERS = MappingProxyType(
    {
        "category-attribute": ("Anno_coarse", "Eval"),
        "in-shop": ("Anno", "Eval"),
        "consumer-to-shop": ("Anno", "Eval"),
        "landmarks": ("Anno", "Eval"),
    }
)
#: So many losses are named when the person is asked.
_ASKED_ABOUT = 8
_PROOFS = MappingProxyType(
    {
        "written": "Write under a temporary name",
        "compared": "Read back and compare every image with the store",
        "official": "Open a sample with pycocotools",
        "named": "Move to the final name in one step",
    }
)
_SEVERITIES = MappingProxyType(
    {"ok": ("circle-check", "ok"), "warn": ("alert-triangle", "warn"), "block": ("alert-circle", "bad")}
)


def arguments_of(choice: ExportChoice, store: Path) -> list[str]:
    """The command line that does what is chosen."""
    arguments = ["export", choice.format, str(choice.out or ""), "--store", str(store)]
    if choice.where:
        arguments += ["--where", choice.where]
    if choice.layout:
        arguments += ["--layout", choice.layout]
    if choice.precise and choice.format != "coco":
        arguments.append("--precise")
    if choice.copy_images:
        arguments.append("--copy-images")
    return arguments


def command_of(choice: ExportChoice, store: Path) -> str:
    """The same as a person would type it."""
    return shlex.join(["deepfashion-studio", *arguments_of(choice, store)])


def size_of(count: float) -> str:
    """A number of bytes in words."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if count >= 10 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def annotation_bytes(found: Preflight, choice: ExportChoice) -> int:
    """About how large the annotations will be."""
    layout = choice.layout if choice.format == "coco" else choice.format
    return found.garments * _BYTES_PER_GARMENT.get(layout, _BYTES_IN_LISTS) + found.images * 300


def proofs_of(choice: ExportChoice) -> dict[str, str]:
    """The proofs that follow, by the key under which the job reports them."""
    return {key: words for key, words in _PROOFS.items() if key != "official" or choice.format == "coco"}


def files_of(found: Preflight, choice: ExportChoice, splits: Sequence[str]) -> tuple[WrittenFile, ...]:
    """The files and folders that are made."""
    if choice.out is None:
        return ()
    size = f"about {size_of(annotation_bytes(found, choice))}"
    if choice.format == "coco":
        files = [WrittenFile(choice.out.name, size)]
        if choice.copy_images:
            pictures = WrittenFile(f"{choice.out.stem}_images", f"{found.images:,} pictures", folder=True)
            files.append(pictures)
        return tuple(files)
    files = [WrittenFile(choice.out.name, size, folder=True)]
    if choice.format in _LIST_FOLDERS:
        return (*files, *(WrittenFile(name, folder=True, depth=1) for name in _list_folders(choice)))
    for split in splits:
        # Images without a split lie in the folder itself.
        if split:
            files.append(WrittenFile(split, folder=True, depth=1))
        depth = 2 if split else 1
        files.append(WrittenFile("annos", folder=True, depth=depth))
        if choice.copy_images:
            files.append(WrittenFile("image", folder=True, depth=depth))
    if choice.layout == "retrieval":
        about = [split for split in splits if split != "train"]
        files += [
            WrittenFile(f"json_for_{s}" if s else "val_query.json", folder=bool(s), depth=1) for s in about
        ]
    return tuple(files)


def _list_folders(choice: ExportChoice) -> tuple[str, ...]:
    folders = ("Anno_fine", "Eval") if choice.layout == "fine" else _LIST_FOLDERS[choice.format]
    return (*folders, "Img") if choice.copy_images else folders


def question_of(lost: Sequence[Loss]) -> str:
    """What the person is asked before something is lost."""
    said = [f"{loss.count:,} {loss.what}: {loss.how}" for loss in lost[:_ASKED_ABOUT]]
    if len(lost) > _ASKED_ABOUT:
        said.append(f"and {len(lost) - _ASKED_ABOUT} more, in the loss report")
    return "The files will not hold:\n\n" + "\n".join(f"•  {line}" for line in said)


def preview_of(
    found: Preflight,
    choice: ExportChoice,
    store: Path,
    categories: Mapping[int, Category],
    splits: Sequence[str],
) -> Preview:
    """What the page shows of a preflight."""
    title = TITLES[choice.format]
    warnings = [check for check in found.checks if check.severity == "warn"]
    blocking = [check for check in found.checks if check.severity == "block"]
    blocked = blocking[0].message if blocking else "" if choice.out else "Name where to write"
    kind = "bad" if blocking else "warn" if warnings or found.lost or blocked else "ok"
    passed = [check for check in found.checks if check.severity == "ok"]
    return Preview(
        kind=kind,
        title=_headline(blocked, len(warnings), len(found.lost)),
        detail=f"{_count(found.images, 'image')} and {_count(found.garments, 'garment')} have been checked.",
        button=f"Export {_count(found.garments, 'garment')}",
        blocked=blocked,
        note="runs as a job, can be cancelled",
        checks=tuple(_check_row(check) for check in (*blocking, *warnings, *passed)),
        checks_note=f"{len(found.checks)}",
        losses=tuple(_loss_row(loss) for loss in found.losses),
        losses_title=f"{title}: loss report",
        bars=_bars(found, categories),
        bars_note=f"{found.garments:,}",
        files=files_of(found, choice, splits),
        proofs=proofs_of(choice),
        command=command_of(choice, store) if choice.out else "",
    )


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _headline(blocked: str, warnings: int, lost: int) -> str:
    if blocked:
        return f"Not yet: {blocked[0].lower()}{blocked[1:].rstrip('.')}"
    words = [_count(warnings, "warning")] if warnings else []
    if lost:
        words.append(f"{lost} kind of thing lost" if lost == 1 else f"{lost} kinds of things lost")
    return f"Ready to export, with {' and '.join(words)}" if words else "Ready to export"


def _check_row(check: Check) -> Row:
    icon, role = _SEVERITIES[check.severity]
    strong = check.severity != "ok"
    name = check.name[0].upper() + check.name[1:]
    return Row(icon, role, name, f"{check.count:,}", check.message, strong=strong, where=check.where)


def _loss_row(loss: Loss) -> Row:
    icon, role, mark = ("check", "t2", "kept") if loss.kept else ("circle-minus", "bad", "lost")
    return Row(icon, role, loss.what, f"{loss.count:,}", loss.how, mark=mark)


def _bars(found: Preflight, categories: Mapping[int, Category]) -> tuple[Bar, ...]:
    """A bar for each built-in category, and for the store's own that occur."""
    shown = (c for c in categories.values() if c.offset is not None or found.categories.get(c.name))
    return tuple(Bar(c.name, c.colour, found.categories.get(c.name, 0)) for c in shown)
