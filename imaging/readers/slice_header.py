"""What we need to know of each CT slice, read from DICOM headers without touching its pixels."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydicom
from pydicom import config as pydicom_config
from pydicom.dataset import Dataset
from pydicom.uid import (
    CTImageStorage,
    EnhancedCTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    LegacyConvertedEnhancedCTImageStorage,
)

from imaging.errors import UnreadableFileError

logger = logging.getLogger(__name__)

PIXEL_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
NATIVE_SYNTAXES = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian)
"""Transfer syntaxes whose pixels lie in the file as they are."""

CT_SOP_CLASSES = (CTImageStorage, EnhancedCTImageStorage, LegacyConvertedEnhancedCTImageStorage)
DICOMDIR_SOP_CLASS = "1.2.840.10008.1.3.10"

_DEFER_BYTES = 4096
"""Longer values stay in the file: the pixels, mostly."""

_KEYWORDS = [
    "BitsAllocated", "BitsStored", "Columns", "ContrastBolusAgent",
    "FrameType", "GantryDetectorTilt", "HighBit", "ImageOrientationPatient",
    "ImagePositionPatient", "ImageType", "InstanceNumber", "LossyImageCompression", "Modality",
    "NumberOfFrames", "PerFrameFunctionalGroupsSequence", "PhotometricInterpretation",
    "PixelRepresentation", "PixelSpacing", "ProtocolName", "RescaleIntercept", "RescaleSlope",
    "RescaleType", "Rows", "SOPClassUID", "SOPInstanceUID", "SamplesPerPixel",
    "SeriesDescription", "SeriesInstanceUID", "SharedFunctionalGroupsSequence", "SliceThickness",
    *PIXEL_KEYWORDS,
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """How one image's stored values lie in its file.

    Attributes:
        is_native: True if they can be read as they are, False if they must be decompressed.
        is_big_endian: byte order of native values.
        offset: where the native values of this image begin in the file; None if compressed.
        byte_count: how many bytes of this image are really there; None if compressed.
        bits_allocated: bits from one value to the next.
        bits_stored: bits that count.
        is_signed: two's complement.
    """

    is_native: bool
    is_big_endian: bool
    offset: int | None
    byte_count: int | None
    bits_allocated: int
    bits_stored: int
    is_signed: bool


@dataclass(frozen=True, slots=True)
class SliceHeader:
    """One image plane: a single-frame file, or one frame of a multi-frame file.

    Numbers are as the header has them, NaN included; None where it has none that can be read.

    Attributes:
        path: the file.
        frame: counts from 0 in a multi-frame file; None in a single-frame one.
        position_lps: centre of the first voxel, mm.
        orientation: LPS direction along a row, then along a column; six numbers.
        spacing_ji_mm: distance between rows, then between columns.
        pixels: None if the file has no pixels.
        phase_text: description, protocol and contrast agent, for the phase.
    """

    path: Path
    frame: int | None
    series_uid: str
    sop_uid: str
    sop_class: str
    modality: str
    description: str
    phase_text: str
    has_contrast_agent: bool
    image_type: tuple[str, ...]
    rows: int
    columns: int
    samples_per_pixel: int
    photometric: str
    position_lps: tuple[float, ...] | None
    orientation: tuple[float, ...] | None
    spacing_ji_mm: tuple[float, ...] | None
    thickness_mm: float | None
    slope: float | None
    intercept: float | None
    rescale_type: str
    gantry_tilt_deg: float
    is_lossy: bool
    pixels: PixelFormat | None

    @property
    def where(self) -> str:
        """How to call this image in a sentence."""
        return self.path.name if self.frame is None else f"frame {self.frame + 1}"


def read_slice_headers(path: Path) -> tuple[SliceHeader, ...]:
    """All image planes of a DICOM file; one without pixels for a report, plan or structure set.

    Raises:
        UnreadableFileError: it is not a DICOM file, or damaged.
    """
    pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE
    try:
        dataset = pydicom.dcmread(
            path, force=True, defer_size=_DEFER_BYTES, specific_tags=_KEYWORDS
        )
        if _ends_in_header(dataset):
            raise EOFError("the file ends before its series is named")
        return tuple(_planes(path, dataset))
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # pydicom answers damage with almost any built-in exception.
        logger.debug("damaged DICOM header", exc_info=True)
        raise UnreadableFileError(
            f"{path.name} is damaged or cut short and cannot be read as DICOM. "
            "Copy or export it again."
        ) from error


def _ends_in_header(dataset: Dataset) -> bool:
    """True for a file cut short, which pydicom reads as far as it goes without a word."""
    if "PixelData" in dataset or _sop_class(dataset) == DICOMDIR_SOP_CLASS:
        return False
    expected = "Rows" if _sop_class(dataset) in CT_SOP_CLASSES else "SeriesInstanceUID"
    return expected not in dataset


def _sop_class(dataset: Dataset) -> str:
    return _text(dataset, "SOPClassUID") or _text(dataset.file_meta, "MediaStorageSOPClassUID")


def _planes(path: Path, dataset: Dataset) -> Iterator[SliceHeader]:
    frame_count = _integer(dataset, "NumberOfFrames") or 1
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence")
    shared = dataset.get("SharedFunctionalGroupsSequence")
    if not per_frame and frame_count == 1:
        yield _plane(path, None, dataset, [dataset])
        return
    if not per_frame:
        yield _plane(path, 0, dataset, [])  # Frames without a place in the patient.
        return
    for index, frame in enumerate(per_frame):
        # The nearest wins: a frame's own group, the shared one, the plain header.
        groups = [*_items(frame), *(_items(shared[0]) if shared else []), dataset]
        yield _plane(path, index, dataset, groups)


def _items(functional_group: Dataset) -> list[Dataset]:
    """The macro inside of each sequence of a functional group."""
    return [
        element.value[0] for element in functional_group if element.VR == "SQ" and element.value
    ]


def _plane(path: Path, frame: int | None, dataset: Dataset, groups: list[Dataset]) -> SliceHeader:
    def numbers(keyword: str, count: int) -> tuple[float, ...] | None:
        return next((v for g in groups if (v := _numbers(g, keyword, count)) is not None), None)

    def number(keyword: str) -> float | None:
        found = numbers(keyword, 1)
        return None if found is None else found[0]

    def text(keyword: str) -> str:
        return next((v for group in groups if (v := _text(group, keyword))), "")

    image_type = text("FrameType") or text("ImageType")
    return SliceHeader(
        path=path,
        frame=frame,
        series_uid=_text(dataset, "SeriesInstanceUID"),
        sop_uid=_text(dataset, "SOPInstanceUID"),
        sop_class=_sop_class(dataset),
        modality=_text(dataset, "Modality"),
        description=_text(dataset, "SeriesDescription"),
        phase_text=" ".join(_text(dataset, k) for k in ("SeriesDescription", "ProtocolName")),
        has_contrast_agent=bool(_text(dataset, "ContrastBolusAgent")),
        image_type=tuple(image_type.upper().split("\\")),
        rows=_integer(dataset, "Rows") or 0,
        columns=_integer(dataset, "Columns") or 0,
        samples_per_pixel=_integer(dataset, "SamplesPerPixel") or 1,
        photometric=_text(dataset, "PhotometricInterpretation"),
        position_lps=numbers("ImagePositionPatient", 3),
        orientation=numbers("ImageOrientationPatient", 6),
        spacing_ji_mm=numbers("PixelSpacing", 2),
        thickness_mm=number("SliceThickness"),
        slope=number("RescaleSlope"),
        intercept=number("RescaleIntercept"),
        rescale_type=text("RescaleType"),
        gantry_tilt_deg=number("GantryDetectorTilt") or 0.0,
        is_lossy=_text(dataset, "LossyImageCompression") == "01",
        pixels=_pixel_format(path, dataset, frame or 0),
    )


def _pixel_format(path: Path, dataset: Dataset, frame: int) -> PixelFormat | None:
    if "PixelData" not in dataset:
        return None
    # Without a name of its own a transfer syntax is DICOM's default.
    syntax = getattr(dataset.file_meta, "TransferSyntaxUID", ImplicitVRLittleEndian)
    allocated = _integer(dataset, "BitsAllocated") or 16
    offset = byte_count = None
    if syntax in NATIVE_SYNTAXES:
        start, end = _extent_in_file(path, dataset.get_item("PixelData"))
        size = (_integer(dataset, "Rows") or 0) * (_integer(dataset, "Columns") or 0)
        size = size * allocated // 8
        offset = start + frame * size
        byte_count = max(0, min(end - offset, size))
    return PixelFormat(
        is_native=syntax in NATIVE_SYNTAXES,
        is_big_endian=syntax == ExplicitVRBigEndian,
        offset=offset,
        byte_count=byte_count,
        bits_allocated=allocated,
        bits_stored=_integer(dataset, "BitsStored") or allocated,
        is_signed=_integer(dataset, "PixelRepresentation") == 1,
    )


def _extent_in_file(path: Path, element: Any) -> tuple[int, int]:  # noqa: ANN401 - raw or not
    """Where an element's value begins and really ends, in bytes from the start of the file."""
    is_raw = hasattr(element, "value_tell")
    start = int(element.value_tell if is_raw else element.file_tell)
    length = int(element.length) if is_raw else len(element.value)
    return start, min(start + length, path.stat().st_size)


def _text(dataset: Dataset, keyword: str) -> str:
    value = _value(dataset, keyword)
    if value is None:
        return ""
    if isinstance(value, (list, pydicom.multival.MultiValue)):
        return "\\".join(str(part).strip() for part in value)
    return str(value).strip()


def _numbers(dataset: Dataset, keyword: str, count: int) -> tuple[float, ...] | None:
    value = _value(dataset, keyword)
    if value is None:
        return None
    try:
        parts = [value] if isinstance(value, (str, int, float)) else list(value)
        numbers = tuple(float(part) for part in parts)
    except (TypeError, ValueError, OverflowError):
        return None
    return numbers if len(numbers) == count else None


def _integer(dataset: Dataset, keyword: str) -> int | None:
    found = _numbers(dataset, keyword, 1)
    return int(found[0]) if found is not None and abs(found[0]) < 2**31 else None


def _value(dataset: Dataset, keyword: str) -> Any:  # noqa: ANN401 - whatever the header holds
    """A header value; None where it is absent, or no value of its type (``PixelSpacing = abc``)."""
    try:
        return dataset.get(keyword)
    except (TypeError, ValueError, OverflowError):
        return None
