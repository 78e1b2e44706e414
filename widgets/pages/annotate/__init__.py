"""The Annotate page: one image, its garments, and what is done to them."""

from widgets.pages.annotate.filmstrip import FilmRow
from widgets.pages.annotate.page import AnnotatePage

__all__ = ["AnnotatePage", "FilmRow"]
