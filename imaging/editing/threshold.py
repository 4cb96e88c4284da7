"""Masks by HU: inside a structure, or inside a ball."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imaging.editing.box_mask import BoxMask
from imaging.editing.brush import swept_brush
from imaging.geometry import VolumeGeometry


def in_range(structure: BoxMask, array_hu: NDArray[np.int16], hu_range: tuple[int, int]) -> BoxMask:
    """The part of a mask whose HU lie in a range, both ends included."""
    low_hu, high_hu = hu_range
    hu = array_hu[structure.box]
    return BoxMask(structure.box, structure.mask & (hu >= low_hu) & (hu <= high_hu))


def ball_in_range(
    array_hu: NDArray[np.int16],
    geometry: VolumeGeometry,
    center_kji: ArrayLike,
    radius_mm: float,
    hu_range: tuple[int, int],
) -> BoxMask | None:
    """What lies in a HU range within a ball and hangs together with its middle.

    None where the ball misses the grid or its middle is not in the range.
    """
    import cc3d

    ball = swept_brush(geometry, center_kji, center_kji, radius_mm)
    if ball is None:
        return None
    found = in_range(ball, array_hu, hu_range)
    place = np.floor(np.asarray(center_kji, np.float64) + 0.5).astype(int) - ball.start_kji
    if (place < 0).any() or (place >= found.mask.shape).any() or not found.mask[tuple(place)]:
        return None
    parts = cc3d.connected_components(found.mask, connectivity=6)
    return BoxMask(ball.box, parts == parts[tuple(place)])
