"""Opens whatever may hold labels; runs in the decoding process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from imaging.errors import UnreadableFileError
from imaging.geometry import VolumeGeometry
from imaging.readers.protocol import TargetGrid
from imaging.readers.volume_source import (
    ITK_ENDINGS,
    NIFTI_ENDINGS,
    VolumeSource,
    open_source,
)

ReportProgress = Callable[[float, str], None]


def open_label_source(
    path: Path, target: TargetGrid | None, report: ReportProgress
) -> VolumeSource:
    """A label file's own grid, or a DICOM object drawn on the CT's grid ``target``.

    Raises:
        UnreadableFileError: it is damaged or holds no labels.
        GeometryMismatchError: a DICOM object does not fit the CT.
    """
    is_grid_file = path.name.lower().endswith((*NIFTI_ENDINGS, *ITK_ENDINGS))
    if is_grid_file:
        from imaging.readers.label_header import read_label_header

        source, header = open_source(path, None, report), read_label_header(path)
        return replace(source, label_names=header.names, has_our_values=header.has_our_values)
    if target is None or not path.is_file():
        return open_source(path, None, report)
    geometry = VolumeGeometry(target.shape, np.reshape(target.affine, (4, 4)))
    match _modality(path):
        case "SEG":
            from imaging.readers.dicom_seg import open_dicom_seg

            return open_dicom_seg(path, geometry, target.frame_uid)
        case "RTSTRUCT":
            from imaging.readers.rtstruct import open_rtstruct

            return open_rtstruct(path, geometry, target.frame_uid)
        case "":
            raise UnreadableFileError(
                f"{path.name} is no label file that can be opened. Choose a NIfTI, NRRD, MHA, "
                "DICOM SEG or RTSTRUCT file."
            )
        case _:
            return open_source(path, None, report)


def _modality(path: Path) -> str:
    from imaging.readers.dicom_series import is_dicom
    from imaging.readers.slice_header import read_slice_headers

    return read_slice_headers(path)[0].modality if is_dicom(path) else ""
