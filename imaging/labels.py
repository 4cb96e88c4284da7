"""Label maps, and the edits that are the only way to change one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

if TYPE_CHECKING:
    from imaging.packed_edit import PackedEdit

Box = tuple[slice, slice, slice]
"""A sub-block of an array: three slices with start and stop, array order."""


def whole_box(array: NDArray[Any]) -> Box:
    """The box of a whole 3D array."""
    k, j, i = array.shape
    return slice(0, k), slice(0, j), slice(0, i)


def bounding_box(mask: NDArray[np.bool_]) -> Box | None:
    """Smallest box around the true voxels of a 3D mask; None if there are none."""
    box = [slice(0, size) for size in mask.shape]
    for axis in range(3):
        # Each axis looks only at what the axes before it left over.
        others = tuple(a for a in range(3) if a != axis)
        hits = np.flatnonzero(mask[tuple(box)].any(axis=others))
        if hits.size == 0:
            return None
        box[axis] = slice(int(hits[0]), int(hits[-1]) + 1)
    return box[0], box[1], box[2]


def box_of_value(labels: NDArray[np.uint8], label_value: int) -> Box | None:
    """Smallest box around the voxels of one value, shape (k, j, i); None if there are none.

    Looks at a slice at a time: on a large CT a mask of the whole map costs more than the search.
    """
    slices: list[int] = []
    rows, columns = (np.zeros(size, np.bool_) for size in labels.shape[1:])
    for k, part in enumerate(labels):
        mask = part == label_value
        if mask.any():
            slices.append(k)
            rows |= mask.any(axis=1)
            columns |= mask.any(axis=0)
    if not slices:
        return None
    j, i = np.flatnonzero(rows), np.flatnonzero(columns)
    return (
        slice(slices[0], slices[-1] + 1),
        slice(int(j[0]), int(j[-1]) + 1),
        slice(int(i[0]), int(i[-1]) + 1),
    )


@dataclass(frozen=True, slots=True, eq=False)
class LabelEdit:
    """One undoable change of a label map: the voxels of a box, before and after.

    ``before`` and ``after`` are uint8 and have the box's shape; they become read-only. ``packed``
    is the same in little memory, where it was made already (see ``packed_edit.packed``).
    """

    box: Box
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    packed: PackedEdit | None = None

    def __post_init__(self) -> None:
        """Check that the arrays fit the box and freeze them."""
        shape = tuple(part.stop - part.start for part in self.box)
        for name in ("before", "after"):
            array: NDArray[np.uint8] = getattr(self, name)
            if array.dtype != np.uint8 or array.shape != shape:
                raise ValueError(f"{name} is {array.dtype}{array.shape}, the box is {shape}")
            view = array.view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @property
    def byte_count(self) -> int:
        """Memory that this edit holds."""
        return int(self.before.nbytes + self.after.nbytes)

    def reversed(self) -> LabelEdit:
        """The edit that takes this one back."""
        return LabelEdit(self.box, before=self.after, after=self.before)


class LabelMap:
    """Integer labels on a volume's grid; 0 is background. Change it only by edits."""

    changed = Signal(tuple)
    """Emitted with the ``Box`` whose voxels changed."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self._array = np.zeros(shape, np.uint8)

    @classmethod
    def from_array(cls, array: NDArray[np.uint8]) -> LabelMap:
        """A label map that starts as a copy of ``array``, uint8, shape (k, j, i)."""
        if array.dtype != np.uint8:
            raise ValueError(f"labels are kept as uint8, got {array.dtype}")
        labels = cls((array.shape[0], array.shape[1], array.shape[2]))
        labels._array[...] = array
        return labels

    @property
    def array(self) -> NDArray[np.uint8]:
        """The labels, shape (k, j, i), as a read-only view that follows every edit."""
        view = self._array.view()
        view.flags.writeable = False
        return view

    def mask(self, label_value: int) -> NDArray[np.bool_]:
        """Where one structure is; shape (k, j, i)."""
        mask: NDArray[np.bool_] = self._array == label_value
        return mask

    def apply(self, edit: LabelEdit) -> None:
        """Write the edit's ``after`` into its box and tell who listens."""
        self._array[edit.box] = edit.after
        self.changed.emit(edit.box)

    def edit_to(
        self,
        target: NDArray[np.bool_],
        label_value: int,
        *,
        locked_values: frozenset[int] = frozenset(),
        box: Box | None = None,
        editable: NDArray[np.bool_] | None = None,
    ) -> LabelEdit | None:
        """The edit that makes ``label_value`` cover exactly ``target``.

        ``target`` has the map's shape, or the box's where one is given; outside the box
        nothing changes. Voxels that carry another structure in ``locked_values`` keep it, and
        so does every voxel that is not ``editable`` (of the target's shape; None for all).
        Returns None where nothing would change. Nothing is applied yet.
        """
        region: Box = box or (
            slice(0, self._array.shape[0]),
            slice(0, self._array.shape[1]),
            slice(0, self._array.shape[2]),
        )
        current = self._array[region]
        changes = (current == label_value) != target
        if editable is not None:
            changes &= editable
        if locked_values:
            is_free = np.ones(256, bool)
            is_free[sorted(locked_values - {label_value})] = False
            changes &= is_free[current]
        inner = bounding_box(changes)
        if inner is None:
            return None
        before = current[inner].copy()
        after = np.where(changes[inner], target[inner] * np.uint8(label_value), before)
        return LabelEdit(_placed(inner, region), before, after)

    def edit_to_labels(self, target: NDArray[np.uint8]) -> LabelEdit | None:
        """The edit that makes the whole map ``target``, uint8, shape (k, j, i); None if it is."""
        k, j, i = self._array.shape
        return self.edit_to_part((slice(0, k), slice(0, j), slice(0, i)), target)

    def edit_to_part(self, box: Box, target: NDArray[np.uint8]) -> LabelEdit | None:
        """The edit that makes a box of the map ``target``, uint8; None if it is already."""
        inner = bounding_box(self._array[box] != target)
        if inner is None:
            return None
        outer = _placed(inner, box)
        return LabelEdit(outer, self._array[outer].copy(), target[inner].copy())


def _placed(inner: Box, box: Box) -> Box:
    """A box that is counted from the start of another one, as a box of the map."""
    k, j, i = (
        slice(whole.start + part.start, whole.start + part.stop)
        for whole, part in zip(box, inner, strict=True)
    )
    return k, j, i
