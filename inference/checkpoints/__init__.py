"""Checkpoints of other programs: read without running code, told by their names, made models of ours."""

from inference.checkpoints.layout import Converted

__all__ = ["Converted"]
