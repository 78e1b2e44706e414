"""The Runs page. ``page`` brings pyqtgraph: import it when the page is made. ``records`` is light."""
