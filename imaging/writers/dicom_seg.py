"""Writes label maps as DICOM segmentations (SEG) that name the CT they were drawn on."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import highdicom
import numpy as np
from highdicom.color import CIELabColor
from highdicom.seg import Segmentation, SegmentDescription
from numpy.typing import NDArray
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import generate_uid

from imaging.errors import MaskwrightError, WriteError
from imaging.geometry import VolumeGeometry
from imaging.readers.dicom_seg import open_dicom_seg
from imaging.readers.label_file import reordered
from imaging.readers.segment_names import SNOMED
from imaging.readers.source_series import SourceSeries
from imaging.structures import Structure
from imaging.writers.atomic_file import whole_file
from imaging.writers.mask_origin import (
    PRODUCT,
    RESEARCH_USE,
    MaskKind,
    MaskOrigin,
    product_version,
)

DICOM_ENDING = ".dcm"

SERIES_NUMBER = 7001
"""Far from a scanner's own series, so that the object stands last in a viewer's list."""

DEVICE_SERIAL = "0"
"""The standard asks for one; a program has none."""

_ORGAN = Code("123037004", SNOMED, "Anatomical Structure")
_LESION = Code("49755003", SNOMED, "Morphologically Abnormal Structure")
_LESION_WORDS = ("neoplasm", "lesion", "tumour")


def write_dicom_seg(
    path: Path,
    labels: NDArray[np.uint8],
    geometry: VolumeGeometry,
    structures: Sequence[Structure],
    source: SourceSeries,
    origin: MaskOrigin,
) -> None:
    """Write the masks of ``structures`` as binary segments; empty ones are left out.

    Args:
        path: ends in ".dcm".
        labels: shape (k, j, i), on ``geometry``, the grid of the CT.
        geometry: any order of axes; the source's own grid otherwise.
        structures: which masks to write.
        source: the CT's own images, or the ones that were written for it.
        origin: how the masks came to be.

    Raises:
        WriteError: there is nothing to write, or it did not read back the same.
        GeometryMismatchError: the labels do not lie on the source's grid.
    """
    on_source = reordered(labels, geometry, source.geometry, path.name)
    present = present_structures(path, on_source, structures)
    segmentation = _segmentation(on_source, present, source, origin)
    with whole_file(path, DICOM_ENDING) as part:
        segmentation.save_as(part)
        _compare(path, part, on_source, present, source.geometry)


def present_structures(
    path: Path, labels: NDArray[np.uint8], structures: Sequence[Structure]
) -> tuple[Structure, ...]:
    """The structures that have a voxel.

    Raises:
        WriteError: none has.
    """
    values = set(np.unique(labels).tolist())
    present = tuple(one for one in structures if one.label_value in values)
    if not present:
        raise WriteError(
            f"{path.name} was not saved: none of the chosen structures has a voxel. "
            "Segment one first."
        )
    return present


def _segmentation(
    labels: NDArray[np.uint8],
    present: Sequence[Structure],
    source: SourceSeries,
    origin: MaskOrigin,
) -> Segmentation:
    numbers = np.zeros(256, np.uint8)
    numbers[[structure.label_value for structure in present]] = np.arange(1, len(present) + 1)
    with warnings.catch_warnings():
        # Names of patients in one part, as pseudonyms are, are not ours to mend.
        warnings.filterwarnings("ignore", "The string .* person name", UserWarning)
        return Segmentation(
            source_images=source.images,
            pixel_array=numbers[labels],
            segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
            segment_descriptions=[
                _description(number, structure, origin)
                for number, structure in enumerate(present, start=1)
            ],
            series_instance_uid=generate_uid(prefix=None),
            series_number=SERIES_NUMBER,
            sop_instance_uid=generate_uid(prefix=None),
            instance_number=1,
            manufacturer=PRODUCT,
            manufacturer_model_name=PRODUCT,
            software_versions=product_version(),
            device_serial_number=DEVICE_SERIAL,
            content_description=RESEARCH_USE,
            content_label="SEGMENTATION",
            series_description=f"{PRODUCT} masks ({RESEARCH_USE.lower()})",
        )


def _description(number: int, structure: Structure, origin: MaskOrigin) -> SegmentDescription:
    is_lesion = any(word in structure.snomed_meaning.lower() for word in _LESION_WORDS)
    algorithm = None
    if origin.kind is not MaskKind.MANUAL:
        algorithm = highdicom.AlgorithmIdentificationSequence(
            name=origin.algorithm_name,
            family=codes.DCM.ArtificialIntelligence,
            version=origin.algorithm_version,
        )
    return SegmentDescription(
        segment_number=number,
        segment_label=structure.title,
        segmented_property_category=_LESION if is_lesion else _ORGAN,
        segmented_property_type=Code(structure.snomed_code, SNOMED, structure.snomed_meaning),
        algorithm_type=origin.kind.value,
        algorithm_identification=algorithm,
        tracking_uid=generate_uid(prefix=None),
        tracking_id=structure.name,
        display_color=CIELabColor.from_rgb(*structure.color_rgb),
    )


def _compare(
    path: Path,
    part: Path,
    labels: NDArray[np.uint8],
    present: Sequence[Structure],
    geometry: VolumeGeometry,
) -> None:
    problem = WriteError(
        f"{path.name} was not saved: what was written did not read back the same. The disk may be "
        "full or damaged; save to another one. What was there before is unchanged."
    )
    kept = np.zeros(256, np.uint8)
    values = [structure.label_value for structure in present]
    kept[values] = values
    try:
        first = 0
        for slab in open_dicom_seg(part, geometry, None).slabs:
            if not np.array_equal(slab, kept[labels[first : first + len(slab)]]):
                raise problem
            first += len(slab)
    except MaskwrightError as error:
        raise problem from error
