"""Checks of a voxel grid that hold for every file format."""

from __future__ import annotations

import math

import numpy as np

from imaging.geometry import VolumeGeometry

MAX_SILENT_SHEAR_MM = 0.1
"""A stack may lean this much over its whole length; headers round to about 0.01 mm."""

USUAL_PIXEL_MM = (0.05, 5.0)
"""CT pixels from micro-focus to very coarse; beyond it the unit is likely wrong."""

MAX_USUAL_SLICE_MM = 20.0

MIN_USUAL_SLICES = 4
"""Fewer make no volume worth the name."""


def shear_mm(geometry: VolumeGeometry) -> float:
    """How far the grid leans away from right angles, over its whole length, in mm."""
    direction = geometry.direction
    length_mm = geometry.spacing_kji_mm * (np.array(geometry.shape) - 1)
    return max(
        abs(float(direction[:, a] @ direction[:, b])) * float(length_mm[a])
        for a, b in ((0, 1), (0, 2), (1, 2))
    )


def shear_degrees(geometry: VolumeGeometry) -> float:
    """The largest departure of two axes from a right angle."""
    direction = geometry.direction
    cosine = max(abs(float(direction[:, a] @ direction[:, b])) for a, b in ((0, 1), (0, 2), (1, 2)))
    return math.degrees(math.asin(min(1.0, cosine)))


def shear_problem(geometry: VolumeGeometry) -> str | None:
    """Why a grid is too slanted to be worked on; None if it is not."""
    if shear_mm(geometry) <= max(MAX_SILENT_SHEAR_MM, float(geometry.spacing_kji_mm[1:].min())):
        return None
    return (
        f"Its slices lean by {shear_degrees(geometry):.1f} degrees (gantry tilt). "
        "Correct the tilt first, for example with dcm2niix or 3D Slicer."
    )


def grid_warnings(geometry: VolumeGeometry) -> tuple[str, ...]:
    """What is odd about a grid that can be worked on."""
    found = []
    lean_mm = shear_mm(geometry)
    if lean_mm > MAX_SILENT_SHEAR_MM:
        found.append(f"The slices lean by {lean_mm:.2f} mm over the whole stack, at most a pixel.")
    found += _few_slices_warnings(geometry)
    k_mm, j_mm, i_mm = geometry.spacing_kji_mm
    low, high = USUAL_PIXEL_MM
    if not (
        low <= min(i_mm, j_mm) and max(i_mm, j_mm) <= high and low <= k_mm <= MAX_USUAL_SLICE_MM
    ):
        found.append(
            f"Voxels of {i_mm:.4g} x {j_mm:.4g} x {k_mm:.4g} mm are unusual for a CT; "
            "the file may count in another unit. Measure something known before you trust volumes."
        )
    return tuple(found)


def _few_slices_warnings(geometry: VolumeGeometry) -> list[str]:
    """Slices are counted where there are fewest: files may hold them along any axis."""
    axis = int(np.argmin(geometry.shape))
    count, step = geometry.shape[axis], f"{geometry.spacing_kji_mm[axis]:g} mm"
    if count >= MIN_USUAL_SLICES:
        return []
    few = (
        f"is only one slice, {step} thick"
        if count == 1
        else f"are only {count} slices, {step} apart"
    )
    return [
        f"There {few}. Models need a stack that covers the organ: open the whole series, or "
        "expect poor results."
    ]
