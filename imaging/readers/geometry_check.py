"""Decides from headers whether a DICOM series is a volume: accept, warn or refuse, in sentences.

Nothing is taken from SimpleITK here: it turns a spacing of nan, 0 or -1 into 1.0 and averages
over a missing slice without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.readers import header_checks
from imaging.readers.grid_checks import grid_warnings, shear_problem
from imaging.readers.slice_header import SliceHeader

SAME_POSITION_MM = 0.01
"""Slices nearer than this lie at one position; the thinnest CT slices are ten times as far."""

MAX_SILENT_POSITION_ERROR_MM = 0.01
"""Headers round positions to about this."""

MAX_POSITION_ERROR_RATIO = 0.1
"""A slice may lie this share of the spacing beside its place on an even grid, with a warning."""

MISSING_SLICE_RATIO = 1.5
"""A gap so many times the usual one has room for another slice."""

MAX_GAP_TO_THICKNESS = 1.5
"""Slices further apart than this many thicknesses leave tissue between them unseen."""

TILT_HEADER_DEG = 0.1
"""A gantry tilt of less is the zero of a scanner that measures it."""


@dataclass(frozen=True, slots=True, eq=False)
class CheckedSeries:
    """A series after the check.

    Attributes:
        slices: in the order of k; as they came if there is a problem.
        geometry: None if there is a problem.
        problem: why it cannot be opened; None if it can.
        warnings: what to know before it is used.
    """

    slices: tuple[SliceHeader, ...]
    geometry: VolumeGeometry | None
    problem: str | None
    warnings: tuple[str, ...]


def check_series(slices: Sequence[SliceHeader]) -> CheckedSeries:
    """Check the images of one series and build the affine from their headers."""
    images, left_out = header_checks.images_of_volume(slices)
    problem = header_checks.first_problem(images)
    if problem is not None:
        return _refused(slices, problem)
    heights_mm = _positions(images) @ np.cross(*_axes(images[0]))
    order = np.argsort(heights_mm, kind="stable")
    ordered = tuple(images[n] for n in order)
    problem = _shared_position_problem(ordered, heights_mm[order])
    if problem is not None:
        return _refused(slices, problem)
    geometry = _geometry(ordered)
    problems = (shear_problem(geometry), _unevenness_problem(ordered, geometry))
    if any(problems):
        return _refused(slices, " ".join(filter(None, problems)))
    warnings = (
        *left_out,
        *header_checks.warnings(ordered),
        *_unevenness_warnings(ordered, geometry),
        *_thickness_warnings(ordered, geometry),
        *_tilt_warnings(ordered, geometry),
        *grid_warnings(geometry),
    )
    return CheckedSeries(ordered, geometry, None, warnings)


def _refused(slices: Sequence[SliceHeader], problem: str) -> CheckedSeries:
    return CheckedSeries(tuple(slices), None, problem, ())


def _axes(image: SliceHeader) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """LPS directions along a row (i grows) and down a column (j grows)."""
    orientation = np.array(image.orientation, np.float64)
    return orientation[:3], orientation[3:]


def _positions(images: Sequence[SliceHeader]) -> NDArray[np.float64]:
    return np.array([image.position_lps for image in images], np.float64)


def _shared_position_problem(
    images: Sequence[SliceHeader], heights_mm: NDArray[np.float64]
) -> str | None:
    starts = np.flatnonzero(np.diff(heights_mm, prepend=-np.inf) > SAME_POSITION_MM)
    counts = np.diff(starts, append=len(images))
    if counts.max() == 1:
        return None
    if len(starts) == 1:
        return (
            f"All {len(images)} images lie at one position, so they make no volume; they may show "
            "one place at several times. Open a series that covers the organ."
        )
    if counts.min() == counts.max():
        return (
            f"Each of its {len(starts)} positions has {counts[0]} images: it holds several phases "
            "or time points in one series. Export one of them as a series of its own."
        )
    first = starts[int(np.argmax(counts > 1))]
    return (
        f"Several images share one position at {int((counts > 1).sum())} of its {len(starts)} "
        f"slice positions, for example {images[first].where} and {images[first + 1].where}. "
        "Remove the extra ones, or export the series again."
    )


def _geometry(images: Sequence[SliceHeader]) -> VolumeGeometry:
    """First slice and mean step; the headers' own directions, not made exactly orthonormal."""
    along_row, down_column = _axes(images[0])
    row_step_mm, column_step_mm = header_checks.spacing(images[0])
    positions = _positions(images)
    if len(images) == 1:
        step = np.cross(along_row, down_column) * (images[0].thickness_mm or 1.0)
    else:
        step = (positions[-1] - positions[0]) / (len(images) - 1)
    affine = np.eye(4)
    affine[:3, :3] = np.column_stack([step, down_column * row_step_mm, along_row * column_step_mm])
    affine[:3, 3] = positions[0]
    return VolumeGeometry((len(images), images[0].rows, images[0].columns), affine)


