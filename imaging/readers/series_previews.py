"""A small picture of each DICOM series of a folder, of its middle slice alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.errors import MaskwrightError
from imaging.geometry import VolumeGeometry
from imaging.readers.dicom_pixels import hounsfield_slabs
from imaging.readers.dicom_series import FoundSeries, find_series
from imaging.readers.isolation import decode_grid
from imaging.readers.protocol import DecodeTask
from imaging.readers.volume_source import ReportProgress, VolumeSource
from imaging.thumbnail import SIDE_PX, png_of, slice_thumbnail
from imaging.volume import Volume


def series_previews(
    path: Path, *, is_cancelled: Callable[[], bool] | None = None
) -> tuple[bytes | None, ...]:
    """A PNG for each series, in the order of ``list_series``; None where there is no picture.

    Reads the headers again, and one slice of each series, in a child process.

    Raises:
        UnreadableFileError: there is no DICOM at all.
        CancelledError: ``is_cancelled`` said so.
    """
    decoded = decode_grid(path, DecodeTask.PREVIEWS, is_cancelled=is_cancelled)
    pictures = decoded.array.astype(np.uint8, copy=False)
    return tuple(png_of(picture) if picture.any() else None for picture in pictures)


def preview_source(path: Path, report: ReportProgress) -> VolumeSource:
    """The pictures as slabs of a grid, black where there is none; runs in the decoding process."""
    found = find_series(path, report)
    grid = VolumeGeometry((len(found), SIDE_PX, SIDE_PX), np.eye(4))
    return VolumeSource(grid, "previews", (), _pictures(found))


def _pictures(found: tuple[FoundSeries, ...]) -> Iterator[NDArray[np.generic]]:
    for series in found:
        try:
            picture = _picture(series)
        except MaskwrightError:  # what is wrong with it is said when it is opened
            picture = None
        yield np.zeros((1, SIDE_PX, SIDE_PX), np.uint8) if picture is None else picture[np.newaxis]


def _picture(series: FoundSeries) -> NDArray[np.uint8] | None:
    geometry, slices = series.checked.geometry, series.checked.slices
    if geometry is None:
        return None
    middle = slices[len(slices) // 2]
    (pixels,) = hounsfield_slabs([middle])
    own = VolumeGeometry((1, middle.rows, middle.columns), geometry.affine)
    hu = np.clip(np.nan_to_num(pixels.astype(np.float32)), -32768, 32767).astype(np.int16)
    return slice_thumbnail(Volume(hu, own, name="preview"))
