"""The sweep in the window: how one comes to it, and from it to a garment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.controllers.sweep import SweepController

if TYPE_CHECKING:
    from app.paged_window import PagedWindow


def joined(window: PagedWindow) -> SweepController:
    """The controller of the sweep with its page in a window."""
    made = SweepController(window.session, window.browse, window)
    window.shell.add_page("sweep", made.page)
    window.actions_.attach_canvas("sweep", made.page.wall)

    def show() -> None:
        category, landmark = 0, -1
        if window.shell.page() == "annotate" and (garment := window.annotate.page.garment) is not None:
            category, landmark = garment.category_id, window.annotate.canvas.selection.landmark
        window.go_to("sweep")
        made.show(category, landmark)

    def annotate(image_id: int, garment_id: int) -> None:
        window.open_image(image_id)
        if window.annotate.image_id == image_id:
            window.annotate.page.select(garment_id, made.landmark)

    made.opened.connect(show)
    made.annotate_wanted.connect(annotate)
    made.browse_wanted.connect(lambda: window.go_to("browse"))
    made.failed.connect(window.tell_error)
    return made
