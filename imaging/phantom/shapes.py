"""Signed distances to simple solids: negative inside, in mm, and ways to join them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from imaging.phantom.fields import FloatArray

Point = tuple[float, float, float]


class Points(NamedTuple):
    """Where voxels lie in the standard body, in mm; three arrays that broadcast together."""

    x: FloatArray
    y: FloatArray
    z: FloatArray


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box in the standard body, in mm."""

    low: Point
    high: Point

    def grown(self, margin_mm: float) -> Bounds:
        """The box with a margin on every side."""
        a, b, c = self.low
        d, e, f = self.high
        return Bounds(
            (a - margin_mm, b - margin_mm, c - margin_mm),
            (d + margin_mm, e + margin_mm, f + margin_mm),
        )


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """An ellipsoid whose axes may be turned about y and then about x, in degrees."""

    center: Point
    radii: Point
    turn_y_deg: float = 0.0
    turn_x_deg: float = 0.0

    @property
    def bounds(self) -> Bounds:
        """A box that holds it, whichever way it is turned."""
        is_turned = bool(self.turn_x_deg or self.turn_y_deg)
        reach = (max(self.radii),) * 3 if is_turned else self.radii
        (x, y, z), (a, b, c) = self.center, reach
        return Bounds((x - a, y - b, z - c), (x + a, y + b, z + c))

    def distance(self, at: Points) -> FloatArray:
        """Approximate signed distance, right to first order at the surface."""
        x, y, z = (a - np.float32(c) for a, c in zip(at, self.center, strict=True))
        if self.turn_y_deg:
            c, s = _cos_sin(self.turn_y_deg)
            x, z = c * x - s * z, s * x + c * z
        if self.turn_x_deg:
            c, s = _cos_sin(self.turn_x_deg)
            y, z = c * y + s * z, c * z - s * y
        u, v, w = (a / np.float32(r) for a, r in zip((x, y, z), self.radii, strict=True))
        level = np.sqrt(u * u + v * v + w * w)
        for a, r in zip((u, v, w), self.radii, strict=True):
            a /= np.float32(r)
        slope = np.sqrt(u * u + v * v + w * w)
        distance: FloatArray = level * (level - 1) / np.maximum(slope, np.float32(1e-6))
        return distance


@dataclass(frozen=True, slots=True)
class Tube:
    """A tube of changing radius along a polyline."""

    path: tuple[Point, ...]
    radii: tuple[float, ...]

    @property
    def bounds(self) -> Bounds:
        """A box that holds it."""
        path = np.array(self.path)
        radii = np.array(self.radii)[:, None]
        low, high = (path - radii).min(axis=0), (path + radii).max(axis=0)
        return Bounds(
            (float(low[0]), float(low[1]), float(low[2])),
            (float(high[0]), float(high[1]), float(high[2])),
        )

    def distance(self, at: Points, rounding_mm: float = 0.0) -> FloatArray:
        """Signed distance; with rounding, the bends of the tube are filled smoothly."""
        distance = None
        stations = list(zip(self.path, self.radii, strict=True))
        for (start, r0), (end, r1) in pairwise(stations):
            piece = _segment(at, start, end, r0, r1)
            if distance is None:
                distance = piece
            elif rounding_mm:
                distance = smooth_union(distance, piece, rounding_mm)
            else:
                distance = np.minimum(distance, piece)
        if distance is None:
            raise ValueError("a tube needs at least two points")
        return distance


def _segment(at: Points, start: Point, end: Point, r0: float, r1: float) -> FloatArray:
    x, y, z = (a - np.float32(c) for a, c in zip(at, start, strict=True))
    along = np.subtract(end, start)
    a, b, c = (np.float32(v) for v in along / float(along @ along))
    t = np.clip(x * a + y * b + z * c, 0, 1)
    dx, dy, dz = (np.float32(v) for v in along)
    distance: FloatArray = np.sqrt(
        (x - t * dx) ** 2 + (y - t * dy) ** 2 + (z - t * dz) ** 2
    ) - np.float32(r0)
    distance -= t * np.float32(r1 - r0)
    return distance


def tube(*stations: Sequence[float]) -> Tube:
    """A tube from stations ``(x, y, z, radius)``."""
    path = tuple((float(x), float(y), float(z)) for x, y, z, _ in stations)
    return Tube(path, tuple(float(r) for *_, r in stations))


def smooth_union(a: FloatArray, b: FloatArray, rounding_mm: float) -> FloatArray:
    """The union of two solids, the crease between them filled."""
    k = np.float32(rounding_mm)
    crease = np.maximum(k - np.abs(a - b), 0)
    union: FloatArray = np.minimum(a, b) - crease * crease / (4 * k)
    return union


def smooth_intersection(a: FloatArray, b: FloatArray, rounding_mm: float) -> FloatArray:
    """What lies in both solids, the edge between them rounded."""
    return -smooth_union(-a, -b, rounding_mm)


def egg_section(
    x: FloatArray, y: FloatArray, half_width: FloatArray, front: FloatArray, back: FloatArray
) -> FloatArray:
    """Signed distance to an upright column with a rounded, egg-shaped cross-section.

    ``front`` and ``back`` are its half depths towards the belly and towards the spine.
    """
    depth = np.where(y < 0, front, back)
    u, v = np.abs(x / half_width), np.abs(y / depth)
    # An exponent of 2.5 gives a torso: flatter than an ellipse, rounder than a box.
    u_root, v_root = np.sqrt(u), np.sqrt(v)
    level = (u * u * u_root + v * v * v_root) ** np.float32(0.4)
    level = np.maximum(level, np.float32(1e-3))
    slope = np.hypot(u * u_root / half_width, v * v_root / depth) / (level * np.sqrt(level))
    distance: FloatArray = (level - 1) / np.maximum(slope, np.float32(1e-6))
    return distance


def _cos_sin(angle_deg: float) -> tuple[np.float32, np.float32]:
    angle = np.deg2rad(angle_deg)
    return np.float32(np.cos(angle)), np.float32(np.sin(angle))
