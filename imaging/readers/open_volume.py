"""Opens a CT from DICOM, NIfTI, NRRD or MetaImage, and lists the series of a DICOM folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from imaging.errors import UnreadableFileError
from imaging.geometry import VolumeGeometry
from imaging.readers.isolation import DecodeLimits, decode_grid, find_series
from imaging.readers.protocol import DecodeTask
from imaging.readers.series_info import SeriesInfo
from imaging.volume import Volume


def open_volume(
    path: Path,
    *,
    series_uid: str | None = None,
    is_cancelled: Callable[[], bool] | None = None,
    report_progress: Callable[[float, str], None] | None = None,
    limits: DecodeLimits | None = None,
) -> Volume:
    """Open a CT.

    ``path`` is a DICOM folder (subfolders are searched), a DICOM file of any name (its series is
    read from the same folder), or a NIfTI, NRRD or MetaImage file. ``series_uid`` is needed only
    where a folder has several CT series. Both callbacks run on the caller's thread.

    Raises:
        SeriesChoiceError: several series could be meant; the sentence lists them.
        UnreadableSeriesError: the geometry check refused it.
        UnreadableFileError: it is damaged, or no volume.
        CancelledError: ``is_cancelled`` said so.
    """
    _check_exists(path)
    decoded = decode_grid(
        path,
        DecodeTask.VOLUME,
        series_uid=series_uid,
        is_cancelled=is_cancelled,
        report_progress=report_progress,
        limits=limits,
    )
    if decoded.array.dtype != np.int16:
        raise UnreadableFileError(f"{path.name} was not decoded to Hounsfield units.")
    k, j, i = decoded.array.shape
    geometry = VolumeGeometry((k, j, i), decoded.affine)
    return Volume(
        decoded.array.astype(np.int16, copy=False), geometry, decoded.name, decoded.warnings
    )


def list_series(
    path: Path,
    *,
    is_cancelled: Callable[[], bool] | None = None,
    report_progress: Callable[[float, str], None] | None = None,
) -> tuple[SeriesInfo, ...]:
    """The DICOM series at a path, the most useful CT first; refused ones with their reason last.

    Raises:
        UnreadableFileError: there is no DICOM at all.
        CancelledError: ``is_cancelled`` said so.
    """
    _check_exists(path)
    found = find_series(path, is_cancelled=is_cancelled, report_progress=report_progress)
    return found.series


def _check_exists(path: Path) -> None:
    if not path.exists():
        raise UnreadableFileError(f"There is no file or folder {path}. Check the path.")
