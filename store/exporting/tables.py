"""What the categories of a store are called in formats that have categories of their own.

DeepFashion2 knows 13 categories, the attribute benchmark 50. A table says for each other category which of
them it is written as, "" that garments of it are left out. Without one the known correspondence holds
(:mod:`resources.clothes_map`). The store's own table is ``categories.toml`` in its folder, for
people to edit::

    [deepfashion2]
    Jumpsuit = "long sleeve dress"
    scarf = ""

    [deepfashion]
    trousers = "Chinos"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import tomli_w

from resources.clothes_map import among_fifty, counterpart
from resources.taxonomy import Category, categories, category, clothes_categories
from store.errors import StudioError

FILE = "categories.toml"
#: The sets of categories, as the table calls them.
THIRTEEN, FIFTY = "deepfashion2", "deepfashion"

Table = Mapping[str, str]

_HEAD = """\
# What this store's categories are written as in formats that have categories of their own:
# DeepFashion2's 13 (deepfashion2, and coco in the layout 294) and DeepFashion's 50 (category-attribute).
# "" leaves garments of a category out of the former, and without a label in the latter.

"""


def set_of(format: str, layout: str) -> str:
    """The set of categories that a format has; "" for one that takes any, or none."""
    if format == "deepfashion2" or (format == "coco" and layout == "294"):
        return THIRTEEN
    return FIFTY if format == "category-attribute" else ""


def names_in(which: str) -> tuple[str, ...]:
    """The categories of a set."""
    return tuple(one.name for one in (categories() if which == THIRTEEN else clothes_categories()))


def foreign(which: str, known: Iterable[Category]) -> list[Category]:
    """Those of a store's categories that a set does not have."""
    if which == THIRTEEN:
        return [one for one in known if one.id > len(categories())]
    own = {name.casefold() for name in names_in(which)}
    return [one for one in known if one.name.casefold() not in own]


def proposed(which: str, known: Iterable[Category]) -> dict[str, str]:
    """The known correspondence of those categories that a set does not have; "" where there is none."""
    found: dict[str, str] = {}
    for one in foreign(which, known):
        number = counterpart(one.name) if which == THIRTEEN else None
        found[one.name] = among_fifty(one.name) if which == FIFTY else category(number).name if number else ""
    return found


def in_force(folder: Path, which: str, known: Iterable[Category]) -> dict[str, str]:
    """What the categories of a store are written as in a set: its own table, and where that is silent the
    known correspondence. Empty for no set. StudioError where the table cannot be read.
    """
    if not which:
        return {}
    file = folder / FILE
    kept = read(file, which) if file.is_file() else {}
    return {name: kept.get(name, found) for name, found in proposed(which, known).items()}


def read(file: Path, which: str) -> dict[str, str]:
    """The table of a set in a file. StudioError, naming line or entry, where it cannot be understood."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise StudioError(f"{file} cannot be read: {error.strerror or error}.", "Check the path.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StudioError(f"The table of categories {file} does not parse: {error}.", "Mend it.") from error
    for name in said:
        if name not in (THIRTEEN, FIFTY):
            raise StudioError(f"{file} has a table [{name}].", f"Use [{THIRTEEN}] or [{FIFTY}].")
    table = said.get(which, {})
    if not isinstance(table, dict):
        raise StudioError(f"{which} in {file} is no table.", f"Write [{which}] above its categories.")
    own = {name.casefold(): name for name in names_in(which)}
    found: dict[str, str] = {}
    for name, value in table.items():
        if not isinstance(value, str) or (value and value.casefold() not in own):
            raise StudioError(
                f"{file} says that {name} is {value!r}, which [{which}] does not have.",
                f'Use one of: {", ".join(own.values())}; or "" to leave it out.',
            )
        found[name] = own.get(value.casefold(), "")
    return found


def save(folder: Path, which: str, chosen: Table) -> None:
    """Keeps the table of a set with a store. StudioError where its folder cannot be written, or where what is
    there cannot be understood.
    """
    file = folder / FILE
    there = {name: read(file, name) for name in (THIRTEEN, FIFTY)} if file.is_file() else {}
    everything = {**there, which: {**there.get(which, {}), **chosen}}
    new = file.with_name(f"{FILE}.new")
    try:
        said = {name: dict(sorted(table.items())) for name, table in everything.items() if table}
        new.write_text(_HEAD + tomli_w.dumps(said), encoding="utf-8")
        new.replace(file)
    except OSError as error:
        raise StudioError(
            f"The table of categories {file} cannot be written: {error.strerror or error}.",
            "Check that the store's folder can be written.",
        ) from error
