"""Short names of files that still tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def short_names(paths: Sequence[Path]) -> tuple[str, ...]:
    """The names of files, after as many of their folders as it takes to tell all of them apart."""
    depth, deepest = 1, max((len(path.parts) for path in paths), default=1)
    texts = _ends(paths, depth)
    while len(set(texts)) < len(texts) and depth < deepest:
        depth += 1
        texts = _ends(paths, depth)
    return texts


def _ends(paths: Sequence[Path], depth: int) -> tuple[str, ...]:
    return tuple(str(Path(*path.parts[-depth:])) for path in paths)
