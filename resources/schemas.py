"""What the landmarks of a garment are: their order, names, links, left-right swaps, sigmas and mean shape.

Numbers shown to a person and written in files are 1-based; indices in code are 0-based. ``left`` is
image-left on a frontal view, as in the data (FORMATS: DeepFashion2 6.3 to 6.6, DeepFashion 0.1).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schema:
    """The ordered landmarks of a category or of a clothes type.

    ``links`` and ``swaps`` hold pairs of 0-based indices. ``sigmas`` are the OKS constants of the
    official evaluation, empty where none are published. ``template`` is the mean shape, one
    ``(x, y)`` a landmark, normalised to 0..1 over the extent of the landmarks with y down;
    ``template_aspect`` is width / height of that extent. ``template`` may be empty.
    """

    key: str
    names: tuple[str, ...]
    links: tuple[tuple[int, int], ...] = ()
    swaps: tuple[tuple[int, int], ...] = ()
    sigmas: tuple[float, ...] = ()
    template: tuple[tuple[float, float], ...] = ()
    template_aspect: float = 1.0

    @property
    def size(self) -> int:
        """Number of landmarks."""
        return len(self.names)

    def mirrored(self) -> tuple[int, ...]:
        """For each index the index that takes its place after a horizontal flip."""
        order = list(range(self.size))
        for a, b in self.swaps:
            order[a], order[b] = b, a
        return tuple(order)
