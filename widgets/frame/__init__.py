"""What surrounds every page: the menu bar with the mark, the page rail and the status bar."""

from widgets.frame.menubar import CommandField, MenuBar
from widgets.frame.rail import PageRail, RailEntry
from widgets.frame.shell import Shell
from widgets.frame.status import SavedState, StatusBar

__all__ = ["CommandField", "MenuBar", "PageRail", "RailEntry", "SavedState", "Shell", "StatusBar"]