def _position_error_mm(images: Sequence[SliceHeader], geometry: VolumeGeometry) -> float:
    """The largest distance between a slice's own position and its place on the even grid."""
    index_kji = np.zeros((len(images), 3))
    index_kji[:, 0] = np.arange(len(images))
    return float(
        np.linalg.norm(_positions(images) - geometry.index_to_lps(index_kji), axis=1).max()
    )


def _unevenness_warnings(
    images: Sequence[SliceHeader], geometry: VolumeGeometry
) -> tuple[str, ...]:
    error_mm = _position_error_mm(images, geometry)
    if error_mm <= MAX_SILENT_POSITION_ERROR_MM:
        return ()
    spacing_mm = geometry.spacing_kji_mm[0]
    return (
        f"Slices lie up to {error_mm:.2f} mm away from an even spacing of {spacing_mm:.2f} mm; "
        "masks and lengths are wrong by as much.",
    )


def _unevenness_problem(images: Sequence[SliceHeader], geometry: VolumeGeometry) -> str | None:
    step = geometry.affine[:3, 0]
    spacing_mm = float(geometry.spacing_kji_mm[0])
    if _position_error_mm(images, geometry) <= MAX_POSITION_ERROR_RATIO * spacing_mm:
        return None
    positions = _positions(images)
    along = step / spacing_mm
    offsets = positions - positions[0]
    sideways = offsets - np.outer(offsets @ along, along)
    if np.linalg.norm(sideways, axis=1).max() > MAX_POSITION_ERROR_RATIO * spacing_mm:
        return (
            "Its slices are shifted sideways against each other, so they form no straight stack. "
            "Export the series again, or open another one."
        )
    return _gap_problem(images, np.diff(positions @ np.cross(*_axes(images[0]))))


def _gap_problem(images: Sequence[SliceHeader], gaps_mm: NDArray[np.float64]) -> str:
    usual_mm = float(np.median(gaps_mm))
    slices_per_gap = np.rint(gaps_mm / usual_mm)
    is_multiple = abs(gaps_mm - slices_per_gap * usual_mm) <= MAX_POSITION_ERROR_RATIO * usual_mm
    wide = np.flatnonzero(gaps_mm > MISSING_SLICE_RATIO * usual_mm)
    if is_multiple.all() and 0 < len(wide) <= len(gaps_mm) / 2:
        missing = int(slices_per_gap.sum()) - len(gaps_mm)
        a, b = images[wide[0]].where, images[wide[0] + 1].where
        return (
            f"{'A slice is' if missing == 1 else f'{missing} slices are'} missing: {a} and {b} are "
            f"{gaps_mm[wide[0]]:.2f} mm apart, others {usual_mm:.2f} mm. "
            "Copy or export the whole series again."
        )
    return (
        f"Its slices are unevenly spaced, from {gaps_mm.min():.2f} to {gaps_mm.max():.2f} mm. "
        "Reconstruct it with one slice distance, or open another series."
    )


def _thickness_warnings(images: Sequence[SliceHeader], geometry: VolumeGeometry) -> tuple[str, ...]:
    thickness_mm = images[0].thickness_mm
    spacing_mm = float(geometry.spacing_kji_mm[0])
    if thickness_mm and 0 < thickness_mm * MAX_GAP_TO_THICKNESS < spacing_mm:
        return (
            f"Slices are {thickness_mm:g} mm thick but {spacing_mm:.2f} mm apart: "
            "either tissue between them was not recorded, or every other slice is missing. "
            "Compare it with the original series.",
        )
    return ()


def _tilt_warnings(images: Sequence[SliceHeader], geometry: VolumeGeometry) -> tuple[str, ...]:
    tilt_deg = images[0].gantry_tilt_deg
    is_axial = abs(geometry.direction[2, 0]) > np.cos(np.deg2rad(TILT_HEADER_DEG))
    if len(images) > 1 and abs(tilt_deg) > TILT_HEADER_DEG and is_axial:
        return (
            f"The header names a gantry tilt of {tilt_deg:g} degrees, but the slices are stacked "
            "straight: the tilt was corrected, or it is missing from the positions. Look in the "
            "sagittal view whether the body leans.",
        )
    return ()
