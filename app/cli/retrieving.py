"""``index`` and ``retrieve``: garments become vectors, and queries are looked for among them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.outcome import Exit
from app.cli.reporter import Reporter
from app.cli.stores import refuse_no_store
from app.cli.tables import aligned
from store.errors import StudioError

if TYPE_CHECKING:
    from inference.retrieval.upkeep import IndexConfig
    from store.retrieval.figures import Figures
    from store.retrieval.index import VectorIndex
    from store.retrieval.ranked import Protocol, Ranked
    from store.runs import RunFolder

#: How many broken pictures a person is told of at the end; all are in the run.
PROBLEMS_SHOWN = 10


def index_config(
    model: str, crop: str, where: str, device: str, batch: int, workers: int, predictions: str = ""
) -> IndexConfig:
    """What is to be indexed. StudioError for a crop that there is not, or where neither a model nor a
    prediction run is named."""
    from inference.retrieval.upkeep import IndexConfig

    if predictions:
        return IndexConfig(model, "predicted", where, device, batch, workers, predictions)
    if not model:
        raise StudioError("No model is named.", "Name one with --model; deepfashion-studio models list.")
    if crop == "box":
        return IndexConfig(model, "box", where, device, batch, workers)
    if crop == "mask":
        return IndexConfig(model, "mask", where, device, batch, workers)
    raise StudioError(
        f"There is no crop {crop!r}.",
        "There are box and mask; for predicted boxes name a run: --predictions.",
    )


def index(store: Path, config: IndexConfig, *, as_json: bool = False, run: Path | None = None) -> int:
    """Bring the index of a model and crop up to date; 1 where pictures were broken."""
    from store.runs import RunFolder

    refuse_no_store(store)
    command = ["index", "--store", str(store), "--model", config.model]
    command += ["--predictions", config.predictions] if config.predictions else ["--crop", config.crop]
    if config.where:
        command += ["--where", config.where]
    folder = RunFolder(run) if run is not None else RunFolder.create(store, "index", command)
    with Reporter(as_json=as_json, run=folder.path, log=None if run is not None else folder.log) as reporter:
        from inference.retrieval.job import index_store

        found = index_store(config, store, reporter)
        code = Exit.PROBLEMS if found["broken"] else Exit.DONE
        return reporter.result({"run": folder.id, **found}, _index_lines(found), code)


def retrieve(
    store: Path,
    name: str | None,
    protocol: str,
    *,
    queries: str = "",
    gallery: str = "",
    device: str = "auto",
    depth: int = 100,
    as_json: bool = False,
    run: Path | None = None,
) -> int:
    """Rank queries over a gallery, keep the lists in a run, and say how many are right."""
    from store.retrieval.ranked import KIND, PROTOCOLS
    from store.runs import RunFolder

    wanted = next((one for one in PROTOCOLS if one == protocol), None)
    if wanted is None:
        raise StudioError(f"There is no protocol {protocol!r}.", f"There are {', '.join(PROTOCOLS)}.")
    refuse_no_store(store)
    command = [KIND, "--store", str(store), "--index", name or "", "--protocol", protocol]
    folder = RunFolder(run) if run is not None else RunFolder.create(store, KIND, command)
    with Reporter(as_json=as_json, run=folder.path, log=None if run is not None else folder.log) as reporter:
        with opened_index(store, name) as opened:
            ranked = _ranked(store, opened, wanted, queries, gallery, device, depth, reporter)
            ranked.save(folder.path)
            reporter(0, 0, "Counting what is right")
            found, lines = _told(store, opened, ranked, folder)
        return reporter.result(found, lines)


def opened_index(store: Path, name: str | None) -> VectorIndex:
    """The index of a name, or the only one. StudioError where it is not clear which."""
    from store.retrieval.index import FOLDER, VectorIndex, all_indices

    names = [one.name for one in all_indices(store)]
    if not names:
        raise StudioError(
            "The store has no index.", "Make one: deepfashion-studio index --store S --model M."
        )
    if name is None and len(names) > 1:
        raise StudioError("The store has several indices.", f"Name one with --index: {', '.join(names)}.")
    if name is not None and name not in names:
        raise StudioError(f"The store has no index {name!r}.", f"It has: {', '.join(names)}.")
    return VectorIndex.open(store / FOLDER / (name or names[0]))


def _ranked(
    store: Path,
    opened: VectorIndex,
    protocol: Protocol,
    queries: str,
    gallery: str,
    device: str,
    depth: int,
    reporter: Reporter,
) -> Ranked:
    from inference.retrieval.ranking import rank_store
    from store.db import Store

    with Store.open(store, read_only=True) as held:
        return rank_store(
            held, opened, protocol, queries, gallery, device=device, depth=depth, progress=reporter
        )


def _told(
    store: Path, opened: VectorIndex, ranked: Ranked, folder: RunFolder
) -> tuple[dict[str, Any], list[str]]:
    from store.db import Store
    from store.retrieval.figures import by_slice, figures
    from store.retrieval.standing import Standing, exact_places

    with Store.open(store, read_only=True) as held:
        table = held.products.table()
        names = {one.id: one.name for one in held.categories.all()}
    standing = Standing(ranked, table, exact_places(ranked, opened.vectors()))
    whole, slices = figures(standing), by_slice(standing, names)
    facts = ranked.facts
    head = (
        f"{facts.model}, {facts.protocol}, crop {facts.crop}: {counted(whole.queries, 'query', 'queries')} "
        f"in a gallery of {len(ranked.entries):,}, run {folder.id}"
    )
    lines = [head, "", *figure_lines([whole, *slices]), *(f"Note: {note}" for note in facts.notes)]
    if not whole.queries:
        lines.append("No query has a match in the gallery: there is nothing to count.")
    return {
        "run": folder.id,
        "index": facts.index,
        "protocol": facts.protocol,
        "queries": whole.queries,
        "missed": whole.missed,
        "gallery": len(ranked.entries),
        "metrics": _metrics(whole),
        "slices": [{"group": one.group, "level": one.level, **_metrics(one)} for one in slices],
        "notes": list(facts.notes),
    }, lines


def _metrics(one: Figures) -> dict[str, float]:
    return {
        "queries": one.queries,
        **{f"retrieval/top{k}": value for k, value in one.top.items()},
        "retrieval/mAP": one.mean_precision,
    }


def counted(count: int, one: str, many: str) -> str:
    """A number with its word: "1 query", "1,204 queries"."""
    return f"{count:,} {one if count == 1 else many}"


def figure_lines(rows: list[Figures]) -> list[str]:
    """Figures as a table in plain text."""
    ks = list(rows[0].top)
    head = ["", "queries", *(f"top-{k}" for k in ks), "mAP"]
    body = [
        [
            f"{one.group.replace('_', '-')}: {one.level}" if one.group else "all",
            f"{one.queries:,}",
            *(f"{one.top[k]:.3f}" for k in ks),
            f"{one.mean_precision:.3f}",
        ]
        for one in rows
    ]
    return aligned([head, *body])


def _index_lines(found: dict[str, Any]) -> list[str]:
    lines = [
        f"{found['index']}: {found['garments']:,} garments; {found['embedded']:,} embedded now, "
        f"{found['kept']:,} were there, {found['gone']:,} are gone "
        f"({found['images_per_second']:.1f} images/s on {found['device']})."
    ]
    if found["broken"]:
        pictures = counted(found["broken"], "picture", "pictures")
        lines.append(f"{pictures} could not be looked at:")
        lines += [f"  image {one['image_id']}: {one['what']}" for one in found["problems"][:PROBLEMS_SHOWN]]
        if found["broken"] > PROBLEMS_SHOWN:
            lines.append(f"  and {found['broken'] - PROBLEMS_SHOWN:,} more")
    return lines
