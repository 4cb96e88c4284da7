"""One shape for every format while it is decoded: a grid, then its values slab by slab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.readers.series_info import SeriesInfo

ReportProgress = Callable[[float, str], None]

NIFTI_ENDINGS = (".nii", ".nii.gz")
ITK_ENDINGS = (".nrrd", ".nhdr", ".mha", ".mhd")


@dataclass(frozen=True, slots=True, eq=False)
class VolumeSource:
    """A volume whose values are still to be decoded.

    ``slabs`` gives arrays of shape (n, j, i) in the order of k, of any number type; it reads the
    file while it is walked and can be walked once. Of labels, ``label_names`` are (value, name) as
    the file has them; with ``has_our_values`` what it does not name has the organ table's values.
    """

    geometry: VolumeGeometry
    name: str
    warnings: tuple[str, ...]
    slabs: Iterator[NDArray[np.generic]]
    label_names: tuple[tuple[int, str], ...] = ()
    has_our_values: bool = False


def open_source(path: Path, series_uid: str | None, report: ReportProgress) -> VolumeSource:
    """Read the header of whatever lies at a path; runs in the decoding process.

    Each format's library is imported only where it is needed, as its import costs up to 0.3 s.

    Raises:
        UnreadableFileError: it is damaged or no volume.
        SeriesChoiceError: a folder has several CT series.
    """
    name = path.name.lower()
    if name.endswith(NIFTI_ENDINGS):
        from imaging.readers.nifti_file import open_nifti

        return open_nifti(path)
    if name.endswith(ITK_ENDINGS):
        from imaging.readers.itk_file import open_itk_file

        return open_itk_file(path)
    from imaging.readers.dicom_pixels import hounsfield_slabs
    from imaging.readers.dicom_series import choose_series, find_series

    checked = choose_series(path, find_series(path, report), series_uid)
    if checked.geometry is None:
        raise ValueError("a chosen series has a geometry")
    first = checked.slices[0]
    return VolumeSource(
        checked.geometry,
        first.description or "CT",
        checked.warnings,
        hounsfield_slabs(checked.slices),
    )


def source_series(path: Path, report: ReportProgress) -> tuple[SeriesInfo, ...]:
    """The DICOM series at a path; runs in the decoding process."""
    from imaging.readers.dicom_series import find_series

    return tuple(series.info for series in find_series(path, report))


def name_of_file(path: Path) -> str:
    """A file's name without its ending, also where that is ".nii.gz"."""
    for ending in (*NIFTI_ENDINGS[::-1], *ITK_ENDINGS):
        if path.name.lower().endswith(ending):
            return path.name[: -len(ending)]
    return path.name
