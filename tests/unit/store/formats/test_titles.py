"""Every format is offered everywhere under the same name."""

from __future__ import annotations

from app.cli.program import ExportFormat, ImportFormat
from store.formats.registry import AUTO, FORMATS
from store.formats.titles import REASONS, TITLES


def test_the_command_line_the_dialog_and_the_registry_know_the_same_formats() -> None:
    assert set(TITLES) == set(REASONS) == set(FORMATS)
    assert {format.value for format in ExportFormat} == set(FORMATS)
    assert {format.value for format in ImportFormat} == {AUTO, *FORMATS}
