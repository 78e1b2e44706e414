"""The sweep: a wall of crops of one landmark over many garments."""

from widgets.pages.sweep.page import SweepPage
from widgets.pages.sweep.records import Choice, Tile

__all__ = ["Choice", "SweepPage", "Tile"]
