"""Outlines of a slice's mask as polygons that run between the pixels' centres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree
from skimage.measure import approximate_polygon, find_contours

BORDER = 0.5
"""Halfway between a pixel inside (1) and its neighbour outside (0)."""

MAX_SIMPLIFICATION_PX = 0.25
"""Outlines pass a pixel's centre at 0.35 pixels or more; moved by less, no centre changes sides."""

Outline = NDArray[np.float64]
"""Corners (row, column) of a closed polygon, the first one not repeated; shape (n, 2)."""


def outlines(mask: NDArray[np.bool_]) -> list[Outline]:
    """One polygon for each connected part of a 2D mask.

    A hole is joined to its part's outer border by a channel without width, which every program
    that fills polygons understands; separate inner polygons are read in different ways.
    """
    parts, _ = ndimage.label(mask)  # neighbours across a side, as find_contours joins them
    found = []
    for number, box in enumerate(ndimage.find_objects(parts), start=1):
        part = np.pad(parts[box] == number, 1)
        loops = [approximate_polygon(loop, MAX_SIMPLIFICATION_PX)[:-1] for loop in _loops(part)]
        corner = np.array([side.start - 1 for side in box])
        found.append(_joined(loops) + corner)
    return found


def _loops(part: NDArray[np.bool_]) -> list[Outline]:
    """Closed borders of one connected part, the outer one first."""
    loops = find_contours(part.astype(np.float32), BORDER, fully_connected="low")
    return sorted(loops, key=lambda loop: -float(np.ptp(loop[:, 0])))


def _joined(loops: list[Outline]) -> Outline:
    """The outer border with every hole joined to it, the nearest hole first."""
    border, holes = loops[0], loops[1:]
    while holes:
        tree = cKDTree(border)
        nearest = [tree.query(hole) for hole in holes]
        chosen = int(np.argmin([distances.min() for distances, _ in nearest]))
        distances, at_border = nearest[chosen]
        hole = holes.pop(chosen)
        start = int(np.argmin(distances))
        meeting = int(at_border[start])
        there = np.roll(hole, -start, axis=0)
        border = np.concatenate([border[: meeting + 1], there, there[:1], border[meeting:]])
    return border
