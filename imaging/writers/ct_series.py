"""Writes a CT as a DICOM series, so that DICOM objects have images to refer to."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from imaging.errors import (
    GeometryMismatchError,
    UnreadableSeriesError,
    WriteError,
)
from imaging.readers.label_file import reordered
from imaging.readers.open_volume import open_volume
from imaging.readers.source_series import UTF_8, SourceSeries, read_source_series
from imaging.volume import Volume
from imaging.writers.atomic_folder import whole_folder
from imaging.writers.mask_origin import PRODUCT, RESEARCH_USE, product_version

SERIES_NUMBER = 7000

DISPLAY_WINDOW_HU = (40, 400)
"""Centre and width for soft tissue."""


def write_ct_series(folder: Path, volume: Volume, pseudonym: str) -> SourceSeries:
    """Write a volume as one CT image file for each slice into a new or empty folder.

    The images say that they are derived. Raises WriteError where the grid is no stack of images
    at right angles, or the files did not read back the same.
    """
    shared = _shared(volume, pseudonym)
    with whole_folder(folder) as part:
        paths = [part / f"slice{k:04d}.dcm" for k in range(volume.geometry.shape[0])]
        for k, path in enumerate(paths):
            _slice(volume, k, shared).save_as(path, enforce_file_format=True)
        _compare(folder, part, paths, volume)
    return read_source_series(folder)


def holds_same_ct(folder: Path, volume: Volume) -> bool:
    """True if a series that was written before has the voxels of ``volume`` at their places.

    The series may run the other way: a stack of images is ordered by its normal.
    """
    opened = open_volume(folder)
    try:
        found = reordered(opened.array, opened.geometry, volume.geometry, folder.name)
    except GeometryMismatchError:
        return False
    return np.array_equal(found, volume.array)


def _shared(volume: Volume, pseudonym: str) -> dict[str, object]:
    """What all images of the series have in common."""
    geometry = volume.geometry
    row, column = geometry.direction[:, 2], geometry.direction[:, 1]
    k_mm, j_mm, i_mm = (float(mm) for mm in geometry.spacing_kji_mm)
    now = datetime.now()
    center_hu, width_hu = DISPLAY_WINDOW_HU
    return {
        "SpecificCharacterSet": UTF_8,
        "SOPClassUID": CTImageStorage,
        "StudyInstanceUID": generate_uid(prefix=None),
        "SeriesInstanceUID": generate_uid(prefix=None),
        "FrameOfReferenceUID": generate_uid(prefix=None),
        "PatientName": pseudonym,
        "PatientID": pseudonym,
        "PatientBirthDate": "",
        "PatientSex": "",
        "AccessionNumber": "",
        "ReferringPhysicianName": "",
        "StudyID": "",
        "StudyDate": "",
        "StudyTime": "",
        "InstanceCreationDate": now.strftime("%Y%m%d"),
        "InstanceCreationTime": now.strftime("%H%M%S"),
        "Modality": "CT",
        "Manufacturer": PRODUCT,
        "ManufacturerModelName": PRODUCT,
        "SoftwareVersions": product_version(),
        "Laterality": "",
        "SeriesNumber": SERIES_NUMBER,
        "SeriesDescription": f"CT as opened in {PRODUCT} ({RESEARCH_USE.lower()})",
        "DerivationDescription": "Converted from a research file format",
        "ImageType": ["DERIVED", "SECONDARY", "AXIAL"],
        "AcquisitionNumber": None,
        "KVP": None,
        "PositionReferenceIndicator": "",
        "PatientPosition": "",
        "SliceThickness": _decimal(k_mm),
        "PixelSpacing": [_decimal(j_mm), _decimal(i_mm)],
        "ImageOrientationPatient": [_decimal(x) for x in (*row, *column)],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": geometry.shape[1],
        "Columns": geometry.shape[2],
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 1,
        "RescaleSlope": "1",
        "RescaleIntercept": "0",
        "RescaleType": "HU",
        "WindowCenter": str(center_hu),
        "WindowWidth": str(width_hu),
    }


def _slice(volume: Volume, k: int, shared: dict[str, object]) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(prefix=None)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    for keyword, value in shared.items():
        setattr(dataset, keyword, value)
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    dataset.InstanceNumber = k + 1
    position_lps = volume.geometry.index_to_lps((k, 0, 0))
    dataset.ImagePositionPatient = [_decimal(mm) for mm in position_lps]
    dataset.PixelData = volume.array[k].astype("<i2").tobytes()
    return dataset


def _decimal(number: float) -> str:
    """As many digits as DICOM's 16 characters hold."""
    for digits in range(15, 5, -1):
        text = f"{number:.{digits}g}"
        if len(text) <= 16:
            return text
    return f"{number:.6g}"


def _compare(folder: Path, part: Path, paths: list[Path], volume: Volume) -> None:
    for k, path in enumerate(paths):
        if not np.array_equal(pydicom.dcmread(path).pixel_array, volume.array[k]):
            raise WriteError(
                f"{folder.name} was not saved: what was written did not read back the same. The "
                "disk may be full or damaged; save to another one."
            )
    try:
        grid = read_source_series(part).geometry
        reordered(np.zeros(grid.shape, np.uint8), grid, volume.geometry, folder.name)
    except (GeometryMismatchError, UnreadableSeriesError) as error:
        raise WriteError(
            f"{folder.name} was not saved: DICOM cannot hold a grid whose axes are not at right "
            "angles. Save as NIfTI instead."
        ) from error
