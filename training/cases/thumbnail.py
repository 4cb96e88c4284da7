"""Small pictures of CTs for the case list."""

from __future__ import annotations

import io

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
    pixels, height_mm, width_mm = _middle_slice(volume)
    grey = np.clip((pixels - LOW_HU) / (HIGH_HU - LOW_HU) * 255, 0, 255).astype(np.uint8)
    scale = SIDE_PX / max(height_mm, width_mm)
    size_px = (max(1, round(width_mm * scale)), max(1, round(height_mm * scale)))
    picture = Image.new("L", (SIDE_PX, SIDE_PX))
    small = Image.fromarray(grey).resize(size_px, Image.Resampling.BOX, reducing_gap=2.0)
    picture.paste(small, ((SIDE_PX - size_px[0]) // 2, (SIDE_PX - size_px[1]) // 2))
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _middle_slice(volume: Volume) -> tuple[NDArray[np.float32], float, float]:
    """The slice's HU, rows from the top, and its height and width in mm."""
    letters = volume.geometry.axis_letters()
    spacing_mm = volume.geometry.spacing_kji_mm
    x, y, z = (next(n for n, own in enumerate(letters) if own in pair) for pair in _PAIRS)
    extent_mm = spacing_mm * volume.geometry.shape
    is_coronal = extent_mm[z] >= MIN_CORONAL_MM and volume.geometry.shape[z] >= MIN_CORONAL_SLICES
    through, rows, first_row = (y, z, "I") if is_coronal else (z, y, "P")
    block = np.moveaxis(volume.array, (through, rows, x), (0, 1, 2))
    pixels = block[block.shape[0] // 2].astype(np.float32)
    # Rows run from head (coronal) or front (axial) down, columns towards the patient's left.
    if letters[rows] != first_row:
        pixels = pixels[::-1]
    if letters[x] != "L":
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels), float(extent_mm[rows]), float(extent_mm[x])


_PAIRS = ("LR", "PA", "SI")
"""Letters of the axes that run across, through and along the patient."""
