"""What the tools that work on a whole mask do; pure functions, run on a background thread.

Each returns the new mask in a box and what it does there, or raises ``EditError``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.editing.between_slices import copied_slice, filled_between, gap_axis
from imaging.editing.box_mask import BoxMask, united_box
from imaging.editing.combining import Combination, combined
from imaging.editing.holes import without_holes
from imaging.editing.islands import island_at, largest_island, without_small_islands
from imaging.editing.margins import with_margin
from imaging.editing.rules import Effect
from imaging.editing.seeds import grown_from_seeds, seed_box
from imaging.editing.smoothing import smoothed_by_gaussian, smoothed_by_median
from imaging.editing.threshold import ball_in_range, in_range
from imaging.errors import EditError
from imaging.labels import box_of_value
from imaging.structures import Structure
from imaging.volume import Volume


@dataclass(frozen=True, slots=True, eq=False)
class RefiningInput:
    """What a tool works on; read on a background thread.

    Attributes:
        labels: the map as it is, shape (k, j, i), uint8.
        volume: the CT.
        structure: the one that is edited.
        numbers: one for each parameter of the tool.
        other: the second structure, where the tool asks for one.
        cursor_kji: the voxel under the crosshair.
        slice_axis: the array axis across the plane that was looked at last.
        is_slice_forward: whether the next slice of that plane has the higher index.
        clicks: all clicks on the case.
    """

    labels: NDArray[np.uint8]
    volume: Volume
    structure: Structure
    numbers: tuple[float, ...]
    other: Structure | None
    cursor_kji: tuple[int, int, int]
    slice_axis: int
    is_slice_forward: bool
    clicks: tuple[Click, ...]

    def own(self) -> BoxMask:
        """The structure's mask.

        Raises:
            EditError: it is empty.
        """
        return self.mask_of(self.structure)

    def mask_of(self, structure: Structure) -> BoxMask:
        """The mask of a structure; raises like ``own``."""
        box = box_of_value(self.labels, structure.label_value)
        if box is None:
            raise EditError(f"The {structure.name} is empty: draw or segment it first.")
        return BoxMask(box, self.labels[box] == structure.label_value)


def smooth(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """The surface evened out over so many mm."""
    smooth = smoothed_by_gaussian(given.own(), given.volume.geometry, given.numbers[0])
    return smooth, Effect.REPLACE


def take_median(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """Each voxel as the majority around it."""
    smooth = smoothed_by_median(given.own(), given.volume.geometry, given.numbers[0])
    return smooth, Effect.REPLACE


def grow(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """A layer of so many mm more."""
    return with_margin(given.own(), given.volume.geometry, given.numbers[0]), Effect.ADD


def shrink(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """A layer of so many mm less."""
    return with_margin(given.own(), given.volume.geometry, -given.numbers[0]), Effect.REPLACE


def fill_holes(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """Cavities filled."""
    return without_holes(given.own()), Effect.ADD


def fill_holes_in_slices(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """What is enclosed within slices filled."""
    return without_holes(given.own(), given.slice_axis), Effect.ADD


def keep_largest(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """The largest part alone."""
    return largest_island(given.own()), Effect.REPLACE


def remove_islands(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """Parts below so many mL dropped."""
    kept = without_small_islands(given.own(), given.volume.geometry, given.numbers[0])
    return kept, Effect.REPLACE


def _island(given: RefiningInput) -> BoxMask:
    island = island_at(given.own(), given.cursor_kji)
    if island is None:
        raise EditError(
            f"The crosshair is not in the {given.structure.name}. Move it into the part that is "
            "meant, then try again."
        )
    return island


def keep_island(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """The part under the crosshair alone."""
    return _island(given), Effect.REPLACE


def drop_island(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """The part under the crosshair dropped."""
    return _island(given), Effect.ERASE


def fill_between(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """Empty slices between drawn ones filled."""
    own = given.own()
    axis = gap_axis(own)
    if axis is None:
        raise EditError(
            f"The {given.structure.name} has no empty slices between drawn ones. Draw it in every "
            "few slices first."
        )
    return filled_between(own, given.volume.geometry, axis), Effect.ADD


def _copy(given: RefiningInput, steps: int) -> tuple[BoxMask, Effect]:
    source = given.cursor_kji[given.slice_axis]
    target = source + (steps if given.is_slice_forward else -steps)
    if not 0 <= target < given.labels.shape[given.slice_axis]:
        raise EditError("There is no slice beyond this one to copy to.")
    own = given.own()
    drawn = own.box[given.slice_axis]
    copy = copied_slice(own, given.slice_axis, source, target)
    if not drawn.start <= source < drawn.stop or not copy.mask.any():
        raise EditError(
            f"This slice has no {given.structure.name} to copy. Scroll to a slice that has."
        )
    return copy, Effect.REPLACE


def copy_forward(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """This slice copied towards head, front or left."""
    return _copy(given, 1)


def copy_backward(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """This slice copied towards feet, back or right."""
    return _copy(given, -1)


def _range_of(numbers: Sequence[float]) -> tuple[int, int]:
    low_hu, high_hu = int(numbers[0]), int(numbers[1])
    if low_hu > high_hu:
        raise EditError(f"From {low_hu} to {high_hu} HU is no range: the first is the larger one.")
    return low_hu, high_hu


def threshold(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """What lies in a HU range, within the mask."""
    found = in_range(given.own(), given.volume.array, _range_of(given.numbers))
    return found, Effect.REPLACE


def threshold_ball(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """What lies in a HU range around the crosshair."""
    volume, hu_range = given.volume, _range_of(given.numbers)
    found = ball_in_range(
        volume.array, volume.geometry, given.cursor_kji, given.numbers[2], hu_range
    )
    if found is None:
        hu = int(volume.array[given.cursor_kji])
        raise EditError(
            f"The voxel under the crosshair has {hu} HU, outside of {hu_range[0]} to "
            f"{hu_range[1]}. Move the crosshair or widen the range."
        )
    return found, Effect.ADD


def grow_seeds(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """Strokes and clicks grown through alike tissue."""
    volume, name, reach_mm = given.volume, given.structure.name, given.numbers[0]
    value, geometry = given.structure.label_value, volume.geometry
    places: dict[bool, list[tuple[int, int, int]]] = {True: [], False: []}
    for click in given.clicks:
        index_kji = geometry.nearest_index(click.point_lps)
        if click.structure == name and index_kji is not None:
            places[click.is_foreground].append(index_kji)
    own = _seeds(given, places[True], places[False])
    if own is None:
        raise EditError(
            f"The {name} has no seeds. Draw a few strokes into it, or place a foreground click."
        )
    box = seed_box(own.box, geometry, reach_mm)
    labels = given.labels[box]
    rivals = (labels != 0) & (labels != value)
    start_kji = np.array([part.start for part in box])
    for index_kji in places[False]:
        place = np.array(index_kji) - start_kji
        if (place >= 0).all() and (place < rivals.shape).all():
            rivals[tuple(place)] = True
    grown = grown_from_seeds(volume.array, geometry, own, BoxMask(box, rivals), reach_mm)
    return grown, Effect.ADD


def _seeds(
    given: RefiningInput, added: list[tuple[int, int, int]], left_out: list[tuple[int, int, int]]
) -> BoxMask | None:
    """The structure's voxels with and without some; None where none are left."""
    drawn = box_of_value(given.labels, given.structure.label_value)
    boxes = [] if drawn is None else [drawn]
    boxes += [(slice(k, k + 1), slice(j, j + 1), slice(i, i + 1)) for k, j, i in added]
    if not boxes:
        return None
    box = reduce(united_box, boxes)
    mask = given.labels[box] == given.structure.label_value
    start_kji = np.array([part.start for part in box])
    for index_kji in added:
        mask[tuple(np.array(index_kji) - start_kji)] = True
    for index_kji in left_out:
        place = np.array(index_kji) - start_kji
        if (place >= 0).all() and (place < mask.shape).all():
            mask[tuple(place)] = False
    return BoxMask(box, mask) if mask.any() else None


def _other(given: RefiningInput) -> BoxMask:
    if given.other is None or given.other == given.structure:
        raise EditError("Choose another structure first.")
    return given.mask_of(given.other)


def unite(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """Another structure's voxels added."""
    return _other(given), Effect.ADD


def _near_other(given: RefiningInput, combination: Combination) -> tuple[BoxMask, Effect]:
    # A voxel belongs to one structure, so that only what is around the other one can be shared.
    near = with_margin(_other(given), given.volume.geometry, given.numbers[0])
    return combined(given.own(), near, combination), Effect.REPLACE


def intersect(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """What is near another structure alone."""
    return _near_other(given, Combination.INTERSECTION)


def subtract(given: RefiningInput) -> tuple[BoxMask, Effect]:
    """What is near another structure dropped."""
    return _near_other(given, Combination.DIFFERENCE)
