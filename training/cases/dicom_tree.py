"""Finds the CT series in a tree of DICOM files, by headers only."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pydicom
from pydicom import config as pydicom_config
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from imaging.readers.slice_header import CT_SOP_CLASSES, DICOMDIR_SOP_CLASS

_KEYWORDS = [
    "BurnedInAnnotation", "ImageType", "Modality", "PatientBirthDate", "PatientID", "PatientName",
    "SOPClassUID", "SeriesInstanceUID", "StudyInstanceUID",
]  # fmt: skip
"""What is read of each file; the name and the birth date go into a salted hash and nowhere else."""

NOBODY = frozenset(
    {"0", "anon", "anonym", "anonymised", "anonymized", "anonymous", "none", "patient", "unknown"}
)
"""Numbers that anonymisers give to everybody: they tell no patients apart."""

LOCALIZER = "localizer"
"""The image type of the overview pictures that precede a CT."""


@dataclass(frozen=True, slots=True)
class DicomSeries:
    """One CT series of a tree, which may be spread over several folders.

    Attributes:
        series_uid: its identifier; empty where the files have none (then a folder is a series).
        files: its images, in the order of their paths.
        patient_identity: what tells patients apart, as the header says; only ever hashed. Empty
            where the header says nothing.
        has_burned_in_annotation: the header says that text is drawn into the pixels.
    """

    series_uid: str
    files: tuple[Path, ...]
    patient_identity: str
    has_burned_in_annotation: bool

    @property
    def folder(self) -> Path:
        """The innermost folder that holds all of its files."""
        parents = {file.parent for file in self.files}
        return Path(os.path.commonpath(parents)) if len(parents) > 1 else next(iter(parents))


@dataclass(frozen=True, slots=True)
class DicomHeader:
    """What decides where a DICOM file belongs."""

    file: Path
    series_uid: str
    kind: str
    patient_identity: str
    has_burned_in_annotation: bool


def read_header(file: Path) -> DicomHeader | None:
    """The few tags of a DICOM file that matter here; None for a DICOMDIR.

    Raises:
        InvalidDicomError: it is no DICOM file.
        OSError: it cannot be read.
        ValueError: its header is damaged.
    """
    pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE
    try:
        dataset = pydicom.dcmread(
            file, force=True, stop_before_pixels=True, specific_tags=list(_KEYWORDS)
        )
        sop_class = _text(dataset, "SOPClassUID") or _text(
            dataset.file_meta, "MediaStorageSOPClassUID"
        )
        if sop_class == DICOMDIR_SOP_CLASS:
            return None
        return DicomHeader(
            file,
            _text(dataset, "SeriesInstanceUID"),
            _kind(dataset, sop_class),
            _patient_identity(dataset),
            _text(dataset, "BurnedInAnnotation").upper() == "YES",
        )
    except (InvalidDicomError, OSError):
        raise
    except Exception as error:  # pydicom answers damage with almost any built-in exception.
        raise ValueError("damaged DICOM header") from error


def ct_series(headers: Iterable[DicomHeader]) -> tuple[tuple[DicomSeries, ...], Counter[str]]:
    """The CT series among files, by path; and how many series of each other kind there are."""
    groups: dict[tuple[str, str, str], list[DicomHeader]] = defaultdict(list)
    for header in headers:
        # Anonymised files may lack the series' identifier: then a folder is a series.
        stand_in = "" if header.series_uid else str(header.file.parent)
        groups[header.series_uid, stand_in, header.kind].append(header)
    found, skipped = [], Counter[str]()
    for (series_uid, _, kind), members in groups.items():
        if kind == "CT":
            found.append(_series(series_uid, members))
        else:
            skipped[kind] += 1
    return tuple(sorted(found, key=lambda series: series.files)), skipped


def _series(series_uid: str, members: Sequence[DicomHeader]) -> DicomSeries:
    return DicomSeries(
        series_uid,
        tuple(sorted(member.file for member in members)),
        members[0].patient_identity,
        any(member.has_burned_in_annotation for member in members),
    )


def _kind(dataset: Dataset, sop_class: str) -> str:
    """What a file is: "CT" for a slice of a volume, else the words for what was left out."""
    modality = _text(dataset, "Modality").upper()
    if modality != "CT" and sop_class not in CT_SOP_CLASSES:
        return f"{modality or 'unknown'} series"
    if LOCALIZER in _text(dataset, "ImageType").lower():
        return LOCALIZER
    if sop_class and sop_class not in CT_SOP_CLASSES:
        return "CT series without slices"  # a scanned dose page, for example
    return "CT"


def _patient_identity(dataset: Dataset) -> str:
    """The patient's number, else name and birth date, else the study, else nothing."""
    number = _text(dataset, "PatientID")
    if number and number.lower() not in NOBODY:
        return f"id:{number}"
    name, born = _text(dataset, "PatientName"), _text(dataset, "PatientBirthDate")
    if name and born and name.lower() not in NOBODY:
        return f"name:{name}:{born}"
    study = _text(dataset, "StudyInstanceUID")
    return f"study:{study}" if study else ""


def _text(dataset: Dataset, keyword: str) -> str:
    try:
        value = dataset.get(keyword)
    except (TypeError, ValueError, OverflowError):
        return ""
    if value is None:
        return ""
    if isinstance(value, (list, pydicom.multival.MultiValue)):
        return "\\".join(str(part).strip() for part in value)
    return str(value).strip()
