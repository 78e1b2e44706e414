"""What became of picture files, of many images at once: where they are now, and what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from time import sleep

from sqlalchemy import bindparam, delete, func, select, update

from store.db import tables
from store.db.engine import Database
from store.db.problems import insert_problems
from store.db.rows import chunks, image_of, next_touch
from store.pictures import Probe
from store.records import Image, ImageState, Problem, Severity

_I, _P = tables.images.c, tables.problems.c
_PAUSE_SECONDS = 0.002
#: The problems that say that a picture cannot be shown; each image has one of them at most.
MISSING, OUTSIDE, UNREADABLE = "picture-missing", "picture-outside", "picture-unreadable"
_SHOW = (
    update(tables.images)
    .where(_I.id == bindparam("wanted"))
    .values(
        state=bindparam("said"),
        width=bindparam("across"),
        height=bindparam("down"),
        size_known=bindparam("known"),
        touched=bindparam("number"),
    )
)


def images_in(database: Database, dataset_id: int, batch: int = 500) -> Iterator[list[Image]]:
    """The images of a dataset by id, without their tags; no transaction stays open between batches."""
    last = 0
    query = select(tables.images).where(_I.dataset_id == dataset_id).order_by(_I.id).limit(batch)
    while True:
        with database.read() as connection:
            found = [image_of(row) for row in connection.execute(query.where(_I.id > last))]
        if not found:
            return
        last = found[-1].id
        yield found


def note_pictures(database: Database, images: Sequence[Image], found: Mapping[int, Probe]) -> int:
    """Notes what was found of the pictures of these images, by id; gives back of how many that was news.

    It is no edit. Their problems about pictures follow.
    """
    news = [(image, found[image.id]) for image in images if _is_news(image, found[image.id])]
    for start in range(0, len(news), 100):
        _note(database, news[start : start + 100])
        sleep(_PAUSE_SECONDS)
    return len(news)


def _is_news(image: Image, probe: Probe) -> bool:
    size = (probe.width, probe.height)
    return probe.state is not image.state or (
        all(size) and (not image.size_known or size != (image.width, image.height))
    )


def _note(database: Database, news: Sequence[tuple[Image, Probe]]) -> None:
    ids = [image.id for image, _ in news]
    with database.write() as connection:
        touched = next_touch(connection)
        rows = []
        for image, probe in news:
            read = bool(probe.width and probe.height)
            rows.append(
                {
                    "wanted": image.id,
                    "said": str(probe.state),
                    "across": probe.width if read else image.width,
                    "down": probe.height if read else image.height,
                    "known": read or image.size_known,
                    "number": touched,
                }
            )
        connection.execute(_SHOW, rows)
        about = (MISSING, OUTSIDE, UNREADABLE)
        for part in chunks(ids):
            connection.execute(delete(tables.problems).where(_P.image_id.in_(part), _P.code.in_(about)))
        problems = [_problem(image, probe) for image, probe in news if probe.state is not ImageState.PRESENT]
        if problems:
            insert_problems(connection, problems)
        counted = select(func.count()).where(_P.image_id == _I.id).scalar_subquery()
        for part in chunks(ids):
            connection.execute(update(tables.images).where(_I.id.in_(part)).values(problems=counted))


def _problem(image: Image, probe: Probe) -> Problem:
    missing = probe.state is ImageState.MISSING
    return Problem(
        code=MISSING if missing else UNREADABLE,
        message=probe.message,
        severity=Severity.WARNING if missing else Severity.ERROR,
        file=image.name,
        dataset_id=image.dataset_id,
        image_id=image.id,
    )
