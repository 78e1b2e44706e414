"""Configurations of training runs read from files and settings, checked, and written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from store.errors import StudioError
from store.runs.config import RunConfig


def read_config(path: Path | None, settings: Sequence[str] = (), base: RunConfig | None = None) -> RunConfig:
    """The configuration of a TOML file, changed by ``section.field=value`` settings.

    StudioError, naming the file or the setting, where one cannot be read or a value does not fit.
    """
    values: dict[str, Any] = base.model_dump() if base is not None else {}
    where = "The configuration"
    if path is not None:
        values, where = _merged(values, _toml(path)), str(path)
    before = values
    for setting in settings:
        key, sign, text = setting.partition("=")
        if not sign or not key.strip():
            raise StudioError(
                f"The setting {setting!r} is not of the form key=value.", "For example training.epochs=20."
            )
        values = _merged(values, _nested(key.strip().split("."), _value(text.strip())))
    if settings and _fits(before):
        where = f"What --set says ({', '.join(settings)})"
    return validated(values, where)


def _fits(values: Mapping[str, Any]) -> bool:
    try:
        RunConfig.model_validate(values)
    except ValidationError:
        return False
    return True


def validated(values: Mapping[str, Any], where: str = "The configuration") -> RunConfig:
    """The configuration that the values make; StudioError that names each field that does not fit."""
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'configuration'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise StudioError(
            f"{where} does not fit: {faults}.", "The guide lists them under Settings of a training run."
        ) from error


def write_config(config: RunConfig, path: Path) -> None:
    """Write a configuration as TOML, whole or not at all. OSError as the file system says."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(tomli_w.dumps(config.model_dump()).encode())
    new.replace(path)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StudioError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StudioError(f"{path} is not TOML: {error}.", "Mend the file, or leave --config out.") from error


def _merged(values: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(values)
    for key, value in more.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _nested(keys: Sequence[str], value: Any) -> dict[str, Any]:
    for key in reversed(keys):
        value = {key: value}
    return dict(value)


def _value(text: str) -> Any:
    """As TOML would read it; text that is no TOML value is itself, so that quotes may be left out."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
