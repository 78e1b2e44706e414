"""What the program remembers between two starts: how a person wants it, and the stores used lately.

One JSON file in the person's configuration folder; ``DEEPFASHION_STUDIO_HOME`` moves it. Read at every
start of the window, before it paints, so it is a plain dataclass: pydantic alone would cost a quarter
of the time there is.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import Field, asdict, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from store.errors import StudioError

FILE = "settings.json"
#: How many stores the list of recent ones keeps.
RECENT = 12


class SettingsError(StudioError):
    """The settings cannot be written, or one was given a value it cannot have."""


@dataclass(frozen=True, slots=True)
class Option:
    """How one setting is asked for: its title, what it does, and the values it can have.

    ``choices`` are (value, words); without them numbers lie between ``minimum`` and ``maximum``.
    """

    title: str
    help: str
    choices: tuple[tuple[Any, str], ...] = ()
    minimum: float = 0
    maximum: float = 0
    unit: str = ""


def _option(default: Any, title: str, help_: str, **more: Any) -> Any:
    return field(default=default, metadata={"option": Option(title, help_, **more)})


def _person() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # No user name in the environment and no entry in the password file: a bare container.
        return ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may choose. Every field says in its metadata how it is asked for."""

    theme: str = _option(
        "dark",
        "Theme",
        "Both are neutral grey, so that the colours of clothes are judged right",
        choices=(("dark", "Dark"), ("light", "Light")),
    )
    font_scale: int = _option(
        100, "Text size", "Scales all text and what holds it", minimum=100, maximum=200, unit="%"
    )
    density: str = _option(
        "comfortable",
        "Density",
        "How high rows and controls are",
        choices=(("comfortable", "Comfortable"), ("compact", "Compact")),
    )
    author: str = _option("", "Your name", "Written beside every change you make, so that others can ask you")
    mask_opacity: int = _option(
        5,
        "Mask fill",
        "How strongly a mask tints its garment; 0 leaves only the outline",
        minimum=0,
        maximum=40,
        unit="%",
    )
    canvas_surround: str = _option(
        "",
        "Canvas surround",
        "What lies around the image; middle grey is the best ground to judge colours on",
        choices=(
            ("", "As the theme"),
            ("#777777", "Middle grey"),
            ("#2C2C2C", "Dark grey"),
            ("#C9C9C9", "Light grey"),
            ("#FFFFFF", "White"),
        ),
    )
    large_shapes: bool = _option(
        False, "Large shapes", "Larger landmark shapes, to tell the states apart without their colour"
    )
    key_preset: str = _option(
        "",
        "Keys",
        "Whose keys your hands know; Change keys in the menu File changes single ones",
        choices=(
            ("", "Our own"),
            ("labelme", "As in labelme"),
            ("x-anylabeling", "As in X-AnyLabeling"),
            ("cvat", "As in CVAT"),
        ),
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            _check(each, getattr(self, each.name))

    @classmethod
    def options(cls) -> dict[str, Option]:
        """How each setting is asked for, by its name, in the order of the dialog."""
        return {each.name: each.metadata["option"] for each in fields(cls)}


def _check(each: Field[Any], value: Any) -> None:
    option: Option = each.metadata["option"]
    kind: type[Any] = type(each.default)
    allowed = ", ".join(str(choice) or '""' for choice, _ in option.choices)
    if type(value) is not kind:
        raise SettingsError(f"The setting {each.name} is {value!r}, which is not a {kind.__name__}.")
    if option.choices and value not in [choice for choice, _ in option.choices]:
        raise SettingsError(f"The setting {each.name} cannot be {value!r}.", f"Choose one of: {allowed}.")
    if option.maximum and not option.minimum <= value <= option.maximum:
        raise SettingsError(
            f"The setting {each.name} is {value}.",
            f"Choose a number from {option.minimum:g} to {option.maximum:g}.",
        )


@dataclass(frozen=True, slots=True)
class RecentStore:
    """A store that was open lately, with what was known of it then.

    ``reviewed`` is a share, 0 to 1. ``found`` says whether a store is there now.
    """

    path: Path
    name: str = ""
    images: int = 0
    garments: int = 0
    reviewed: float = 0.0
    opened: datetime | None = None
    found: bool = True


def settings_folder() -> Path:
    """The folder of the settings file; not created here."""
    home = os.environ.get("DEEPFASHION_STUDIO_HOME", "")
    if home:
        return Path(home)
    from platformdirs import user_config_path

    return user_config_path("deepfashion-studio", appauthor=False)


class SettingsFile:
    """The settings file: read once, written whole after every change.

    A file that cannot be understood is kept beside itself as ``settings.json.bak`` and the defaults are
    used; ``problem`` then says so. A single value that cannot be is left out in the same way, the
    others are kept.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or settings_folder()) / FILE
        self.problem = ""
        raw = self._read()
        self.settings = self._settings(raw.get("settings"))
        self._recent = self._stores(raw.get("recent"))
        layout = raw.get("layout")
        self._layout: dict[str, Any] = dict(layout) if isinstance(layout, dict) else {}
        self._keys = self._chosen_keys(raw.get("keys"))

    @property
    def author(self) -> str:
        """The name written beside changes: the one that was set, else the user's."""
        return self.settings.author or _person()

    def change(self, **changes: Any) -> Settings:
        """Change some settings and save. SettingsError for an impossible value or a failing disk."""
        self.settings = replace(self.settings, **changes)
        self.save()
        return self.settings

    @property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """The keys that the person has chosen, as Qt's portable texts by the id of their action."""
        return self._keys

    def set_keys(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Remember chosen keys and save; what is not in it has its usual ones."""
        self._keys = {name: tuple(chosen) for name, chosen in keys.items()}
        self.save()

    def recent(self) -> list[RecentStore]:
        """The stores used lately, the last one first, with ``found`` as it is now."""
        return [replace(store, found=is_store(store.path)) for store in self._recent]

    def remember(
        self, path: Path, name: str = "", images: int = 0, garments: int = 0, reviewed: float = 0.0
    ) -> None:
        """Put a store at the head of the recent ones, with its counts, and save."""
        path = path.absolute()
        now = datetime.now().astimezone()
        new = RecentStore(path, name or path.name, images, garments, reviewed, now)
        self._recent = [new, *(store for store in self._recent if store.path != path)][:RECENT]
        self.save()

    def forget(self, path: Path) -> None:
        """Take a store off the recent ones and save; the store itself is left alone."""
        self._recent = [store for store in self._recent if store.path != path]
        self.save()

    def locate(self, old: Path, new: Path) -> None:
        """Say where a recent store lies now, and save."""
        new = new.absolute()
        kept = [store for store in self._recent if store.path != new]
        self._recent = [replace(store, path=new) if store.path == old else store for store in kept]
        self.save()

    def layout(self, key: str, default: Any = None) -> Any:
        """A remembered arrangement of the window, as JSON can hold it."""
        return self._layout.get(key, default)

    def set_layout(self, **values: Any) -> None:
        """Remember arrangements and save; values are what JSON can hold."""
        self._layout.update(values)
        self.save()

    def save(self) -> None:
        """Write the file at one stroke: never half a file. SettingsError if that fails."""
        content = {
            "settings": asdict(self.settings),
            "recent": [_written(store) for store in self._recent],
            "layout": self._layout,
            "keys": self._keys,
        }
        new = self.path.with_name(f"{FILE}.{os.getpid()}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with new.open("w", encoding="utf-8") as file:
                # Escaped, because a path may hold bytes that are no UTF-8.
                json.dump(content, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise SettingsError(
                f"The settings cannot be saved to {self.path}: {error.strerror or error}.",
                "Check that the folder can be written, or point DEEPFASHION_STUDIO_HOME to another one.",
            ) from error

    def _read(self) -> Mapping[str, Any]:
        try:
            raw = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            return self._set_aside(str(error))
        return raw if isinstance(raw, dict) else self._set_aside("it does not hold an object")

    def _set_aside(self, why: str) -> Mapping[str, Any]:
        kept = self.path.with_name(f"{FILE}.bak")
        try:
            if self.path.is_file():
                kept.write_bytes(self.path.read_bytes())
        except OSError:
            self.problem = f"The settings in {self.path} cannot be read ({why}); the defaults are used."
        else:
            self.problem = (
                f"The settings in {self.path} cannot be read ({why}). The defaults are used; "
                f"the old file is kept as {kept.name}."
            )
        return {}

    def _settings(self, raw: Any) -> Settings:
        values: dict[str, Any] = raw if isinstance(raw, dict) else {}
        known = {each.name for each in fields(Settings)}
        made = Settings()
        for name in known & values.keys():
            try:
                made = replace(made, **{name: values[name]})
            except SettingsError as error:
                self._set_aside(error.what)
        return made

    def _chosen_keys(self, raw: Any) -> dict[str, tuple[str, ...]]:
        chosen: dict[str, tuple[str, ...]] = {}
        for name, keys in raw.items() if isinstance(raw, dict) else ():
            if isinstance(keys, list) and all(isinstance(key, str) for key in keys):
                chosen[name] = tuple(keys)
            else:
                self._set_aside(f"the keys of {name} are no list of texts")
        return chosen

    def _stores(self, raw: Any) -> list[RecentStore]:
        stores: list[RecentStore] = []
        for values in raw if isinstance(raw, list) else []:
            try:
                stores.append(_understood(values))
            except (KeyError, TypeError, ValueError, OverflowError) as error:
                self._set_aside(f"a recent store: {error}")
        return stores[:RECENT]


def is_store(path: Path) -> bool:
    """Whether a folder looks like a store, without opening it."""
    try:
        return (path / "store.toml").is_file() or (path / "studio.db").is_file()
    except OSError:
        # A share that does not answer, a folder we may not look into: as good as not there.
        return False


def _written(store: RecentStore) -> dict[str, Any]:
    values = asdict(store)
    del values["found"]
    values["path"] = str(store.path)
    values["opened"] = store.opened.isoformat() if store.opened else None
    return values


def _understood(values: Any) -> RecentStore:
    if not isinstance(values, dict):
        raise TypeError(f"{values!r} is not an object")
    opened = values.get("opened")
    return RecentStore(
        path=Path(values["path"]),
        name=str(values.get("name", "")),
        images=int(values.get("images", 0)),
        garments=int(values.get("garments", 0)),
        reviewed=min(max(float(values.get("reviewed", 0.0)), 0.0), 1.0),
        opened=datetime.fromisoformat(opened) if opened else None,
    )
