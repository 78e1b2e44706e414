"""Checkpoints of other programs: read without running code, told by their names, made models of ours."""
