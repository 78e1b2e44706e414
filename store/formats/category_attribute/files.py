"""The files of the benchmark: six lists, and one file a split and matter, of which the rows have no names."""

from __future__ import annotations

from store.formats.category_attribute import FINE
from store.formats.lists.common import STATUSES, landmark_list
from store.formats.lists.style import Style
from store.formats.lists.table import ListFile

_PAD = 72
_NAMES = Style(pad=0, gaps=(" ",), zeros=0)
#: What is told of the images of a split, each in a file: how it ends, and of what make its numbers are.
MATTERS = ("attr", "bbox", "cate", "landmards")
#: The spelling of the official file, then the one that everybody expects.
_SPELLINGS = {"landmards": ("landmards", "landmarks")}


def files(layout: str) -> tuple[ListFile, ...]:
    """The files of a layout, those that say most about an image first."""
    folders = ("Anno_fine",) if layout == FINE else ("Anno_coarse", "Anno")

    def places(name: str) -> tuple[str, ...]:
        return tuple(f"{folder}/{name}" for folder in folders)

    marks = landmark_list("", _PAD, varied=False, kinds=1)
    lists = [
        ListFile(
            "category_img",
            places("list_category_img.txt"),
            "image_name  category_label",
            kinds=1,
            style=Style(pad=_PAD - 1, gaps=("  ",)),
        ),
        ListFile(
            "attr_img",
            places("list_attr_img.txt"),
            "image_name  attribute_labels",
            style=Style(pad=_PAD, gaps=("  ", " "), width=3),
        ),
        ListFile(
            "bbox",
            places("list_bbox.txt"),
            "image_name  x_1  y_1  x_2  y_2",
            style=Style(pad=_PAD, gaps=("  ", " ")),
        ),
        ListFile("landmarks", places("list_landmarks.txt"), marks.columns, kinds=1, style=marks.style),
        ListFile(
            "eval",
            ("Eval/list_eval_partition.txt", *places("list_eval_partition.txt")),
            "image_name  evaluation_status",
            # The partition is that of the thousand attributes; the 26 are known of a part of its images.
            defines=layout != FINE,
            style=Style(pad=_PAD, gaps=("  ",)),
        ),
        ListFile("category_cloth", places("list_category_cloth.txt"), "category_name  category_type"),
        ListFile("attr_cloth", places("list_attr_cloth.txt"), "attribute_name  attribute_type"),
    ]
    for split in STATUSES:
        lists.append(ListFile(split, places(f"{split}.txt"), counted=False, style=_NAMES))
        for matter in MATTERS:
            spelt = [
                place for word in _SPELLINGS.get(matter, (matter,)) for place in places(f"{split}_{word}.txt")
            ]
            key = f"{split}_{matter}"
            lists.append(ListFile(key, tuple(spelt), counted=False, beside=split, style=_NAMES))
    return tuple(lists)


#: The keys of the files of the splits.
SPLIT_KEYS = frozenset(
    {*STATUSES, *(f"{split}_{matter}" for split in STATUSES for matter in MATTERS)},
)
#: Lists about no image.
NAMES_KEYS = frozenset({"category_cloth", "attr_cloth"})
