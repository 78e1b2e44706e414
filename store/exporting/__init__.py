"""A slice of a store out: checked before, read back and compared after."""

from store.exporting.options import Check, ExportOptions, ExportReport, Preflight, Proof
from store.exporting.preflight import may_lose, preflight
from store.exporting.run import export
from store.formats.base import Loss

__all__ = [
    "Check",
    "ExportOptions",
    "ExportReport",
    "Loss",
    "Preflight",
    "Proof",
    "export",
    "may_lose",
    "preflight",
]
