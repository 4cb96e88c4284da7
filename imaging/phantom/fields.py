"""Smooth random fields in the patient, the same on whatever grid they are sampled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.labels import Box

FloatArray = NDArray[np.floating[Any]]
"""float32 wherever it has the size of a grid."""


@dataclass(frozen=True, slots=True, eq=False)
class WaveField:
    """A sum of plane waves in the LPS frame with unit variance.

    A plane wave on a voxel grid is a product of one factor for each axis, so that a whole
    grid costs one matrix product and no cosine for each voxel.

    Attributes:
        wave_vectors: (waves, 3), radians for each mm.
        phases: (waves,), radians.
    """

    wave_vectors: NDArray[np.float64]
    phases: NDArray[np.float64]

    @classmethod
    def random(
        cls, rng: np.random.Generator, wavelengths_mm: tuple[float, float], waves: int
    ) -> WaveField:
        """A field whose waves have lengths in that range and any direction."""
        direction = rng.standard_normal((waves, 3))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        length_mm = rng.uniform(*wavelengths_mm, size=waves)
        return cls(
            direction * (2 * np.pi / length_mm[:, None]), rng.uniform(0, 2 * np.pi, size=waves)
        )

    def sample(self, geometry: VolumeGeometry, box: Box) -> FloatArray:
        """The field at the voxel centres of a box."""
        steps = self.wave_vectors @ geometry.affine[:3, :3]  # (waves, kji)
        start = self.wave_vectors @ geometry.affine[:3, 3] + self.phases
        k, j, i = (np.arange(part.start, part.stop) for part in box)
        slow = start + k[:, None, None] * steps[:, 0] + j[:, None] * steps[:, 1]  # (k, j, waves)
        fast = i[:, None] * steps[:, 2]  # (i, waves)
        left = np.concatenate([np.cos(slow), -np.sin(slow)], axis=-1).astype(np.float32)
        right = np.concatenate([np.cos(fast), np.sin(fast)], axis=-1).astype(np.float32)
        right *= np.float32(np.sqrt(2 / len(self.phases)))
        field: FloatArray = left @ right.T
        return field
