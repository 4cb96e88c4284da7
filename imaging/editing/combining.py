"""One structure made of two."""

from __future__ import annotations

from enum import Enum

import numpy as np

from imaging.editing.box_mask import BoxMask, inner_box, united_box


class Combination(Enum):
    """How the edited structure and another one become the edited structure."""

    UNION = "union"
    INTERSECTION = "intersection"
    DIFFERENCE = "difference"


def combined(own: BoxMask, other: BoxMask, combination: Combination) -> BoxMask:
    """The new mask of the edited structure, in a box around both."""
    box = united_box(own.box, other.box)
    shape = [part.stop - part.start for part in box]
    a, b = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    a[inner_box(own.box, box)] = own.mask
    b[inner_box(other.box, box)] = other.mask
    if combination is Combination.UNION:
        return BoxMask(box, a | b)
    if combination is Combination.INTERSECTION:
        return BoxMask(box, a & b)
    return BoxMask(box, a & ~b)
