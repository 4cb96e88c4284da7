"""The three planes of a CT, and how a slice of any grid lies in its picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imaging.geometry import VolumeGeometry
from imaging.labels import Box

Scalar = TypeVar("Scalar", bound=np.generic)

_OPPOSITE = {"R": "L", "L": "R", "A": "P", "P": "A", "H": "F", "F": "H"}
_HEAD_FEET = {"S": "H", "I": "F"}


class Plane(Enum):
    """An anatomical plane, drawn as radiologists hang it.

    The patient faces the reader in axial and coronal pictures, so the patient's left is on
    the right; axial pictures are seen from the feet, so the front is up. Sagittal pictures
    are seen from the patient's left: the front is on the left side, the head is up.
    """

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"

    @property
    def title(self) -> str:
        """The name as shown in the window."""
        return self.value.capitalize()

    @property
    def right_letter(self) -> str:
        """Patient direction at the picture's right edge."""
        return {"axial": "L", "coronal": "L", "sagittal": "P"}[self.value]

    @property
    def up_letter(self) -> str:
        """Patient direction at the picture's top edge."""
        return {"axial": "A", "coronal": "H", "sagittal": "H"}[self.value]

    @property
    def forward_letter(self) -> str:
        """Patient direction into which a forward scroll step goes."""
        return {"axial": "H", "coronal": "A", "sagittal": "L"}[self.value]


