"""Paints solids onto a voxel grid, front to back, with partial volume at their surfaces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.labels import Box
from imaging.phantom.fields import FloatArray, WaveField
from imaging.phantom.patient import Patient
from imaging.phantom.shapes import Bounds, Points

WARP_MARGIN_MM = 22.0
"""No warp moves a point further than this along an axis, so boxes grown by it hold all."""


class Canvas:
    """HU and tissues on a grid.

    What is painted first stays in front: later solids fill what is left of each voxel. So
    organs never overlap, and an organ's coat of fat keeps its neighbours at a distance.

    ``at`` holds every voxel centre in the standard body, the patient's warp undone.
    """

    def __init__(self, geometry: VolumeGeometry, patient: Patient) -> None:
        self.geometry = geometry
        self.patient = patient
        self.at = standard_points(geometry, patient)
        self._mm = np.float32(np.mean(patient.scale))
        self._softness_mm = np.float32(geometry.spacing_kji_mm.mean())
        self._hu = np.zeros(geometry.shape, np.float32)
        self._free = np.ones(geometry.shape, np.float32)
        self._tissues = np.zeros(geometry.shape, np.uint8)
        self._strongest = np.zeros(geometry.shape, np.float32)

    @property
    def hu(self) -> FloatArray:
        """What has been painted so far; unpainted parts count as 0."""
        return self._hu

    @property
    def free(self) -> FloatArray:
        """The share of each voxel that nothing has filled yet."""
        return self._free

    @property
    def tissues(self) -> NDArray[np.uint8]:
        """The tissue with the largest share of each voxel."""
        return self._tissues

    @property
    def whole(self) -> Box:
        """The box of the whole grid."""
        k, j, i = self.geometry.shape
        return slice(0, k), slice(0, j), slice(0, i)

    def box_around(self, bounds: Bounds) -> Box | None:
        """The voxels that may lie within bounds of the standard body; None if there are none."""
        grown = bounds.grown(WARP_MARGIN_MM)
        ends = np.array([grown.low, grown.high])
        picks = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
        corners_lps = ends[picks, np.arange(3)] * self.patient.scale + self.patient.offset_lps
        index = self.geometry.lps_to_index(corners_lps)
        low = np.maximum(np.floor(index.min(axis=0)).astype(int), 0)
        high = np.minimum(np.ceil(index.max(axis=0)).astype(int) + 1, self.geometry.shape)
        if (high <= low).any():
            return None
        k, j, i = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
        return k, j, i

    def points(self, box: Box) -> Points:
        """The standard points of a box, as views."""
        return Points(self.at.x[box], self.at.y[box], self.at.z[box])

    def field(self, wave_field: WaveField, box: Box) -> FloatArray:
        """A random field of the patient at the voxels of a box."""
        return wave_field.sample(self.geometry, box)

    def paint(self, box: Box, distance: FloatArray, tissue: int, hu: FloatArray | float) -> None:
        """Fill what is free inside a surface."""
        share = self.cover(distance)
        share *= self._free[box]
        self._hu[box] += share * hu
        self._free[box] -= share
        strongest = self._strongest[box]
        wins = share > strongest
        strongest[wins] = share[wins]
        self._tissues[box][wins] = tissue

    def cover(self, distance: FloatArray) -> FloatArray:
        """The share of each voxel that lies inside a surface, 0 to 1."""
        share: FloatArray = np.clip(
            np.float32(0.5) - distance * (self._mm / self._softness_mm), 0, 1
        )
        return share

    def mix(self, distance: FloatArray, inside_hu: float, outside_hu: FloatArray) -> FloatArray:
        """HU of one tissue within another, with partial volume at the surface between them."""
        share = self.cover(distance)
        mixed: FloatArray = outside_hu + share * (inside_hu - outside_hu)
        return mixed


def standard_points(geometry: VolumeGeometry, patient: Patient) -> Points:
    """Every voxel centre in the standard body: scale, position and warp of the patient undone."""
    k, j, i = geometry.shape
    box: Box = (slice(0, k), slice(0, j), slice(0, i))
    steps = [np.arange(n, dtype=np.float64) for n in geometry.shape]
    axes = []
    for axis in range(3):
        column = geometry.affine[axis] / patient.scale[axis]
        start = column[3] - patient.offset_lps[axis] / patient.scale[axis]
        plane = (column[0] * steps[0])[:, None] + column[1] * steps[1] + start
        values = (plane[:, :, None] + column[2] * steps[2]).astype(np.float32)
        for field, reach_mm in (patient.warps[axis], patient.fine_warps[axis]):
            values += np.float32(reach_mm) * field.sample(geometry, box)
        axes.append(values)
    return Points(axes[0], axes[1], axes[2])
