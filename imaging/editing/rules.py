"""What edits by hand may touch: the one place where locks and the editable area hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from imaging.editing.box_mask import BoxMask
from imaging.labels import LabelEdit, LabelMap


class Effect(Enum):
    """What becomes of a structure inside a tool's box."""

    ADD = auto()
    ERASE = auto()
    REPLACE = auto()


@dataclass(frozen=True, slots=True)
class EditRules:
    """Which voxels an edit of one structure may change.

    Attributes:
        label_value: the structure that is edited.
        locked_values: other structures that keep all their voxels.
        inside_value: only voxels of this structure may change; None for all.
        hu_range: only voxels from the first to the last HU may change; None for all.
    """

    label_value: int
    locked_values: frozenset[int] = frozenset()
    inside_value: int | None = None
    hu_range: tuple[int, int] | None = None


def edit_by(
    labels: LabelMap,
    array_hu: NDArray[np.int16],
    tool: BoxMask,
    effect: Effect,
    rules: EditRules,
) -> LabelEdit | None:
    """What a tool changes once locks and the editable area are heeded; None if nothing.

    Args:
        labels: the map to be edited; not changed yet.
        array_hu: the CT on the same grid.
        tool: where the tool was used, or with ``Effect.REPLACE`` the structure's new mask.
        effect: what the tool does there.
        rules: what it may touch.
    """
    current = labels.array[tool.box]
    has_structure = current == rules.label_value
    if effect is Effect.ADD:
        target = has_structure | tool.mask
    elif effect is Effect.ERASE:
        target = has_structure & ~tool.mask
    else:
        target = tool.mask
    editable = None
    if rules.inside_value is not None:
        editable = current == rules.inside_value
    if rules.hu_range is not None:
        low_hu, high_hu = rules.hu_range
        hu = array_hu[tool.box]
        in_range = (hu >= low_hu) & (hu <= high_hu)
        editable = in_range if editable is None else editable & in_range
    return labels.edit_to(
        target,
        rules.label_value,
        locked_values=rules.locked_values,
        box=tool.box,
        editable=editable,
    )
