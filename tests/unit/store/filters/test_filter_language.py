"""Filter texts: what they mean, what is said about wrong ones, colours and completion."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import FilterError
from store.filters import FIELDS, And, Comparison, Not, Operator, Or, Span, complete, parse, terms
from store.filters.terms import part_start


def said(text: str) -> object:
    """The tree as nested tuples."""

    def plain(expr: object) -> object:
        match expr:
            case Comparison(field, sign, values):
                return (field, str(sign), *(v.meaning for v in values))
            case Not(part):
                return ("not", plain(part))
            case And(parts):
                return ("and", *map(plain, parts))
            case Or(parts):
                return ("or", *map(plain, parts))
        return expr

    return plain(parse(text))


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_text_is_no_filter(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("split=train", ("split", "=", "train")),
        ("SPLIT = Train", ("split", "=", "Train")),
        ("category = trousers", ("category", "=", "trousers")),
        ("category = 'short sleeve top'", ("category", "=", "short sleeve top")),
        ("occlusion >= medium", ("occlusion", ">=", 2)),
        ("occlusion>=2", ("occlusion", ">=", 2)),
        ("zoom_in = none", ("zoom_in", "=", 1)),
        ('viewpoint = "side or back"', ("viewpoint", "=", 3)),
        ("viewpoint = no-wear", ("viewpoint", "=", 1)),
        ("scale = unknown", ("scale", "=", None)),
        ('review != "to do"', ("review", "!=", 0)),
        ("review = to-do", ("review", "=", 0)),
        ("review = Second_Look", ("review", "=", 2)),
        ("domain = shop", ("domain", "=", "shop")),
        ("domain = unknown", ("domain", "=", "")),
        ("state = missing", ("state", "=", "missing")),
        ('file ~ "0012"', ("file", "~", "0012")),
        ("file ~ 0012", ("file", "~", "0012")),
        ("file = train/image/000001.jpg", ("file", "=", "train/image/000001.jpg")),
        ("pair = 12", ("pair", "=", 12)),
        ("garments >= 2", ("garments", ">=", 2)),
        ("split in (train, test)", ("split", "in", "train", "test")),
        ("split NOT  IN (train)", ("split", "not in", "train")),
        ("tag = not", ("tag", "=", "not")),
        ("tag = information", ("tag", "=", "information")),
        ("not split = test", ("not", ("split", "=", "test"))),
        ("not(split=test)", ("not", ("split", "=", "test"))),
        ("not not id = 1", ("not", ("not", ("id", "=", 1)))),
        ("id=1 and id=2 or id=3", ("or", ("and", ("id", "=", 1), ("id", "=", 2)), ("id", "=", 3))),
        ("id=1 and (id=2 or id=3)", ("and", ("id", "=", 1), ("or", ("id", "=", 2), ("id", "=", 3)))),
        ("id=1 AND id=2 and (id=3 and id=4)", ("and", *(("id", "=", i) for i in (1, 2, 3, 4)))),
        ("((id = -1))", ("id", "=", -1)),
    ],
)
def test_texts_mean(text: str, meaning: object) -> None:
    assert said(text) == meaning


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("categry = trousers", 0, 'no field "categry". Did you mean "category"?'),
        ("id = 1 and colour = red", 11, "There are category, review"),
        ("scale = smal", 8, 'Did you mean "small"?'),
        ("scale = 7", 8, "one of small, modest, large, unknown"),
        ('review = "todo"', 9, 'Did you mean "to do"?'),
        ("review = none-such", 9, '"to do"'),
        ("pair = twelve", 7, "whole number"),
        ("garments = 1.5", 11, "whole number"),
        ("garments = --5", 11, "whole number"),
        ("garments = 99999999999999999999999", 11, "whole number"),
        ("scale ~ small", 6, "does not go with scale. Use = !="),
        ("split < train", 6, "does not go with split"),
        ("scale > unknown", 8, "no place in an order"),
        ("category = short sleeve top", 17, 'quotes: "short sleeve"'),
        ("split train", 6, "split = train"),
        ("split =", 7, "a value is missing"),
        ("split", 5, "is missing"),
        ("id = 1 and", 10, "is missing"),
        ("(id = 1", 7, ": ) is missing"),
        ("id = 1)", 6, "does not fit at 7"),
        ("and id = 1", 0, "does not fit at 1"),
        ("id in (1 2)", 9, "does not fit"),
        ("id in ()", 7, "does not fit"),
        ('file = "abc', 7, "never closed"),
        ("file ! abc", 5, "cannot be read"),
    ],
)
def test_wrong_texts_are_told_where_and_why(text: str, position: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert caught.value.position == position
    assert words in str(caught.value)


@given(st.text(st.sampled_from("abid=<>!~()'\", \t1") | st.characters(), max_size=30))
def test_any_text_is_a_filter_or_told_wrong(text: str) -> None:
    told = None
    try:
        parse(text)
    except FilterError as error:
        told = error
    assert told is None or 0 <= told.position <= len(text)


@given(st.text(st.sampled_from("abid=<>!~()'\", \t1") | st.characters(), max_size=30))
def test_terms_cover_a_text_in_order(text: str) -> None:
    spans = terms(text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    covered = {i for span in spans for i in range(span.start, span.end)}
    assert all(i in covered or text[i].isspace() for i in range(len(text)))
    for cursor in range(len(text) + 1):
        assert part_start(text, cursor) <= cursor
        assert isinstance(complete(text, cursor), list)


def kinds(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.kind) for span in terms(text)]


def test_terms_name_the_parts() -> None:
    assert terms("id=1") == [Span(0, 2, "field"), Span(2, 3, "operator"), Span(3, 4, "value")]
    assert kinds('not (split not in (train, "a b")) and scale >= small') == [
        ("not", "keyword"),
        ("(", "keyword"),
        ("split", "field"),
        ("not", "operator"),
        ("in", "operator"),
        ("(", "operator"),
        ("train", "value"),
        (",", "operator"),
        ('"a b"', "value"),
        (")", "operator"),
        (")", "keyword"),
        ("and", "keyword"),
        ("scale", "field"),
        (">=", "operator"),
        ("small", "value"),
    ]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("categry = trousers", "categry"),
        ("scale = smal", "smal"),
        ('file = "abc', '"abc'),
        ("id = 1 id", "id"),
        ("id = 1 )", ")"),
        ("scale ~ small", "~"),
        ("scale = = 1", "="),
        ("! id", "!"),
    ],
)
def test_terms_mark_what_is_wrong(text: str, wrong: str) -> None:
    assert (wrong, "error") in kinds(text)


def test_whatever_parses_has_no_wrong_term() -> None:
    for text in (
        "split=train",
        'review in ("to do", accepted) or not id != 3',
        "viewpoint = no-wear",
        "scale=3",
    ):
        assert parse(text) is not None
        assert "error" not in {span.kind for span in terms(text)}


STORE_WORDS = {"category": ["trousers", "short sleeve top", "fashion"], "tag": ["dark"]}


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("", [*FIELDS, "not", "has"]),
        ("has no", ["note", "note_by"]),
        ("has note ", ["and", "or"]),
        ("changed > to", ["today"]),
        ("cat", ["category", "clothes_category"]),
        ("id", ["id", "width"]),
        ("ID = 1 and sca", ["scale"]),
        ("scale ", ["=", "!=", "in", "not in", "<", "<=", ">", ">="]),
        ("scale = s", ["small"]),
        ("review = ", ['"to do"', '"in progress"', '"second look"', "accepted", "rejected"]),
        ("review = to", ['"to do"']),
        ('review = "to', ['"to do"']),
        ("category = sleeve", ['"short sleeve top"']),
        ("category in (trousers, f", ["fashion"]),
        ("tag = ", ["dark"]),
        ("id = 1 ", ["and", "or"]),
        ("id = 1 a", ["and"]),
        ("nonsense ", []),
    ],
)
def test_completion_offers_what_fits(text: str, offered: list[str]) -> None:
    assert complete(text, len(text), STORE_WORDS) == offered


def test_the_part_that_is_typed_is_replaced() -> None:
    assert part_start("scale = sm and id = 1", 10) == 8
    assert part_start("scale = ", 8) == 8
    assert part_start('review = "to', 12) == 9
    assert part_start("scale =", 7) == 7


def test_every_field_explains_itself() -> None:
    for field in FIELDS.values():
        assert field.help
        assert Operator.EQUAL in field.operators
