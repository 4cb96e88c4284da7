"""Bundles and checkpoints of other programs, read as data: nothing of theirs is ever run."""
