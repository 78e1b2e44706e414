"""What a filter selects, held against a plain evaluation in Python."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.taxonomy import category
from store.db import Store
from store.errors import FilterError
from store.filters import FIELDS, And, Comparison, Expr, Kind, Not, Operator, Or, among, parse
from store.records import Dataset, Domain, Garment, Image, ImageRecord, ImageState, Problem, Review
from tests.examples import examples


@pytest.fixture(scope="module")
def wardrobe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """120 images of all sorts, by a fixed seed."""
    random = Random(7)
    with Store.create(tmp_path_factory.mktemp("wardrobe") / "store") as store:
        own = [store.datasets.add(Dataset(name=name)).id for name in ("Shop Photos", "street")]
        with store.bulk() as bulk:
            for number in range(120):
                garments = tuple(_garment(random) for _ in range(random.choice([0, 1, 1, 2, 3])))
                wrong = (Problem(code=random.choice(["x", "off mask"])),) * random.choice([0, 0, 1, 2])
                bulk.add(ImageRecord(_image(random, number, random.choice(own)), garments, wrong))
        yield store


def _image(random: Random, number: int, dataset_id: int) -> Image:
    return Image(
        dataset_id=dataset_id,
        name=f"{random.choice(['A', 'b_'])}/{number:06}.jpg",
        width=random.choice([300, 468]),
        height=random.choice([400, 702]),
        split=random.choice(["train", "Validation", ""]),
        role=random.choice(["", "query"]),
        domain=random.choice(list(Domain)),
        review=random.choice(list(Review)),
        state=random.choice(list(ImageState)),
        tags=tuple(sorted(random.sample(["dark", "Odd", "100%"], random.choice([0, 0, 1, 2])))),
    )


def _garment(random: Random) -> Garment:
    level = [None, 1, 2, 3]
    return Garment(
        category_id=random.choice([1, 7, 8, 13]),
        scale=random.choice(level),
        occlusion=random.choice(level),
        zoom_in=random.choice(level),
        viewpoint=random.choice(level),
        clothes_type=random.choice([None, 1, 3]),
        clothes_category=random.choice([None, 18, 41, 50]),
        pair_id=random.choice([None, 1, 2, 12]),
        style=random.choice([None, 0, 1]),
        item_id=random.choice(["", "id_1", "id_12"]),
        attributes={name: random.choice([-1, 0, 1]) for name in ("striped", "A-line", "100% wool")},
    )


# ---------------------------------------------------------------- the same in Python


def _of_garment(expr: Expr) -> bool:
    if isinstance(expr, Comparison):
        return FIELDS[expr.field].garment
    return not isinstance(expr, Not) and all(map(_of_garment, expr.parts))


def holds(expr: Expr, store: Store, record: ImageRecord, garment: Garment | None = None) -> bool:
    if isinstance(expr, Not):
        return not holds(expr.part, store, record, garment)
    if isinstance(expr, Or):
        return any(holds(part, store, record, garment) for part in expr.parts)
    if garment is None and _of_garment(expr):
        return any(holds(expr, store, record, one) for one in record.garments)
    if isinstance(expr, And) and garment is None:
        same = [part for part in expr.parts if _of_garment(part)]
        rest = [part for part in expr.parts if not _of_garment(part)]
        together = not same or any(all(holds(p, store, record, g) for p in same) for g in record.garments)
        return together and all(holds(part, store, record) for part in rest)
    if isinstance(expr, And):
        return all(holds(part, store, record, garment) for part in expr.parts)
    return _compared(expr, _values(expr.field, store, record, garment))


def _values(field: str, store: Store, record: ImageRecord, garment: Garment | None) -> Sequence[object]:
    image = record.image
    if field == "tag":
        return image.tags
    if field == "problem":
        return [problem.code for problem in record.problems]
    if field == "attribute":
        assert garment is not None
        return [name for name, said in garment.attributes.items() if said == 1]
    if field == "category":
        assert garment is not None
        return [category(garment.category_id).name]
    names = {"file": "name", "pair": "pair_id", "item": "item_id"}
    of_image = {
        "dataset": store.datasets.get(image.dataset_id).name,
        "garments": len(record.garments),
        "problems": len(record.problems),
    }
    if field in of_image:
        return [of_image[field]]
    return [getattr(garment if FIELDS[field].garment else image, names.get(field, field))]


COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def _compared(expr: Comparison, values: Sequence[object]) -> bool:
    wanted = [value.meaning for value in expr.values]
    if expr.field == "category":
        wanted = [str(value).replace("-", " ") for value in wanted]
    if FIELDS[expr.field].kind in (Kind.TEXT, Kind.SEVERAL, Kind.CATEGORY) and expr.field != "item":
        values = [str(value).lower() for value in values]
        wanted = [str(value).lower() for value in wanted]
    if expr.field == "file" and expr.operator in (
        *(Operator.EQUAL, Operator.NOT_EQUAL, Operator.IN, Operator.NOT_IN),
    ):
        values = [*values, *(str(value).rpartition("/")[2] for value in values)]
    elif FIELDS[expr.field].kind is Kind.TEXT and "unknown" in wanted:
        wanted = [*wanted, ""]
    match expr.operator:
        case Operator.CONTAINS:
            return any(str(wanted[0]).lower() in str(value).lower() for value in values)
        case Operator.EQUAL | Operator.IN | Operator.HAS:
            return any(value in wanted for value in values)
        case Operator.NOT_EQUAL | Operator.NOT_IN:
            return not any(value in wanted for value in values)
        case compare:
            return any(value is not None and COMPARE[compare](value, wanted[0]) for value in values)


# ---------------------------------------------------------------- drawing filters

WORDS = {
    "category": ["trousers", '"short sleeve top"', "shorts", "sling-dress", "skirt"],
    "split": ["train", "validation", "TEST", '""', "unknown"],
    "role": ["query", "unknown"],
    "dataset": ["street", '"shop photos"'],
    "file": ["0012", "a/", "b_", '"%"', "jpg", "000012.JPG", "a/000007.jpg", "00001_.jpg"],
    "tag": ["dark", "odd", '"100%"', "absent"],
    "attribute": ["striped", "a-LINE", '"100% wool"', "wool"],
    "problem": ["x", '"off mask"', '"off"'],
    "width": ["300", "400"],
    "height": ["702"],
    "item": ["id_1", "id_12", '""'],
    "garments": ["0", "1", "2"],
    "problems": ["0", "1"],
    "pair": ["1", "12", "unknown"],
    "style": ["0", "1", "unknown"],
    "id": ["5", "77"],
}


#: What follows from edits and not from a record has tests of its own.
OF_REVIEW = {"reviewer", "reviewed", "changed", "notes", "note", "note_by"}


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    field = FIELDS[draw(st.sampled_from(sorted(set(FIELDS) - OF_REVIEW)))]
    words = WORDS.get(field.name) or [f'"{word}"' for word in field.words]
    sign = draw(st.sampled_from(field.operators))
    if sign in (Operator.IN, Operator.NOT_IN):
        several = draw(st.lists(st.sampled_from(words), min_size=1, max_size=3))
        return f"{field.name} {sign} ({', '.join(several)})"
    if sign not in (Operator.EQUAL, Operator.NOT_EQUAL):
        words = [word for word in words if "unknown" not in word]
    return f"{field.name} {sign} {draw(st.sampled_from(words))}"


TEXTS = st.recursive(
    comparisons(),
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("{} AND {}".format, comparisons(), comparisons()),
        st.builds("({}) or {}".format, inner, comparisons()),
    ),
    max_leaves=5,
)


@settings(examples(50, 200))
@given(TEXTS)
def test_a_filter_selects_what_it_says(wardrobe: Store, text: str) -> None:
    expr = parse(text)
    assert expr is not None
    records = list(wardrobe.stream())
    expected = [r.image.id for r in records if holds(expr, wardrobe, r)]
    assert wardrobe.images.ids(expr, "id").tolist() == expected
    assert wardrobe.images.count(expr) == len(expected)
    garments = sum(holds(expr, wardrobe, r, g) for r in records for g in r.garments)
    assert wardrobe.garments.count(expr) == garments


def test_a_file_is_found_by_its_bare_name(wardrobe: Store) -> None:
    (found,) = wardrobe.images.ids(parse("file = 000012.jpg"), "id").tolist()
    assert wardrobe.images.get(found).name.endswith("/000012.jpg")
    assert wardrobe.images.count(parse('file in ("000012.jpg", 000013.jpg)')) == 2
    assert wardrobe.images.count(parse("file != 000012.jpg")) == 119
    assert wardrobe.images.count(parse("file = 12.jpg")) == 0


def test_garment_comparisons_in_one_and_speak_of_one_garment(store: Store, dataset: Dataset) -> None:
    with store.bulk() as bulk:
        one = Garment(category_id=8, occlusion=1)
        other = Garment(category_id=9, occlusion=3)
        bulk.add(ImageRecord(Image(dataset_id=dataset.id, name="a"), (one, other)))

    def count(text: str) -> int:
        return store.images.count(parse(text))

    assert count("category = trousers and occlusion = heavy") == 0
    assert count("category = skirt and occlusion = heavy") == 1
    assert count("category = trousers and (occlusion = heavy or occlusion = medium)") == 0
    assert count("category = trousers and file ~ a and occlusion = slight") == 1
    assert count("not category = skirt") == 0
    assert count("category != skirt") == 1
    assert store.garments.count(parse("not category = skirt")) == 1


def test_names_are_those_of_the_store(wardrobe: Store) -> None:
    with pytest.raises(FilterError, match=r'no category "trouser".*"trousers"') as caught:
        wardrobe.images.count(parse("id > 0 and category = trouser"))
    assert caught.value.position == 22
    with pytest.raises(FilterError, match='no dataset "roof"'):
        wardrobe.garments.count(parse("dataset = roof"))
    assert wardrobe.images.count(parse("category ~ nothing")) == 0


def test_a_category_can_be_named_as_coco_does(wardrobe: Store) -> None:
    coco = category(1).coco_name
    assert wardrobe.garments.count(parse(f"category = {coco}")) == wardrobe.garments.count(
        parse('category = "short sleeve top"')
    )


def test_streams_take_their_names_at_once(wardrobe: Store, tmp_path: Path) -> None:
    with pytest.raises(FilterError):
        wardrobe.stream(parse("category = nonsense"))


def test_a_list_of_numbers_of_any_length_restricts_what_is_selected(wardrobe: Store) -> None:
    everything = wardrobe.images.ids(None, "id").tolist()
    few = everything[3:40:2]
    # Far more than SQLite takes as parameters, and most of them of no image.
    many = [*few, *range(10**6, 10**6 + 50_000)]
    where = parse("category = trousers and occlusion = heavy or garments = 0")
    selected = set(wardrobe.images.ids(where).tolist())
    for listed in (few, many):
        assert wardrobe.images.ids(among(listed), "id").tolist() == few
        assert set(wardrobe.images.ids(among(listed, where)).tolist()) == selected & set(few)
        garments = sum(len(found) for found in wardrobe.garments.of_images(few).values())
        assert wardrobe.garments.count(among(listed)) == garments
        facets = wardrobe.statistics.facets(among(listed))
        assert sum(facets["review"].values()) == len(few)
    assert wardrobe.images.ids(among([])).tolist() == []
