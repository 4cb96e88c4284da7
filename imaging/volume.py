"""A CT volume: Hounsfield units on a geometry."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """CT voxels with their place in the patient.

    Attributes:
        array: HU, int16, shape ``geometry.shape`` in (k, j, i) order. Read-only.
        geometry: where the voxels lie.
        name: what to call it in the window; never a patient's name.
        warnings: what the geometry check found worth saying, a sentence each.
    """

    array: NDArray[np.int16]
    geometry: VolumeGeometry
    name: str = "CT"
    warnings: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Check type and shape and freeze the array (without a copy)."""
        if self.array.dtype != np.int16:
            raise ValueError(f"HU are kept as int16, got {self.array.dtype}")
        if self.array.shape != self.geometry.shape:
            raise ValueError(f"array {self.array.shape} does not fit grid {self.geometry.shape}")
        view = self.array.view()
        view.flags.writeable = False
        object.__setattr__(self, "array", view)
