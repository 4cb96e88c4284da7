"""Where a patient's middle is, to tell left from right."""

from __future__ import annotations

import numpy as np

from imaging.volume import Volume

BODY_HU = -300.0
"""Denser is body, table or pillow; lungs and air are not."""

STRIDE = 4
"""Every fourth voxel along each axis is enough for a middle."""

MAX_FILLED_FACE = 0.5
"""A field of view whose left or right face is filled by more than this cuts the body off."""


def middle_x_lps(volume: Volume) -> float | None:
    """The mean x (LPS, mm; grows to the patient's left) of the body.

    None where the CT shows no whole body from side to side: its middle would be the picture's.
    """
    body = volume.array[::STRIDE, ::STRIDE, ::STRIDE] > BODY_HU
    letters = volume.geometry.axis_letters()
    across = next(axis for axis, letter in enumerate(letters) if letter in "LR")
    ends = (np.take(body, 0, axis=across), np.take(body, -1, axis=across))
    if not body.any() or any(end.mean() > MAX_FILLED_FACE for end in ends):
        return None
    middle_kji = np.argwhere(body).mean(axis=0) * STRIDE
    return float(volume.geometry.index_to_lps(middle_kji)[0])
