"""Label edits in little memory: which voxels changed, and their two values, compressed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.labels import Box, LabelEdit, LabelMap

COMPRESSION_LEVEL = 1
"""Masks shrink fiftyfold at the fastest level; the next ones cost time on every stroke."""

FIXED_BYTES = 600
"""What an edit holds beside its voxels, so that many tiny ones count as well."""


class ValueChange(NamedTuple):
    """How many voxels an edit took from a label value, and gave to it."""

    label_value: int
    lost: int
    gained: int


@dataclass(frozen=True, slots=True, eq=False)
class PackedEdit:
    """A label edit that keeps only what changed; the map itself knows the rest.

    Attributes:
        box: where.
        changed: one bit for each voxel of the box, deflated.
        before: values of the changed voxels, in order, deflated; uint8.
        after: the same afterwards.
        value_changes: what each value that occurs in them loses and gains, in its first direction.
    """

    box: Box
    changed: bytes
    before: bytes
    after: bytes
    value_changes: tuple[ValueChange, ...]

    @classmethod
    def of(cls, edit: LabelEdit) -> PackedEdit:
        """Pack an edit."""
        differs = edit.before != edit.after
        before, after = edit.before[differs], edit.after[differs]
        lost, gained = np.bincount(before, minlength=256), np.bincount(after, minlength=256)
        return cls(
            edit.box,
            zlib.compress(np.packbits(differs).tobytes(), COMPRESSION_LEVEL),
            zlib.compress(before.tobytes(), COMPRESSION_LEVEL),
            zlib.compress(after.tobytes(), COMPRESSION_LEVEL),
            tuple(
                ValueChange(int(value), int(lost[value]), int(gained[value]))
                for value in np.flatnonzero(lost + gained)
            ),
        )

    @property
    def byte_count(self) -> int:
        """Memory that this holds."""
        return len(self.changed) + len(self.before) + len(self.after) + FIXED_BYTES

    def original(self, labels: LabelMap) -> LabelEdit:
        """The edit's own values, whatever came over it since.

        Voxels that it did not change are as in ``labels``, before and after alike.
        """
        before = labels.array[self.box].copy()
        after = before.copy()
        bits = np.frombuffer(zlib.decompress(self.changed), np.uint8)
        differs = np.unpackbits(bits, count=before.size).view(np.bool_).reshape(before.shape)
        before[differs], after[differs] = _values(self.before), _values(self.after)
        return LabelEdit(self.box, before, after)

    def unpacked(self, labels: LabelMap, *, is_applied: bool) -> LabelEdit:
        """The edit as it was, in its first direction.

        ``labels`` must be as right before the edit, or with ``is_applied`` right after it.
        """
        present = labels.array[self.box].copy()
        bits = np.frombuffer(zlib.decompress(self.changed), np.uint8)
        differs = np.unpackbits(bits, count=present.size).view(np.bool_).reshape(present.shape)
        other = present.copy()
        other[differs] = _values(self.before if is_applied else self.after)
        if is_applied:
            return LabelEdit(self.box, before=other, after=present)
        return LabelEdit(self.box, before=present, after=other)


def packed(edit: LabelEdit) -> LabelEdit:
    """The same edit, ready to be remembered.

    Packing an organ takes a tenth of a second: whoever computes a large edit on another thread
    does this there, so that the window's thread need not.
    """
    return replace(edit, packed=PackedEdit.of(edit))


def _values(packed: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(zlib.decompress(packed), np.uint8)
