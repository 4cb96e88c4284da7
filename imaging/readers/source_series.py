"""The DICOM headers of an opened CT, which objects made from it must name."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset

from imaging.errors import UnnamedSeriesError
from imaging.geometry import VolumeGeometry
from imaging.readers.dicom_series import choose_series, find_series
from imaging.readers.slice_header import SliceHeader
from imaging.readers.volume_source import ITK_ENDINGS, NIFTI_ENDINGS

ReportProgress = Callable[[float, str], None]

EMPTY_IF_ABSENT = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID",
    "StudyDate", "StudyTime", "ReferringPhysicianName",
)  # fmt: skip
"""Must be there in every object of the study, even without a value."""

UTF_8 = "ISO_IR 192"
"""DICOM's name for it."""

SEXES = ("M", "F", "O")
"""What the standard knows; other words in a source are not passed on."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceSeries:
    """One CT series as the origin of segmentations.

    Attributes:
        paths: the files, one for each slice, in the order of k.
        images: their headers without pixels, in the same order.
        geometry: where the volume lies that they make.
    """

    paths: tuple[Path, ...]
    images: tuple[Dataset, ...]
    geometry: VolumeGeometry

    @property
    def frame_of_reference_uid(self) -> str:
        """The name of the patient frame in which its positions count."""
        return str(self.images[0].FrameOfReferenceUID)


def is_dicom_source(path: Path) -> bool:
    """True for a folder or a DICOM file, False for NIfTI, NRRD and MetaImage."""
    return path.is_dir() or not path.name.lower().endswith((*NIFTI_ENDINGS, *ITK_ENDINGS))


def read_source_series(
    path: Path, series_uid: str | None = None, *, report_progress: ReportProgress | None = None
) -> SourceSeries:
    """The series that ``open_volume(path, series_uid=series_uid)`` opens.

    Raises:
        UnnamedSeriesError: it is no DICOM, has many frames in a file, or lacks identifiers.
        SeriesChoiceError: several series could be meant.
    """
    if not is_dicom_source(path):
        raise UnnamedSeriesError(
            f"{path.name} is no DICOM series, so nothing in DICOM can refer to it. "
            "Save its CT as DICOM first."
        )
    report = report_progress or (lambda _share, _text: None)
    checked = choose_series(path, find_series(path, report), series_uid)
    if checked.geometry is None:
        raise ValueError("a chosen series has a geometry")
    images = tuple(_header(image) for image in checked.slices)
    _spell_in_unicode(images[0])
    return SourceSeries(tuple(image.path for image in checked.slices), images, checked.geometry)


def _header(image: SliceHeader) -> Dataset:
    if image.frame is not None:
        raise _unnamed(image, "is one file with many frames")
    dataset = pydicom.dcmread(image.path, stop_before_pixels=True, force=True)
    meta = dataset.file_meta
    # Anonymised files may have lost these in the data set but not in the file's own header.
    if not dataset.get("SOPInstanceUID"):
        dataset.SOPInstanceUID = meta.get("MediaStorageSOPInstanceUID", "")
    if not dataset.get("SOPClassUID"):
        dataset.SOPClassUID = meta.get("MediaStorageSOPClassUID", "")
    for keyword in (
        "SOPInstanceUID",
        "SOPClassUID",
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "FrameOfReferenceUID",
    ):
        if not dataset.get(keyword):
            raise _unnamed(image, f"has no {keyword}")
    for keyword in EMPTY_IF_ABSENT:
        if keyword not in dataset:
            setattr(dataset, keyword, "")
    if dataset.PatientSex not in SEXES:
        dataset.PatientSex = ""
    return dataset


def _spell_in_unicode(image: Dataset) -> None:
    """Objects take patient and study from the first image; every character set ends in UTF-8."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an unknown set is read as Latin by pydicom
        image.decode()
    image.SpecificCharacterSet = UTF_8


def _unnamed(image: SliceHeader, reason: str) -> UnnamedSeriesError:
    return UnnamedSeriesError(
        f"{image.path.name} {reason}, so no segmentation can refer to it. "
        "Save its CT as a new DICOM series first."
    )
