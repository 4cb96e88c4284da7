"""Small pictures of CTs for lists of cases and series."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.volume import Volume

SIDE_PX = 96

LOW_HU, HIGH_HU = -160.0, 240.0
"""The usual window for the abdomen: 400 HU wide, centred on 40."""

MIN_CORONAL_MM = 120.0
MIN_CORONAL_SLICES = 40
"""A lower stack, or one of few slices, is no picture from the front; it is shown from below."""


def thumbnail_png(volume: Volume) -> bytes:
    """The middle coronal slice (axial for a low stack) as a square PNG, grey on black.

    As radiologists look at it: the patient's right on the left, head or front at the top.
    """
    letters = volume.geometry.axis_letters()
    extent_mm = volume.geometry.spacing_kji_mm * volume.geometry.shape
    _x, y, z = (_axis_of(letters, pair) for pair in _PAIRS)
    is_coronal = extent_mm[z] >= MIN_CORONAL_MM and volume.geometry.shape[z] >= MIN_CORONAL_SLICES
    return png_of(_picture(volume, y if is_coronal else z))


def slice_thumbnail(volume: Volume) -> NDArray[np.uint8]:
    """The middle slice along k in its own plane, grey on black, shape (SIDE_PX, SIDE_PX)."""
    return _picture(volume, 0)


def png_of(picture: NDArray[np.uint8]) -> bytes:
    """Grey values as a PNG."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _picture(volume: Volume, through: int) -> NDArray[np.uint8]:
    """The middle slice across an axis, as large as fits into a square."""
    pixels, height_mm, width_mm = _middle_slice(volume, through)
    grey = np.clip((pixels - LOW_HU) / (HIGH_HU - LOW_HU) * 255, 0, 255).astype(np.uint8)
    scale = SIDE_PX / max(height_mm, width_mm)
    size_px = (max(1, round(width_mm * scale)), max(1, round(height_mm * scale)))
    picture = Image.new("L", (SIDE_PX, SIDE_PX))
    small = Image.fromarray(grey).resize(size_px, Image.Resampling.BOX, reducing_gap=2.0)
    picture.paste(small, ((SIDE_PX - size_px[0]) // 2, (SIDE_PX - size_px[1]) // 2))
    return np.asarray(picture)


def _middle_slice(volume: Volume, through: int) -> tuple[NDArray[np.float32], float, float]:
    """The slice's HU, rows from the top, and its height and width in mm."""
    letters = volume.geometry.axis_letters()
    extent_mm = volume.geometry.spacing_kji_mm * volume.geometry.shape
    x, y, z = (_axis_of(letters, pair) for pair in _PAIRS)
    # Rows run down from the head or the front, columns to the patient's left or, from the
    # side, to the back.
    rows, columns = next(pair for pair in ((z, x), (y, x), (z, y)) if through not in pair)
    block = np.moveaxis(volume.array, (through, rows, columns), (0, 1, 2))
    pixels = block[block.shape[0] // 2].astype(np.float32)
    if letters[rows] not in "IP":
        pixels = pixels[::-1]
    if letters[columns] not in "LP":
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels), float(extent_mm[rows]), float(extent_mm[columns])


def _axis_of(letters: Sequence[str], pair: str) -> int:
    return next(axis for axis, letter in enumerate(letters) if letter in pair)


_PAIRS = ("LR", "PA", "SI")
"""Letters of the axes that run across, through and along the patient."""
