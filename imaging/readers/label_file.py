"""Opens a label map that lies beside its CT and puts it on the CT's grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from imaging.errors import GeometryMismatchError, UnreadableFileError
from imaging.geometry import VolumeGeometry
from imaging.readers.isolation import decode_grid
from imaging.readers.protocol import DecodeTask, TargetGrid, affine_numbers

MAX_MISPLACEMENT = 0.05
"""Two grids are the same if no corner is further apart than this share of a voxel: files round
to single precision, and to six digits."""


Number = TypeVar("Number", bound=np.generic)
"""Labels, or anything else that lies on a grid."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenedLabels:
    """What a label file holds.

    Attributes:
        array: labels on the CT's grid, (k, j, i).
        warnings: sentences worth reading before they are used.
        names: (value, name) as the file has them.
        has_our_values: whether values without such a name are those of the organ table.
    """

    array: NDArray[np.uint8]
    warnings: tuple[str, ...]
    names: tuple[tuple[int, str], ...] = ()
    has_our_values: bool = False


def open_labels(
    path: Path,
    geometry: VolumeGeometry,
    *,
    frame_of_reference_uid: str | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> OpenedLabels:
    """Labels on the grid of a CT, from NIfTI, NRRD, MetaImage, DICOM SEG or RTSTRUCT.

    A file with turned or flipped axes is reordered, the frames and contours of a DICOM object are
    placed one by one. ``frame_of_reference_uid`` names the CT's patient frame, if it is known.

    Raises:
        GeometryMismatchError: it lies on another grid.
        UnreadableFileError: it is damaged, or its values are no labels.
        CancelledError: ``is_cancelled`` said so.
    """
    if not path.exists():
        raise UnreadableFileError(f"There is no file {path}. Check the path.")
    target = TargetGrid(geometry.shape, affine_numbers(geometry.affine), frame_of_reference_uid)
    decoded = decode_grid(path, DecodeTask.LABELS, grid=target, is_cancelled=is_cancelled)
    labels = decoded.array.astype(np.uint8, copy=False)
    k, j, i = labels.shape
    own = VolumeGeometry((k, j, i), decoded.affine)
    return OpenedLabels(
        reordered(labels, own, geometry, path.name),
        decoded.warnings,
        decoded.label_names,
        decoded.has_our_values,
    )


def open_label_map(
    path: Path,
    geometry: VolumeGeometry,
    *,
    is_cancelled: Callable[[], bool] | None = None,
) -> NDArray[np.uint8]:
    """The labels of ``open_labels`` alone, (k, j, i); raises like it."""
    return open_labels(path, geometry, is_cancelled=is_cancelled).array


def reordered(
    labels: NDArray[Number], own: VolumeGeometry, wanted: VolumeGeometry, name: str
) -> NDArray[Number]:
    """The same voxels in the order of another grid; ``name`` is for the sentence.

    Raises:
        GeometryMismatchError: no order of axes makes the grids the same.
    """
    tolerance_mm = MAX_MISPLACEMENT * float(wanted.spacing_kji_mm.min())
    # Index of each axis' far end in the own grid, expressed in indices of the wanted one.
    turn = np.linalg.inv(own.affine[:3, :3]) @ wanted.affine[:3, :3]
    for axes in permutations(range(3)):
        shape = tuple(own.shape[axis] for axis in axes)
        if shape != wanted.shape:
            continue
        signs = np.sign([turn[axis, n] for n, axis in enumerate(axes)])
        if (signs == 0).any():
            continue
        if _turned(own, axes, signs).is_close(wanted, tolerance_mm):
            turned = labels.transpose(axes)
            flips = tuple(slice(None, None, int(sign)) for sign in signs)
            return np.ascontiguousarray(turned[flips])
    raise GeometryMismatchError(_mismatch(own, wanted, name))


def _turned(
    own: VolumeGeometry, axes: tuple[int, ...], signs: NDArray[np.float64]
) -> VolumeGeometry:
    """The own grid with its axes taken in another order and direction."""
    first = np.zeros(3)
    columns = []
    for axis, sign in zip(axes, signs, strict=True):
        columns.append(own.affine[:3, axis] * sign)
        if sign < 0:
            first[axis] = own.shape[axis] - 1
    affine = np.eye(4)
    affine[:3, :3] = np.column_stack(columns)
    affine[:3, 3] = own.index_to_lps(first)
    k, j, i = (own.shape[axis] for axis in axes)
    return VolumeGeometry((k, j, i), affine)


def _mismatch(own: VolumeGeometry, wanted: VolumeGeometry, name: str) -> str:
    advice = "Choose the label file that was made from this CT, or resample it onto the CT's grid."
    if sorted(own.shape) != sorted(wanted.shape):
        return (
            f"{name} has {_size(own)} voxels, the CT has {_size(wanted)}: it belongs to another "
            f"image. {advice}"
        )
    own_middle = own.corners_lps().mean(axis=0)
    wanted_middle = wanted.corners_lps().mean(axis=0)
    distance_mm = float(np.linalg.norm(own_middle - wanted_middle))
    return (
        f"{name} has the CT's size but lies elsewhere in the patient (its middle is "
        f"{distance_mm:.1f} mm away, or its axes point otherwise). {advice}"
    )


def _size(geometry: VolumeGeometry) -> str:
    return "x".join(str(n) for n in geometry.shape[::-1])
