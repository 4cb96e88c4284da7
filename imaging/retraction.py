"""Takes back what is left of an earlier edit, together with a new one, in one step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from imaging.labels import Box, LabelEdit, LabelMap, bounding_box


def retraction(labels: LabelMap, earlier: Sequence[LabelEdit]) -> LabelEdit | None:
    """The edit that takes earlier ones back, newest first, where nothing came over them since.

    Voxels that other edits changed later keep what those gave them. Returns None where nothing
    is left.
    """
    if not earlier:
        return None
    outer = reduce(_union, (edit.box for edit in earlier))
    before = labels.array[outer].copy()
    after = before.copy()
    for edit in earlier:
        part = after[_inside(edit.box, outer)]
        is_left = (edit.before != edit.after) & (part == edit.after)
        part[is_left] = edit.before[is_left]
    return None if np.array_equal(before, after) else LabelEdit(outer, before, after)


def mask_after(labels: LabelMap, edit: LabelEdit | None, label_value: int) -> NDArray[np.bool_]:
    """Where a structure would be after an edit, which is not applied; shape (k, j, i)."""
    mask = labels.mask(label_value)
    if edit is not None:
        mask[edit.box] = edit.after == label_value
    return mask


def edit_after(
    labels: LabelMap,
    first: LabelEdit | None,
    target: NDArray[np.bool_],
    label_value: int,
    *,
    box: Box,
    locked_values: frozenset[int] = frozenset(),
) -> LabelEdit | None:
    """The one edit that does ``first``, then makes ``label_value`` cover ``target`` in ``box``.

    Otherwise as `LabelMap.edit_to`.
    """
    if first is None:
        return labels.edit_to(target, label_value, locked_values=locked_values, box=box)
    outer = _union(first.box, box)
    before = labels.array[outer].copy()
    scratch = LabelMap.from_array(before)
    scratch.apply(LabelEdit(_inside(first.box, outer), first.before, first.after))
    then = scratch.edit_to(
        target, label_value, locked_values=locked_values, box=_inside(box, outer)
    )
    if then is not None:
        scratch.apply(then)
    changed = bounding_box(scratch.array != before)
    if changed is None:
        return None
    k, j, i = (
        slice(whole.start + part.start, whole.start + part.stop)
        for whole, part in zip(outer, changed, strict=True)
    )
    return LabelEdit((k, j, i), before[changed].copy(), scratch.array[changed].copy())


def _union(a: Box, b: Box) -> Box:
    k, j, i = (
        slice(min(one.start, other.start), max(one.stop, other.stop))
        for one, other in zip(a, b, strict=True)
    )
    return k, j, i


def _inside(box: Box, outer: Box) -> Box:
    """A box of the whole map as seen from the start of another one."""
    k, j, i = (
        slice(part.start - whole.start, part.stop - whole.start)
        for part, whole in zip(box, outer, strict=True)
    )
    return k, j, i
