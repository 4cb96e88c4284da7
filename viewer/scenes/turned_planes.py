"""The three planes turned away from the CT's own axes, about the crosshair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imaging.geometry import VolumeGeometry
from viewer.scenes.planes import Plane, SliceFrame
from viewer.scenes.view_state import Point

MAX_SIDE_PX = 1200
"""Coarser pixels are taken where a slice had more: a screen shows no more of it."""

SECOND_LETTER_SHARE = 0.35
"""A direction that leans this much towards a second one is named by two letters."""

_LETTERS = (("R", "L"), ("A", "P"), ("F", "H"))


@dataclass(frozen=True, slots=True, eq=False)
class PlaneAxes:
    """Which way a plane's picture lies in the patient: unit vectors at right angles, LPS.

    Attributes:
        right_lps: along the picture's width.
        up_lps: along its height.
        forward_lps: into which a forward scroll step goes.
    """

    right_lps: NDArray[np.float64]
    up_lps: NDArray[np.float64]
    forward_lps: NDArray[np.float64]

    @classmethod
    def of(cls, frame: SliceFrame) -> PlaneAxes:
        """The axes of the CT's own slices; those of a sheared grid are set at right angles."""
        direction = frame.geometry.direction
        right = direction[:, frame.right_axis] * (1 if frame.is_right_forward else -1)
        up = direction[:, frame.up_axis] * (1 if frame.is_up_forward else -1)
        forward = direction[:, frame.slice_axis] * (1 if frame.is_slice_forward else -1)
        up = _unit(up - (up @ right) * right)
        normal = np.cross(right, up)
        return cls(right, up, normal if normal @ forward > 0 else -normal)

    def turned(self, rotation: NDArray[np.float64]) -> PlaneAxes:
        """These axes after a rotation, shape (3, 3)."""
        return PlaneAxes(
            rotation @ self.right_lps, rotation @ self.up_lps, rotation @ self.forward_lps
        )

    @property
    def edge_letters(self) -> tuple[str, str, str, str]:
        """Patient directions at the picture's left, right, bottom and top edge."""
        right, up = self.right_lps, self.up_lps
        return letters_of(-right), letters_of(right), letters_of(-up), letters_of(up)


@dataclass(frozen=True, slots=True, eq=False)
class TurnedPlanes:
    """How each of the three planes lies in the patient; a value.

    Attributes:
        geometry: the CT's grid.
        axes: of each plane.
        turned: the planes that do not follow the CT's own slices any more.
    """

    geometry: VolumeGeometry
    axes: Mapping[Plane, PlaneAxes]
    turned: frozenset[Plane] = frozenset()

    @classmethod
    def straight(cls, geometry: VolumeGeometry) -> TurnedPlanes:
        """All planes along the CT's own axes."""
        return cls(
            geometry, {plane: PlaneAxes.of(SliceFrame.of(plane, geometry)) for plane in Plane}
        )

    def turned_in(self, plane: Plane, angle_rad: float) -> TurnedPlanes:
        """The two other planes turned about this plane's normal, anticlockwise in its picture."""
        here = self.axes[plane]
        rotation = _rotation(np.cross(here.right_lps, here.up_lps), angle_rad)
        others = {
            other: axes if other is plane else axes.turned(rotation)
            for other, axes in self.axes.items()
        }
        return replace(self, axes=others, turned=self.turned | (set(Plane) - {plane}))

    def line_in(self, plane: Plane, other: Plane) -> tuple[float, float]:
        """Which way another plane cuts this one's picture: a unit vector (right, up)."""
        here = self.axes[plane]
        line = _unit(np.cross(here.forward_lps, self.axes[other].forward_lps))
        return float(line @ here.right_lps), float(line @ here.up_lps)

    def tilt_degrees(self, plane: Plane) -> float:
        """The angle between a plane and the CT's own slices of that name."""
        own = PlaneAxes.of(SliceFrame.of(plane, self.geometry)).forward_lps
        cosine = float(np.clip(own @ self.axes[plane].forward_lps, -1, 1))
        return float(np.degrees(np.arccos(cosine)))

    def frame(self, plane: Plane, through_lps: Point) -> SliceFrame | None:
        """Slices of a turned plane that hold all of the CT, one of them through a point.

        None for a plane along the CT's own axes: its slices are those of the grid.
        """
        if plane not in self.turned:
            return None
        axes = self.axes[plane]
        basis = np.column_stack([axes.forward_lps, axes.up_lps, axes.right_lps])
        reach = (self.geometry.corners_lps() - np.array(through_lps)) @ basis
        low_mm, high_mm = reach.min(axis=0), reach.max(axis=0)
        step_mm = float(self.geometry.spacing_kji_mm.min())
        pixel_mm = max(step_mm, float((high_mm - low_mm)[1:].max()) / MAX_SIDE_PX)
        spacing_mm = np.array([step_mm, pixel_mm, pixel_mm])
        first, last = np.floor(low_mm / spacing_mm), np.ceil(high_mm / spacing_mm)
        k, j, i = (last - first).astype(int) + 1
        affine = np.eye(4)
        affine[:3, :3] = basis * spacing_mm
        affine[:3, 3] = np.array(through_lps) + affine[:3, :3] @ first
        return SliceFrame(
            plane, VolumeGeometry((int(k), int(j), int(i)), affine), 0, 2, 1, True, True, True
        )


def letters_of(direction_lps: ArrayLike) -> str:
    """A direction in the patient by one letter, or by two where it leans clearly."""
    direction = _unit(np.asarray(direction_lps, np.float64))
    order = np.argsort(-np.abs(direction))
    letters = [_LETTERS[axis][int(direction[axis] > 0)] for axis in order]
    return letters[0] + (letters[1] if abs(direction[order[1]]) >= SECOND_LETTER_SHARE else "")


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    unit: NDArray[np.float64] = vector / np.linalg.norm(vector)
    return unit


def _rotation(axis: NDArray[np.float64], angle_rad: float) -> NDArray[np.float64]:
    """The matrix of a rotation about a unit vector (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    rotation: NDArray[np.float64] = (
        np.eye(3) + np.sin(angle_rad) * cross + (1 - np.cos(angle_rad)) * cross @ cross
    )
    return rotation
