"""The Runs page. ``page`` brings pyqtgraph along and is imported when the page is made; ``records`` is light."""
