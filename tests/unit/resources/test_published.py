"""Published figures: fractions, each with its paper and its data."""

from __future__ import annotations

from resources.published import published


def figures(method: str, table: str) -> dict[str, float]:
    return {
        f"{one.row}{' ' + one.visibility if one.visibility else ''}": one.value
        for one in published()
        if (one.method, one.table) == (method, table)
    }


def test_every_figure_says_where_it_is_from() -> None:
    assert len(published()) > 30
    for one in published():
        assert 0 < one.value < 1, one
        assert one.data, one
        assert one.source, one
        assert one.protocol, one


def test_no_figure_is_there_twice() -> None:
    keys = [(one.method, one.table, one.row, one.data) for one in published()]
    assert len(set(keys)) == len(keys)


def test_the_papers_own_tables() -> None:
    assert figures("FashionNet", "category") == {"top-3": 0.8258, "top-5": 0.9017}
    assert figures("FashionNet", "attributes") == {"top-3": 0.4552, "top-5": 0.5461}
    assert figures("FashionNet", "landmark_error") == {"NE": 0.0872}
    assert figures("Match R-CNN", "boxes") == {"AP": 0.638, "AP50": 0.789, "AP75": 0.745}
    assert figures("Match R-CNN", "landmarks") == {"AP visible": 0.605, "AP all": 0.529}
    assert figures("Match R-CNN", "retrieval") == {
        "top-1": 0.192, "top-5": 0.345, "top-10": 0.435, "top-15": 0.488, "top-20": 0.524,
    }  # fmt: skip
    assert {one.method for one in published()} >= {"WTBI", "DARN", "Wang", "Liu", "MMDetection Mask R-CNN"}
