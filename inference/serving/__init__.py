"""Predictions for a person who waits: one warmed process beside the window, asked over a pipe."""