@dataclass(frozen=True, slots=True, eq=False)
class SliceFrame:
    """How one plane's slices of a grid are laid into a picture.

    Slices follow the grid's own axes, also where it is tilted against the patient: a CT is
    shown as it was acquired and a pixel is a voxel. Picture coordinates are millimetres
    from the centre of the bottom left voxel, first to the right, then up (``_picture_mm``).
    On a sheared grid a picture is drawn with right angles all the same.

    Attributes:
        plane: which plane.
        geometry: the grid.
        slice_axis: array axis (0 is k) along which one scrolls.
        right_axis: array axis along the picture's width.
        up_axis: array axis along the picture's height.
        is_slice_forward: True if the slice index grows along ``plane.forward_letter``.
        is_right_forward: True if the index along ``right_axis`` grows to the right.
        is_up_forward: True if the index along ``up_axis`` grows upwards.
    """

    plane: Plane
    geometry: VolumeGeometry
    slice_axis: int
    right_axis: int
    up_axis: int
    is_slice_forward: bool
    is_right_forward: bool
    is_up_forward: bool

    @classmethod
    def of(cls, plane: Plane, geometry: VolumeGeometry) -> SliceFrame:
        """The frame of a plane on a grid, by the patient directions of the grid's axes."""
        letters = [_HEAD_FEET.get(letter, letter) for letter in geometry.axis_letters()]

        def axis_along(letter: str) -> tuple[int, bool]:
            if letter in letters:
                return letters.index(letter), True
            return letters.index(_OPPOSITE[letter]), False

        slice_axis, is_slice_forward = axis_along(plane.forward_letter)
        right_axis, is_right_forward = axis_along(plane.right_letter)
        up_axis, is_up_forward = axis_along(plane.up_letter)
        return cls(
            plane,
            geometry,
            slice_axis,
            right_axis,
            up_axis,
            is_slice_forward,
            is_right_forward,
            is_up_forward,
        )

    @property
    def edge_letters(self) -> tuple[str, str, str, str]:
        """Patient directions at the picture's left, right, bottom and top edge."""
        right, up = self.plane.right_letter, self.plane.up_letter
        return _OPPOSITE[right], right, _OPPOSITE[up], up

    @property
    def slice_count(self) -> int:
        """Number of slices."""
        return self.geometry.shape[self.slice_axis]

    @property
    def slice_spacing_mm(self) -> float:
        """Distance between neighbouring slices."""
        return float(self.geometry.spacing_kji_mm[self.slice_axis])

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of a slice in voxels."""
        shape = self.geometry.shape
        return shape[self.right_axis], shape[self.up_axis]

    @property
    def spacing_picture_mm(self) -> tuple[float, float]:
        """Voxel size along the picture's width and height."""
        spacing_mm = self.geometry.spacing_kji_mm
        return float(spacing_mm[self.right_axis]), float(spacing_mm[self.up_axis])

    @property
    def bounds_picture_mm(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top edge of the outermost voxels."""
        k, j, i = self.geometry.shape
        return self.bounds_of_box((slice(0, k), slice(0, j), slice(0, i)))

    def bounds_of_box(self, box: Box) -> tuple[float, float, float, float]:
        """Left, right, bottom and top edge of a box's outermost voxels, in picture mm."""
        corners = self.index_to_picture(
            [[part.start for part in box], [part.stop - 1 for part in box]]
        )
        (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
        step_right, step_up = self.spacing_picture_mm
        return (
            float(left - 0.5 * step_right),
            float(right + 0.5 * step_right),
            float(bottom - 0.5 * step_up),
            float(top + 0.5 * step_up),
        )

    def slice_of(self, array: NDArray[Scalar], slice_index: int) -> NDArray[Scalar]:
        """One slice of a (k, j, i) array, not copied: rows bottom up, columns to the right."""
        index: list[slice | int] = [slice(None)] * 3
        index[self.slice_axis] = slice_index
        index[self.right_axis] = slice(None, None, 1 if self.is_right_forward else -1)
        index[self.up_axis] = slice(None, None, 1 if self.is_up_forward else -1)
        picture = array[tuple(index)]
        return picture if self.up_axis < self.right_axis else picture.T

    def unturned(self, picture: NDArray[Scalar]) -> NDArray[Scalar]:
        """A slice that ``slice_of`` gave, as the array stores it: the same memory."""
        stored = picture[:: 1 if self.is_up_forward else -1, :: 1 if self.is_right_forward else -1]
        return stored if self.up_axis < self.right_axis else stored.T

    def index_to_picture(self, index_kji: ArrayLike) -> NDArray[np.float64]:
        """Map (continuous) voxel indices of shape (..., 3) to picture points (..., 2)."""
        index_kji = np.asarray(index_kji, np.float64)
        (width, height), spacing = self.size_px, self.spacing_picture_mm
        column, row = index_kji[..., self.right_axis], index_kji[..., self.up_axis]
        if not self.is_right_forward:
            column = width - 1 - column
        if not self.is_up_forward:
            row = height - 1 - row
        return np.stack([column * spacing[0], row * spacing[1]], axis=-1)

    def picture_to_index(
        self, point_picture_mm: ArrayLike, slice_index: float
    ) -> NDArray[np.float64]:
        """Map picture points (..., 2) on a slice to continuous voxel indices (..., 3)."""
        point = np.asarray(point_picture_mm, np.float64)
        (width, height), spacing = self.size_px, self.spacing_picture_mm
        column, row = point[..., 0] / spacing[0], point[..., 1] / spacing[1]
        index_kji = np.empty((*point.shape[:-1], 3))
        index_kji[..., self.slice_axis] = slice_index
        index_kji[..., self.right_axis] = column if self.is_right_forward else width - 1 - column
        index_kji[..., self.up_axis] = row if self.is_up_forward else height - 1 - row
        return index_kji

    def lps_to_picture(self, point_lps: ArrayLike) -> NDArray[np.float64]:
        """Map patient points (..., 3) to picture points (..., 2), along the slice axis."""
        return self.index_to_picture(self.geometry.lps_to_index(point_lps))

    def nearest_slice(self, point_lps: ArrayLike) -> int:
        """Index of the slice that holds a point, the first or last one if it lies outside."""
        position = self.geometry.lps_to_index(point_lps)[self.slice_axis]
        return int(np.clip(np.floor(position + 0.5), 0, self.slice_count - 1))

    def place_of(self, slice_index: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The middle of a slice, LPS mm, and the unit vector in which one scrolls forward."""
        index_kji = (np.array(self.geometry.shape) - 1) / 2
        index_kji[self.slice_axis] = slice_index
        direction = self.geometry.direction
        normal = np.cross(direction[:, self.right_axis], direction[:, self.up_axis])
        along = direction[:, self.slice_axis] * (1 if self.is_slice_forward else -1)
        normal *= np.sign(normal @ along) / np.linalg.norm(normal)
        return self.geometry.index_to_lps(index_kji), normal

    def distance_mm(self, point_lps: ArrayLike, slice_index: int) -> NDArray[np.float64]:
        """How far points of shape (..., 3) lie from a slice, along the slice axis."""
        position = self.geometry.lps_to_index(point_lps)[..., self.slice_axis]
        distance: NDArray[np.float64] = np.abs(position - slice_index) * self.slice_spacing_mm
        return distance
