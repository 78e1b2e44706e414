"""The problem list: what was wrong with the data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from store.db import tables
from store.db.engine import Database
from store.db.rows import Ids, chunks, next_touch, problem_of, problem_values, take_ids
from store.records import Problem

_C = tables.problems.c


class ProblemsRepository:
    """The problems of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, problems: Sequence[Problem]) -> None:
        """Stores problems; their images count them."""
        if problems:
            with self._database.write() as connection:
                insert_problems(connection, problems)
                counted = Counter(problem.image_id for problem in problems if problem.image_id)
                image, touched = tables.images, next_touch(connection)
                for image_id, more in counted.items():
                    values = {"problems": image.c.problems + more, "touched": touched}
                    connection.execute(update(image).where(image.c.id == image_id).values(values))

    def page(self, offset: int, limit: int) -> list[Problem]:
        """Problems in the order in which they were found."""
        query = select(tables.problems).order_by(_C.id).offset(offset).limit(limit)
        with self._database.read() as connection:
            return [problem_of(row) for row in connection.execute(query)]

    def count(self) -> int:
        """How many problems there are."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(tables.problems)).scalar_one())

    def of_image(self, image_id: int) -> tuple[Problem, ...]:
        """The problems of an image and of its garments."""
        query = select(tables.problems).where(_C.image_id == image_id).order_by(_C.id)
        with self._database.read() as connection:
            return tuple(problem_of(row) for row in connection.execute(query))

    def loose(self, dataset_id: int) -> tuple[Problem, ...]:
        """The problems of a dataset that belong to none of its images."""
        query = select(tables.problems).where(_C.dataset_id == dataset_id, _C.image_id == 0).order_by(_C.id)
        with self._database.read() as connection:
            return tuple(problem_of(row) for row in connection.execute(query))

    def remove(self, ids: Sequence[int]) -> None:
        """Forgets problems of no image."""
        with self._database.write() as connection:
            for part in chunks(ids):
                connection.execute(delete(tables.problems).where(_C.id.in_(part), _C.image_id == 0))

    def clear(self, dataset_id: int) -> None:
        """Forgets the problems of a dataset."""
        image = tables.images
        with self._database.write() as connection:
            connection.execute(delete(tables.problems).where(_C.dataset_id == dataset_id))
            connection.execute(
                update(image)
                .where(image.c.dataset_id == dataset_id, image.c.problems > 0)
                .values(
                    problems=select(func.count()).where(_C.image_id == image.c.id).scalar_subquery(),
                    touched=next_touch(connection),
                )
            )


def insert_problems(connection: Connection, problems: Sequence[Problem]) -> None:
    """Writes the rows of problems, within a transaction; the images' counts are the caller's."""
    first = take_ids(connection, "problems", len(problems))
    rows = [{"id": first + i, **problem_values(problem)} for i, problem in enumerate(problems)]
    connection.execute(insert(tables.problems), rows)


def problems_of(connection: Connection, ids: Ids) -> dict[int, tuple[Problem, ...]]:
    """The problems of each image that has some, within a transaction."""
    found: dict[int, list[Problem]] = defaultdict(list)
    for part in chunks(ids):
        for row in connection.execute(select(tables.problems).where(_C.image_id.in_(part)).order_by(_C.id)):
            found[row.image_id].append(problem_of(row))
    return {image_id: tuple(problems) for image_id, problems in found.items()}
