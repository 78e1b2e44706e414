"""The folder of a job: what it is, how far it is, and how it is told to stop."""

from store.runs.folder import Event, RunFolder, RunState

__all__ = ["Event", "RunFolder", "RunState"]
