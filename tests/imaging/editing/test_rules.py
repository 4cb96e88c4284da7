"""Locks and the editable area hold for every tool, and history is exact, whatever the order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.clicks import ClickList
from imaging.editing.box_mask import BoxMask
from imaging.editing.brush import swept_brush
from imaging.editing.holes import without_holes
from imaging.editing.islands import largest_island
from imaging.editing.lasso import inside_of_line
from imaging.editing.margins import with_margin
from imaging.editing.rules import EditRules, Effect, edit_by
from imaging.editing.smoothing import smoothed_by_gaussian, smoothed_by_median
from imaging.geometry import VolumeGeometry
from imaging.history import Change, EditHistory
from imaging.labels import LabelMap

SHAPE = (7, 11, 9)
GEOMETRY = VolumeGeometry.from_parts(
    SHAPE, (0, 0, 0), (2.0, 0.8, 1.1), np.array([[0.0, 0.6, 0.8], [0, -0.8, 0.6], [1, 0, 0]])
)
HU = np.random.default_rng(5).integers(-100, 200, SHAPE).astype(np.int16)
LOCKED = frozenset({3, 4})

WHOLE = {
    "holes": without_holes,
    "largest": largest_island,
    "grow": lambda own: with_margin(own, GEOMETRY, 1.7),
    "shrink": lambda own: with_margin(own, GEOMETRY, -1.2),
    "gaussian": lambda own: smoothed_by_gaussian(own, GEOMETRY, 1.0),
    "median": lambda own: smoothed_by_median(own, GEOMETRY, 2.5),
}

tools = st.sampled_from(["brush", "eraser", "lasso", "cut", *WHOLE])
steps = st.lists(
    st.one_of(
        st.tuples(tools, st.integers(1, 4), st.integers(0, 10**6)),
        st.just(("undo", 0, 0)),
        st.just(("redo", 0, 0)),
    ),
    max_size=14,
)


def used(labels, tool, label_value, seed):
    """What a tool covers or makes of a structure at a place that the seed decides."""
    rng = np.random.default_rng(seed)
    if tool in ("brush", "eraser"):
        start, end = rng.uniform(-2, np.array(SHAPE) + 2, (2, 3))
        axis = [None, 0, 1, 2][seed % 4]
        effect = Effect.ADD if tool == "brush" else Effect.ERASE
        return swept_brush(GEOMETRY, start, end, rng.uniform(0.2, 5), axis), effect
    if tool in ("lasso", "cut"):
        axis = seed % 3
        points = rng.uniform(-2, np.array(SHAPE) + 2, (6, 3))
        points[:, axis] = rng.integers(0, SHAPE[axis])
        slices = slice(0, SHAPE[axis]) if seed % 2 else None
        effect = Effect.ADD if tool == "lasso" else Effect.ERASE
        return inside_of_line(points, axis, SHAPE, slices), effect
    own = BoxMask.of(labels.mask(label_value))
    return (None if own is None else WHOLE[tool](own)), Effect.REPLACE


@settings(max_examples=60)
@given(st.integers(0, 2**31), steps)
def test_any_sequence_of_tools_leaves_locked_voxels_and_history_exact(seed, steps):
    start = np.random.default_rng(seed).integers(0, 5, SHAPE).astype(np.uint8)
    labels = LabelMap.from_array(start)
    history = EditHistory(labels, ClickList())
    done, undone = [start.tobytes()], []
    for tool, label_value, number in steps:
        before = labels.array.copy()
        if tool == "undo":
            assert (history.undo() is None) == (len(done) == 1)
            if len(done) > 1:
                undone.append(done.pop())
        elif tool == "redo":
            assert (history.redo() is None) == (not undone)
            if undone:
                done.append(undone.pop())
        else:
            rules = EditRules(label_value, LOCKED)
            box_mask, effect = used(labels, tool, label_value, number)
            if box_mask is None:
                continue
            edit = edit_by(labels, HU, box_mask, effect, rules)
            if edit is None:
                continue
            history.do(Change(tool, edit, (), ()))
            done.append(labels.array.tobytes())
            undone.clear()
            locked = np.isin(before, sorted(LOCKED - {label_value}))
            assert np.array_equal(labels.array[locked], before[locked])
        assert labels.array.tobytes() == done[-1]


@settings(max_examples=60)
@given(
    st.integers(0, 2**31),
    tools,
    st.integers(1, 4),
    st.one_of(st.none(), st.integers(0, 4)),
    st.one_of(st.none(), st.tuples(st.integers(-100, 50), st.integers(50, 200))),
)
def test_no_tool_touches_what_lies_outside_the_editable_area(
    seed, tool, label_value, inside_value, hu_range
):
    labels = LabelMap.from_array(np.random.default_rng(seed).integers(0, 5, SHAPE).astype(np.uint8))
    before = labels.array.copy()
    box_mask, effect = used(labels, tool, label_value, seed)
    if box_mask is None:
        return
    rules = EditRules(label_value, frozenset(), inside_value, hu_range)
    edit = edit_by(labels, HU, box_mask, effect, rules)
    if edit is not None:
        labels.apply(edit)

    changed = labels.array != before
    if inside_value is not None:
        assert (before[changed] == inside_value).all()
    if hu_range is not None:
        assert ((HU[changed] >= hu_range[0]) & (HU[changed] <= hu_range[1])).all()
    others = changed & (before != label_value)
    assert (labels.array[others] == label_value).all()
