"""From decoded numbers to what we keep: HU as int16, labels as uint8."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.errors import UnreadableFileError

AIR_HU = -1024
"""Stands in for a voxel without a value (NaN)."""

MAX_GREY_LEVEL = 255
"""A CT whose values all lie from 0 to this was exported as a picture, not as HU."""

_INT16 = np.iinfo(np.int16)


class HounsfieldEncoder:
    """Rounds and clips the slabs of a CT into int16, and remembers what to warn about."""

    dtype = "int16"

    def __init__(self) -> None:
        self._lowest = np.inf
        self._highest = -np.inf
        self._clipped = 0
        self._without_value = 0

    def encode(self, slab: NDArray[np.generic]) -> NDArray[np.int16]:
        """The slab's HU as int16."""
        if slab.dtype.kind == "f":
            without_value = np.isnan(slab)
            if without_value.any():
                self._without_value += int(without_value.sum())
                slab = np.where(without_value, AIR_HU, slab)
            slab = np.rint(slab)
        lowest, highest = float(slab.min()), float(slab.max())
        self._lowest = min(self._lowest, lowest)
        self._highest = max(self._highest, highest)
        if lowest < _INT16.min or highest > _INT16.max:
            inside = np.clip(slab, _INT16.min, _INT16.max)
            self._clipped += int((slab != inside).sum())
            slab = inside
        return np.ascontiguousarray(slab, np.int16)

    def warnings(self) -> tuple[str, ...]:
        """Values that no CT has."""
        found = []
        if self._without_value:
            found.append(f"{self._without_value} voxels have no value (NaN) and count as air.")
        if self._clipped:
            found.append(
                f"{self._clipped} voxels have values that no CT has and were set to "
                f"{_INT16.min} or {_INT16.max} HU."
            )
        if self._lowest == self._highest:
            found.append(
                f"Every voxel has the same value, {self._lowest:g}: the image is empty. "
                "Open another series."
            )
        elif self._lowest >= 0 and self._highest <= MAX_GREY_LEVEL:
            found.append(
                f"The values run from {self._lowest:g} to {self._highest:g}: this is a mask or a "
                "picture with grey levels, not a CT in Hounsfield units. Open the CT itself."
            )
        elif self._lowest >= 0:
            found.append(
                f"No voxel is below 0 HU (lowest {self._lowest:g}): the rescale intercept, often "
                "-1024, seems to be missing. Models will fail on it; export the CT again as DICOM."
            )
        elif self._highest <= 1:
            found.append(
                f"No voxel is above {self._highest:g} HU: this is not a CT in Hounsfield units. "
                "Models will fail on it."
            )
        return tuple(found)


class LabelEncoder:
    """Accepts whole numbers from 0 to 255 and nothing else."""

    dtype = "uint8"

    def __init__(self, name: str) -> None:
        self._name = name

    def encode(self, slab: NDArray[np.generic]) -> NDArray[np.uint8]:
        """The slab's labels as uint8.

        Raises:
            UnreadableFileError: a value is no label.
        """
        lowest, highest = float(slab.min()), float(slab.max())
        if not (lowest >= 0 and highest <= 255):
            raise UnreadableFileError(
                f"{self._name} holds values from {lowest:g} to {highest:g}; a label map has whole "
                "numbers from 0 to 255. Choose the file with the labels, not the CT."
            )
        labels = slab.astype(np.uint8)
        if slab.dtype.kind == "f" and (labels != slab).any():
            raise UnreadableFileError(
                f"{self._name} holds fractions, so it is a probability map or a CT; a label map "
                "has whole numbers from 0 to 255. Save it as labels first."
            )
        return np.ascontiguousarray(labels)

    def warnings(self) -> tuple[str, ...]:
        """A label map is right or refused."""
        return ()
