"""Pictures in another size: values between pixels, or the nearest pixel's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

OUTSIDE_HU = -1024.0


def sampled_linearly(
    picture: NDArray[np.int16], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float32]:
    """A picture between its pixels; where it is made smaller, means of several of them."""
    factors = [
        max(1, int(abs(place[-1] - place[0]) / max(1, len(place) - 1))) for place in (rows, columns)
    ]
    if max(factors) > 1:
        height, width = (side // f * f for side, f in zip(picture.shape, factors, strict=True))
        blocks = picture[:height, :width].reshape(
            height // factors[0], factors[0], width // factors[1], factors[1]
        )
        values = blocks.mean(axis=(1, 3), dtype=np.float32)
    else:
        values = picture.astype(np.float32)
    rows = (rows - (factors[0] - 1) / 2) / factors[0]
    columns = (columns - (factors[1] - 1) / 2) / factors[1]
    (low_row, row_share), (low_column, column_share) = (
        _neighbours(rows, values.shape[0]),
        _neighbours(columns, values.shape[1]),
    )
    between_rows = (
        values[low_row] * (1 - row_share)[:, None]
        + values[np.minimum(low_row + 1, values.shape[0] - 1)] * row_share[:, None]
    )
    sampled: NDArray[np.float32] = (
        between_rows[:, low_column] * (1 - column_share)
        + between_rows[:, np.minimum(low_column + 1, values.shape[1] - 1)] * column_share
    )
    sampled[(rows < -0.5) | (rows > values.shape[0] - 0.5)] = OUTSIDE_HU
    sampled[:, (columns < -0.5) | (columns > values.shape[1] - 0.5)] = OUTSIDE_HU
    return sampled


def _neighbours(
    places: NDArray[np.float64], count: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The pixel before each place, and how far it is on the way to the next one."""
    clipped = np.clip(places, 0, count - 1)
    low = np.floor(clipped).astype(np.intp)
    return low, (clipped - low).astype(np.float32)


def sampled_nearest(
    picture: NDArray[np.uint8], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """A picture at the pixels nearest to rows and columns; 0 beside it."""
    row, column = (np.floor(places + 0.5).astype(int) for places in (rows, columns))
    height, width = picture.shape
    is_inside = ((row >= 0) & (row < height))[:, None] & ((column >= 0) & (column < width))
    taken = picture[np.clip(row, 0, height - 1)][:, np.clip(column, 0, width - 1)]
    return np.where(is_inside, taken, np.uint8(0))
