"""Finds the patient in a CT, so that the first view is filled by the body and not by air."""

from __future__ import annotations

import cc3d
import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.labels import Box
from imaging.volume import Volume
from viewer.scenes.planes import SliceFrame

BODY_HU = -300.0
"""Between lung or air and fat."""

COARSE_MM = 4.0
"""Looked at in steps of about this size: thin things such as a table vanish, limbs do not."""

MIN_LIMB_SHARE = 0.01
"""A part counts if it has this share of the largest part's size: arms do, cables do not."""

MIN_BODY_SHARE = 0.02
"""A body smaller than this share of the grid is none: a mask, or a CT of a small thing."""


def body_box(volume: Volume) -> Box | None:
    """The box around the patient, without table and air; None where no body is found."""
    array = volume.array
    steps = tuple(
        max(1, min(round(COARSE_MM / mm), side // 8))
        for mm, side in zip(volume.geometry.spacing_kji_mm, array.shape, strict=True)
    )
    coarse = array[tuple(slice(None, None, step) for step in steps)] > BODY_HU
    core = _without_surface(coarse)
    components = cc3d.connected_components(core, connectivity=6)
    statistics = cc3d.statistics(components)
    counts = statistics["voxel_counts"][1:]
    if not len(counts) or counts.max() < MIN_BODY_SHARE * core.size:
        return None
    boxes = [
        box
        for box, count in zip(statistics["bounding_boxes"][1:], counts, strict=True)
        if count >= MIN_LIMB_SHARE * counts.max()
    ]
    box = []
    for axis, (step, side) in enumerate(zip(steps, array.shape, strict=True)):
        # The surface that was taken off comes back, and what lies between two steps.
        start = (min(part[axis].start for part in boxes) - 2) * step
        stop = (max(part[axis].stop for part in boxes) + 1) * step + 1
        box.append(slice(max(0, start), min(side, stop)))
    return box[0], box[1], box[2]


def bounds_of_body(
    frame: SliceFrame, geometry: VolumeGeometry, body: Box | None
) -> tuple[float, float, float, float]:
    """Left, right, bottom and top edge of a box of the CT's voxels in any frame, picture mm.

    None stands for all of the CT.
    """
    sides = body or tuple(slice(0, size) for size in geometry.shape)
    ends = [(part.start - 0.5, part.stop - 0.5) for part in sides]
    corners_kji = np.stack(np.meshgrid(*ends, indexing="ij"), axis=-1).reshape(-1, 3)
    corners = frame.lps_to_picture(geometry.index_to_lps(corners_kji))
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(right), float(bottom), float(top)


def _without_surface(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask less one voxel at its surface; the grid's edges are no surface."""
    padded = np.pad(mask, 1, mode="edge")
    core = mask.copy()
    for axis in range(3):
        for offset in (0, 2):
            index = [slice(1, -1)] * 3
            index[axis] = slice(offset, offset + mask.shape[axis])
            core &= padded[tuple(index)]
    return core
