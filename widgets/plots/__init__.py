"""Charts in the colours of the theme. pyqtgraph comes with them: import them when a page is made."""
