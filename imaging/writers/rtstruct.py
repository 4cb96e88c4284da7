"""Writes label maps as DICOM structure sets (RTSTRUCT): one closed outline for each part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.tag import Tag
from pydicom.uid import ImplicitVRLittleEndian, RTStructureSetStorage, generate_uid

from imaging.errors import MaskwrightError, WriteError
from imaging.geometry import VolumeGeometry
from imaging.measures import dice
from imaging.readers.label_file import reordered
from imaging.readers.rtstruct import open_rtstruct
from imaging.readers.segment_names import SNOMED
from imaging.readers.source_series import EMPTY_IF_ABSENT, UTF_8, SourceSeries
from imaging.structures import Structure
from imaging.writers.atomic_file import whole_file
from imaging.writers.dicom_seg import DICOM_ENDING, present_structures
from imaging.writers.mask_origin import PRODUCT, RESEARCH_USE, MaskOrigin, product_version
from imaging.writers.outlines import outlines

SERIES_NUMBER = 7002

MIN_DICE = 0.99
"""What comes back from the outlines must agree so well with the mask."""

_CONTOUR_DATA = Tag("ContourData")

_POINT_FORMAT = "{:.4f}"
"""A tenth of a micrometre; DICOM allows 16 characters."""


def write_rtstruct(
    path: Path,
    labels: NDArray[np.uint8],
    geometry: VolumeGeometry,
    structures: Sequence[Structure],
    source: SourceSeries,
    origin: MaskOrigin,
) -> None:
    """Write the masks of ``structures`` as regions of interest; empty ones are left out.

    Takes and raises what ``write_dicom_seg`` does.
    """
    on_source = reordered(labels, geometry, source.geometry, path.name)
    present = present_structures(path, on_source, structures)
    dataset = _structure_set(source)
    for number, structure in enumerate(present, start=1):
        dataset.StructureSetROISequence.append(_region(number, structure, source, origin))
        dataset.RTROIObservationsSequence.append(_observation(number, structure))
        dataset.ROIContourSequence.append(
            _contours(number, structure, on_source == structure.label_value, source)
        )
    with whole_file(path, DICOM_ENDING) as part:
        dataset.save_as(part, enforce_file_format=True)
        _compare(path, part, on_source, present, source.geometry)


def _structure_set(source: SourceSeries) -> FileDataset:
    first, now = source.images[0], datetime.now()
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = RTStructureSetStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(prefix=None)
    # Explicit value representations leave 64 KB for the numbers of one outline.
    meta.TransferSyntaxUID = ImplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = UTF_8
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    for keyword in (*EMPTY_IF_ABSENT, "StudyInstanceUID"):
        dataset[keyword] = first[keyword]
    dataset.Modality = "RTSTRUCT"
    dataset.SeriesInstanceUID = generate_uid(prefix=None)
    dataset.SeriesNumber = SERIES_NUMBER
    dataset.SeriesDescription = f"{PRODUCT} outlines ({RESEARCH_USE.lower()})"
    dataset.OperatorsName = ""
    dataset.Manufacturer = dataset.ManufacturerModelName = PRODUCT
    dataset.SoftwareVersions = product_version()
    dataset.InstanceNumber = 1
    dataset.InstanceCreationDate = dataset.StructureSetDate = now.strftime("%Y%m%d")
    dataset.InstanceCreationTime = dataset.StructureSetTime = now.strftime("%H%M%S")
    dataset.StructureSetLabel = PRODUCT
    dataset.StructureSetDescription = RESEARCH_USE
    dataset.ApprovalStatus = "UNAPPROVED"
    dataset.FrameOfReferenceUID = source.frame_of_reference_uid
    dataset.PositionReferenceIndicator = ""
    dataset.ReferencedFrameOfReferenceSequence = [_referenced_frame(source)]
    dataset.StructureSetROISequence = []
    dataset.ROIContourSequence = []
    dataset.RTROIObservationsSequence = []
    return dataset


def _referenced_frame(source: SourceSeries) -> Dataset:
    first = source.images[0]
    series = Dataset()
    series.SeriesInstanceUID = first.SeriesInstanceUID
    series.ContourImageSequence = [_reference(image) for image in source.images]
    study = Dataset()
    study.ReferencedSOPClassUID = (
        "1.2.840.10008.3.1.2.3.1"  # a study, in the standard's retired way
    )
    study.ReferencedSOPInstanceUID = first.StudyInstanceUID
    study.RTReferencedSeriesSequence = [series]
    frame = Dataset()
    frame.FrameOfReferenceUID = source.frame_of_reference_uid
    frame.RTReferencedStudySequence = [study]
    return frame


def _reference(image: Dataset) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = image.SOPClassUID
    item.ReferencedSOPInstanceUID = image.SOPInstanceUID
    return item


def _region(number: int, structure: Structure, source: SourceSeries, origin: MaskOrigin) -> Dataset:
    item = Dataset()
    item.ROINumber = number
    item.ReferencedFrameOfReferenceUID = source.frame_of_reference_uid
    item.ROIName = structure.title
    item.ROIGenerationAlgorithm = origin.kind.value
    item.ROIGenerationDescription = f"{origin.algorithm_name} {origin.algorithm_version}"
    return item


def _observation(number: int, structure: Structure) -> Dataset:
    code = Dataset()
    code.CodeValue = structure.snomed_code
    code.CodingSchemeDesignator = SNOMED
    code.CodeMeaning = structure.snomed_meaning
    item = Dataset()
    item.ObservationNumber = number
    item.ReferencedROINumber = number
    item.RTROIIdentificationCodeSequence = [code]
    item.RTROIInterpretedType = "ORGAN"
    item.ROIInterpreter = ""
    return item


def _contours(
    number: int, structure: Structure, mask: NDArray[np.bool_], source: SourceSeries
) -> Dataset:
    item = Dataset()
    item.ReferencedROINumber = number
    item.ROIDisplayColor = list(structure.color_rgb)
    item.ContourSequence = []
    for k in np.flatnonzero(mask.any(axis=(1, 2))):
        for outline in outlines(mask[k]):
            index_kji = np.insert(outline, 0, k, axis=1)
            contour = _contour(source.geometry.index_to_lps(index_kji), source.images[k])
            contour.ContourNumber = len(item.ContourSequence) + 1
            item.ContourSequence.append(contour)
    return item


def _contour(points_lps: NDArray[np.float64], image: Dataset) -> Dataset:
    contour = Dataset()
    contour.ContourImageSequence = [_reference(image)]
    contour.ContourGeometricType = "CLOSED_PLANAR"
    contour.NumberOfContourPoints = len(points_lps)
    contour[_CONTOUR_DATA] = _decimals(points_lps.ravel())
    return contour


def _decimals(numbers: NDArray[np.float64]) -> RawDataElement:
    """An element as it lies in the file: pydicom's own takes a second for 100,000 numbers."""
    text = "\\".join(_POINT_FORMAT.format(number) for number in numbers)
    value = (text + " " * (len(text) % 2)).encode("ascii")
    return RawDataElement(_CONTOUR_DATA, "DS", len(value), value, 0, True, True)


def _compare(
    path: Path,
    part: Path,
    labels: NDArray[np.uint8],
    present: Sequence[Structure],
    geometry: VolumeGeometry,
) -> None:
    problem = WriteError(
        f"{path.name} was not saved: its outlines do not give the masks back. The disk may be "
        "full or damaged; save to another one. What was there before is unchanged."
    )
    try:
        found = np.concatenate(list(open_rtstruct(part, geometry, None).slabs))
    except MaskwrightError as error:
        raise problem from error
    for structure in present:
        value = structure.label_value
        if dice(found == value, labels == value) < MIN_DICE:
            raise problem
