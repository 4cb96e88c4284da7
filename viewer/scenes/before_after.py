"""Two states of a label map in one slice: beside each other at a line, or where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from imaging.editing.label_patch import LabelPatch
from viewer.scenes.planes import SliceFrame
from viewer.scenes.styles import StructureStyle

ADDED_VALUE, REMOVED_VALUE = 254, 255
"""Label values of a difference, which no structure has."""

COMPARISON_STYLES = (
    StructureStyle("added", ADDED_VALUE, (58, 150, 255)),
    StructureStyle("removed", REMOVED_VALUE, (255, 150, 30)),
)
"""Blue and orange: they differ for people who do not tell red from green, and in lightness."""


class CompareLook(Enum):
    """How two states of a mask are shown in one picture."""

    WIPE = "wipe"
    """What was before on the left of a line, what is now on its right."""
    DIFFERENCE = "difference"
    """What was added and what was removed, and nothing else."""


@dataclass(frozen=True, slots=True, eq=False)
class BeforeAfter:
    """What the labels that are shown are compared with.

    Attributes:
        before: the labels of before, where they may differ from those that are shown.
        look: how both are shown.
        wipe_share: where the line is, as a share of the view's width.
    """

    before: LabelPatch
    look: CompareLook = CompareLook.WIPE
    wipe_share: float = 0.5


def wiped(
    before: NDArray[np.uint8], after: NDArray[np.uint8], line_picture_mm: float, frame: SliceFrame
) -> NDArray[np.uint8]:
    """A slice as before on the left of a line, as after on its right; picture arrays."""
    count = int(np.clip(np.ceil(line_picture_mm / frame.spacing_picture_mm[0]), 0, after.shape[1]))
    both = after.copy()
    both[:, :count] = before[:, :count]
    return both


def difference(
    before: NDArray[np.uint8], after: NDArray[np.uint8], is_shown: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Where voxels came and went: ``ADDED_VALUE``, ``REMOVED_VALUE`` and 0 elsewhere.

    Structures that are not shown count as background; ``is_shown`` has an entry for each of the
    256 values. A voxel that went from one structure to another was added.
    """
    before, after = before * is_shown[before], after * is_shown[after]
    changed = np.where(after > 0, np.uint8(ADDED_VALUE), np.uint8(REMOVED_VALUE))
    return np.where(before != after, changed, np.uint8(0))
