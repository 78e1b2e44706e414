"""Writers whose work can be divided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from store.records import Image


@runtime_checkable
class Piecewise(Protocol):
    """A writer whose records can be encoded and read back piece by piece, also in other processes.

    Of the images that it is begun with it need only know their datasets, names and notes. The file is the
    same as if :meth:`store.formats.base.Writer.add` had been called for each record in order.
    """

    @property
    def encoder(self) -> Any:
        """Its ``encode(records, numbers)`` makes a piece with ``digests`` and ``losses``; can be pickled."""
        ...

    def numbers(self, image_ids: Sequence[int]) -> list[int]:
        """What the file calls images, by their ids in the store."""
        ...

    def put(self, piece: Any) -> bytes:
        """Writes the next piece; returns what the file calls its garments, as int64."""
        ...

    def bring(self, images: Sequence[Image]) -> None:
        """Copies the pictures of images, if any are to be copied."""
        ...

    def spans(self) -> Sequence[Any]:
        """Where each piece lies, in order; can be pickled."""
        ...

    def proof(self) -> Any:
        """Its ``read(span)`` finds ``digests``, ``image_ids``, ``annotation_ids`` and ``problems``; can be
        pickled. FormatError where what stands around the pieces is not what was written.
        """
        ...
