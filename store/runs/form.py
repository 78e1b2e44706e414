"""The fields of a run's configuration as plain records, from which the New run form is made.

pydantic is loaded by the first call of a function here, not by the import of this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from store.errors import StudioError

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from store.runs.config import RunConfig

Kind = Literal["text", "whole", "number", "switch", "choice"]


@dataclass(frozen=True, slots=True)
class FormField:
    """One field. ``section`` is "" for those of the run itself.

    ``minimum`` and ``maximum`` are None where there is no limit; ``above`` and ``below`` say that the
    limit itself is not allowed. ``architectures`` are the networks that it belongs to, empty for all.
    """

    section: str
    key: str
    title: str
    description: str
    kind: Kind
    default: Any
    minimum: float | None = None
    maximum: float | None = None
    above: bool = False
    below: bool = False
    choices: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As in ``--set``: "training.batch"."""
        return f"{self.section}.{self.key}" if self.section else self.key

    def fits(self, architecture: str) -> bool:
        """Whether it means something to a network."""
        return not self.architectures or architecture in self.architectures


@dataclass(frozen=True, slots=True)
class FormSection:
    """Fields that belong together, with the sentence that says what they are about."""

    key: str
    title: str
    description: str
    fields: tuple[FormField, ...]


@cache
def sections() -> tuple[FormSection, ...]:
    """The sections of the configuration in order; the first, "", holds the fields of the run itself."""
    from pydantic import BaseModel

    from store.runs.config import RunConfig

    own: list[FormField] = []
    made: list[FormSection] = []
    for key, info in RunConfig.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            title = info.title or key
            made.append(FormSection(key, title, _first_line(kind), _fields(key, kind)))
        else:
            own.append(_field("", key, info))
    return (FormSection("", "Run", _first_line(RunConfig), tuple(own)), *made)


def fields() -> tuple[FormField, ...]:
    """All fields in order."""
    return tuple(one for section in sections() for one in section.fields)


@cache
def backbones(architecture: str) -> tuple[str, ...]:
    """The backbones that a network can have, as the configuration itself allows them."""
    from pydantic import ValidationError

    from store.runs.config import ModelConfig

    found = []
    for choice in get_args(ModelConfig.model_fields["backbone"].annotation):
        try:
            ModelConfig.model_validate({"architecture": architecture, "backbone": choice})
        except ValidationError:
            continue
        found.append(str(choice))
    return tuple(found)


def apply(values: Mapping[str, Any]) -> RunConfig | list[tuple[str, str]]:
    """The configuration of values by name ("training.batch": 8), or what is wrong: (name, message) pairs.

    Names that are left out take their defaults. A message of a whole section has the section's name.
    """
    from pydantic import ValidationError

    from store.runs.config import RunConfig

    try:
        return RunConfig.model_validate(nested(values))
    except ValidationError as error:
        return [
            (".".join(str(part) for part in fault["loc"]) or "name", _sentence(fault["msg"]))
            for fault in error.errors()
        ]


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name as the tables of a TOML file: {"training.batch": 8} is {"training": {"batch": 8}}."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        section, _, key = name.rpartition(".")
        (made.setdefault(section, {}) if section else made)[key] = value
    return made


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a TOML file as values by name; the inverse of :func:`nested`."""
    made: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            made |= {f"{key}.{inner}": one for inner, one in value.items()}
        else:
            made[key] = value
    return made


def flat_toml(text: str) -> dict[str, Any]:
    """The values of a TOML text by name; StudioError where it is none."""
    import tomllib

    try:
        return flat(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise StudioError(
            f"The configuration is not TOML: {error}.", "Mend it, or choose another file."
        ) from error


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0]


def _fields(section: str, model: type[BaseModel]) -> tuple[FormField, ...]:
    return tuple(_field(section, key, info) for key, info in model.model_fields.items())


def _field(section: str, key: str, info: FieldInfo) -> FormField:
    kind, choices = _kind(info.annotation)
    limits = {name: getattr(rule, name) for rule in info.metadata for name in _LIMITS if hasattr(rule, name)}
    low = limits.get("ge", limits.get("gt"))
    high = limits.get("le", limits.get("lt", limits.get("max_length")))
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    owners = extra.get("for", [])
    return FormField(
        section=section,
        key=key,
        title=info.title or key,
        description=info.description or "",
        kind=kind,
        default=info.get_default(call_default_factory=True, validated_data={}),
        minimum=None if low is None else float(low),
        maximum=None if high is None else float(high),
        above="gt" in limits,
        below="lt" in limits,
        choices=choices,
        architectures=tuple(str(one) for one in owners) if isinstance(owners, list) else (),
    )


_LIMITS = ("ge", "gt", "le", "lt", "max_length")


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...]]:
    if choices := get_args(annotation):
        return "choice", tuple(str(one) for one in choices)
    if annotation is bool:
        return "switch", ()
    if annotation is int:
        return "whole", ()
    return ("number", ()) if annotation is float else ("text", ())


def _sentence(message: str) -> str:
    """pydantic's message as a sentence for a person."""
    for kind, words in (("valid number", "a number"), ("valid integer", "a whole number")):
        if message.startswith(f"Input should be a {kind}"):
            return f"Must be {words}"
    if message.startswith("Input should be "):
        return "Must be " + message.removeprefix("Input should be ")
    return message.removeprefix("Value error, ")


def presets() -> dict[str, Path]:
    """The configurations that come with the program, by name."""
    folder = Path(str(files("resources"))) / "runs"
    return {file.stem: file for file in sorted(folder.glob("*.toml"))}
