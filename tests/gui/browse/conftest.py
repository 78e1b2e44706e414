"""A Browse page over a small store of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from store.db import Store
from store.filters import parse
from store.records import Dataset, Domain, Garment, Image, ImageRecord, Problem, Review
from store.thumbnails import ThumbnailCache
from widgets.browser import ThumbnailSource
from widgets.pages.browse import BrowsePage
from widgets.panels.details import Details

COUNT = 60


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """60 images; every third of shops, every tenth without its file, every twentieth with a problem."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    with Store.create(tmp_path / "store") as made:
        dataset = made.datasets.add(Dataset(name="small", format="coco", images_root=str(pictures)))
        with made.bulk() as bulk:
            for i in range(COUNT):
                bulk.add(_record(dataset.id, i))
        for i in range(COUNT):
            if i % 10:
                image = QImage(60, 80, QImage.Format.Format_RGB32)
                image.fill(QColor.fromHsv(i * 6, 160, 200))
                assert image.save(str(pictures / f"{i:06}.jpg"))
        yield made


def _record(dataset_id: int, i: int) -> ImageRecord:
    image = Image(
        dataset_id=dataset_id,
        name=f"{i:06}.jpg",
        width=60,
        height=80,
        size_known=True,
        split="train" if i < 50 else "validation",
        domain=Domain.CONSUMER if i % 3 else Domain.SHOP,
        review=Review.ACCEPTED if i % 4 == 0 else Review.TO_DO,
    )
    garment = Garment(key="item1", category_id=8 if i % 2 else 1, box=[5, 5, 40, 60], occlusion=1 + i % 3)
    problem = Problem(
        code="outside", message=f"Something is odd in {i}.", file=f"/annos/{i:06}.json", item="item1"
    )
    return ImageRecord(image, (garment,), (problem,) if i % 20 == 0 else ())


class Controller:
    """What the program's own controller does, at once."""

    def __init__(self, page: BrowsePage, store: Store) -> None:
        self.page, self.store = page, store
        page.filter_changed.connect(lambda _text: self.load())
        page.order_changed.connect(lambda _order: self.load())
        page.details_wanted.connect(self.details)

    def load(self) -> None:
        began = perf_counter()
        where = parse(self.page.filter_text)
        ids = self.store.images.ids(where, self.page.order)
        took = (perf_counter() - began) * 1000
        self.page.show_rows(ids, len(ids), self.store.garments.count(where), took)
        self.page.show_facets(self.store.statistics.facets(where))

    def details(self, image_id: int) -> None:
        image = self.store.images.get(image_id)
        garments = self.store.garments.of_image(image_id)
        self.page.show_details(Details(image, garments, self.store.problems.of_image(image_id), "small"))


@pytest.fixture
def page(qtbot: QtBot, store: Store) -> Iterator[BrowsePage]:
    made = BrowsePage()
    qtbot.addWidget(made)
    made.resize(1200, 740)
    cache = ThumbnailCache(store.folder)
    made.set_source(store.images, ThumbnailSource(store.images.path, cache))
    made.controller = Controller(made, store)
    made.controller.load()
    with qtbot.waitExposed(made):
        made.show()
    made.grid.setFocus()
    yield made
    made.close()
    made.set_source(None, None)
    cache.close()
