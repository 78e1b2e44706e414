"""The Annotate page: one image, its garments, and what is done to them."""

from widgets.pages.annotate.bars import LAYER_NAMES
from widgets.pages.annotate.filmstrip import FilmRow
from widgets.pages.annotate.page import AnnotatePage

__all__ = ["LAYER_NAMES", "AnnotatePage", "FilmRow"]
