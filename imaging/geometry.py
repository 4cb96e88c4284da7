"""Where a voxel grid lies in the patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

MIN_DETERMINANT_MM3 = 1e-9
"""A voxel of less volume than this is no voxel: the affine cannot be inverted safely."""

_LETTERS = (("R", "L"), ("A", "P"), ("I", "S"))
"""For each LPS axis: the letter towards which it falls, and towards which it grows."""


@dataclass(frozen=True, slots=True, eq=False)
class VolumeGeometry:
    """Placement of a voxel grid in the patient.

    An index is an array index ``(k, j, i)`` (slice, row, column) and names a voxel
    centre, so ``array[tuple(index_kji)]`` is always that voxel. A point is in
    millimetres in the DICOM patient frame, LPS: x grows towards the patient's left,
    y towards the back, z towards the head.

    Attributes:
        shape: number of voxels along k, j and i.
        affine: (4, 4); maps ``(k, j, i, 1)`` to ``(x, y, z, 1)``. Read-only.
    """

    shape: tuple[int, int, int]
    affine: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Check the affine and the shape, and freeze the affine."""
        affine = np.array(self.affine, dtype=np.float64)
        if affine.shape != (4, 4) or not np.isfinite(affine).all():
            raise ValueError(f"affine must be a finite 4x4 matrix, got {affine!r}")
        if not np.array_equal(affine[3], [0, 0, 0, 1]):
            raise ValueError(f"the affine's last row must be 0, 0, 0, 1, got {affine[3]!r}")
        if abs(np.linalg.det(affine[:3, :3])) < MIN_DETERMINANT_MM3:
            raise ValueError(f"affine must be invertible, got {affine!r}")
        shape = tuple(int(n) for n in self.shape)
        if len(shape) != 3 or min(shape) < 1:
            raise ValueError(f"shape must be three positive numbers, got {self.shape!r}")
        affine.flags.writeable = False
        object.__setattr__(self, "affine", affine)
        object.__setattr__(self, "shape", shape)

    @classmethod
    def from_parts(
        cls,
        shape: Sequence[int],
        origin_lps: ArrayLike,
        spacing_kji_mm: ArrayLike,
        direction: ArrayLike | None = None,
    ) -> VolumeGeometry:
        """Build a geometry from an origin, spacings and unit directions.

        ``direction`` has shape (3, 3): column 0 is the unit vector of k in LPS, column 1
        of j, column 2 of i. Without it the grid is axial and aligned with the patient.
        """
        if direction is None:
            direction = np.eye(3)[:, ::-1]
        affine = np.eye(4)
        affine[:3, :3] = np.asarray(direction, np.float64) * np.asarray(spacing_kji_mm, np.float64)
        affine[:3, 3] = origin_lps
        k, j, i = (int(n) for n in shape)
        return cls((k, j, i), affine)

    @property
    def origin_lps(self) -> NDArray[np.float64]:
        """Centre of voxel (0, 0, 0), in mm; shape (3,)."""
        return self.affine[:3, 3]

    @property
    def spacing_kji_mm(self) -> NDArray[np.float64]:
        """Distance between neighbouring voxel centres along k, j and i; shape (3,)."""
        spacing: NDArray[np.float64] = np.linalg.norm(self.affine[:3, :3], axis=0)
        return spacing

    @property
    def direction(self) -> NDArray[np.float64]:
        """Unit vectors of k, j and i in LPS, as the columns of a (3, 3) matrix."""
        return self.affine[:3, :3] / self.spacing_kji_mm

    @property
    def voxel_volume_mm3(self) -> float:
        """Volume of one voxel, also where the axes are not at right angles."""
        return float(abs(np.linalg.det(self.affine[:3, :3])))

    def index_to_lps(self, index_kji: ArrayLike) -> NDArray[np.float64]:
        """Map indices of shape (..., 3) to points of shape (..., 3)."""
        point: NDArray[np.float64] = (
            np.asarray(index_kji, np.float64) @ self.affine[:3, :3].T + self.affine[:3, 3]
        )
        return point

    def lps_to_index(self, point_lps: ArrayLike) -> NDArray[np.float64]:
        """Map points to continuous indices; a point outside gives one out of range."""
        offset = np.asarray(point_lps, np.float64) - self.affine[:3, 3]
        index: NDArray[np.float64] = offset @ np.linalg.inv(self.affine[:3, :3]).T
        return index

    def nearest_index(self, point_lps: ArrayLike) -> tuple[int, int, int] | None:
        """Index of the voxel that holds a point; None outside the grid."""
        # Compared as floats: a point that is infinite or not a number is outside as well.
        with np.errstate(invalid="ignore", over="ignore"):
            index_kji = np.floor(self.lps_to_index(point_lps) + 0.5)
        if not ((index_kji >= 0) & (index_kji < self.shape)).all():
            return None
        k, j, i = index_kji
        return int(k), int(j), int(i)

    def corners_lps(self) -> NDArray[np.float64]:
        """The eight outer corners of the grid (voxel faces, not centres); shape (8, 3)."""
        last = np.array(self.shape) - 0.5
        ends = np.stack([np.full(3, -0.5), last])
        picks = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
        return self.index_to_lps(ends[picks, np.arange(3)])

    def axis_letters(self) -> tuple[str, str, str]:
        """The patient direction in which k, j and i grow, by their largest component.

        An axial CT stored head-first gives ``("S", "P", "L")``. No direction is used for
        two axes, even on a grid turned by 45 degrees.
        """
        letters = ["", "", ""]
        weights = np.abs(self.direction)
        for _ in range(3):
            lps_axis, axis = np.unravel_index(int(np.argmax(weights)), (3, 3))
            grows = self.direction[lps_axis, axis] > 0
            letters[axis] = _LETTERS[lps_axis][int(grows)]
            weights[lps_axis, :] = -1
            weights[:, axis] = -1
        return letters[0], letters[1], letters[2]

    def is_close(self, other: VolumeGeometry, tolerance_mm: float = 1e-3) -> bool:
        """True if both grids have the same shape and no corner differs by more than this."""
        if self.shape != other.shape:
            return False
        distance_mm = np.linalg.norm(self.corners_lps() - other.corners_lps(), axis=1)
        return bool(distance_mm.max() <= tolerance_mm)
