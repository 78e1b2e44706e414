"""Dialogs: import each from its own module, when it is opened."""
