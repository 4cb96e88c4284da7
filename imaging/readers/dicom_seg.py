"""Reads a DICOM segmentation (SEG) as labels on a CT's grid, each frame placed by its geometry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels import iter_pixels

from imaging.errors import GeometryMismatchError, MaskwrightError, UnreadableFileError
from imaging.geometry import VolumeGeometry
from imaging.readers.label_canvas import LabelCanvas, check_inside, frame_warnings
from imaging.readers.segment_names import SegmentNames, structure_of
from imaging.readers.slice_header import NATIVE_SYNTAXES
from imaging.readers.volume_source import VolumeSource

MAX_OFF_GRID = 0.1
"""A frame's pixels may lie this share of a voxel beside the CT's; slices are allowed as much."""

HALF = 0.5
"""From this probability on a fractional segmentation counts as inside."""


def open_dicom_seg(path: Path, geometry: VolumeGeometry, frame_uid: str | None) -> VolumeSource:
    """The labels of a SEG on the grid ``geometry``; ``frame_uid`` names the CT's patient frame.

    Raises:
        UnreadableFileError: it is damaged.
        GeometryMismatchError: its pixels are not the CT's.
    """
    try:
        dataset = pydicom.dcmread(path, force=True)
        canvas, names = _paint(path, dataset, geometry)
    except (MemoryError, RecursionError, MaskwrightError):
        raise
    except Exception as error:  # pydicom answers damage with almost any built-in exception.
        raise UnreadableFileError(
            f"{path.name} is a damaged segmentation (DICOM SEG) and cannot be read. Export it "
            "again."
        ) from error
    check_inside(path, canvas)
    warnings = (
        *names.warnings(),
        *canvas.warnings(),
        *_fraction_warnings(dataset),
        *frame_warnings(path.name, str(dataset.get("FrameOfReferenceUID", "")), frame_uid),
    )
    return VolumeSource(geometry, path.name, warnings, canvas.slabs())


def _paint(
    path: Path, dataset: Dataset, geometry: VolumeGeometry
) -> tuple[LabelCanvas, SegmentNames]:
    names, canvas = SegmentNames(path.name), LabelCanvas(geometry)
    is_label_map = dataset.get("SegmentationType") == "LABELMAP"
    values = _label_values(dataset, names)
    shared = _groups(dataset.SharedFunctionalGroupsSequence[0])
    threshold = HALF * float(dataset.get("MaximumFractionalValue", 1) or 1)
    for group, frame in zip(
        dataset.PerFrameFunctionalGroupsSequence, _frames(dataset), strict=True
    ):
        groups = {**shared, **_groups(group)}
        if is_label_map:
            masks = [(int(n), frame == n) for n in np.unique(frame) if n]
        else:
            number = groups["SegmentIdentificationSequence"].ReferencedSegmentNumber
            masks = [(int(number), frame >= max(threshold, HALF))]
        for number, mask in masks:
            pixels = np.argwhere(mask)
            if len(pixels) and number in values:
                canvas.paint(_placed(path, pixels, groups, dataset, geometry), values[number])
    return canvas, names


def _label_values(dataset: Dataset, names: SegmentNames) -> dict[int, int]:
    """From segment numbers to our label values."""
    values = {}
    for segment in dataset.SegmentSequence:
        name = str(segment.get("SegmentLabel", "")) or f"segment {segment.SegmentNumber}"
        structure = structure_of(
            name,
            segment.get("SegmentedPropertyTypeCodeSequence") or (),
            segment.get("AnatomicRegionSequence") or (),
        )
        value = names.label_value(structure, name)
        if value is not None:
            values[int(segment.SegmentNumber)] = value
    return values


def _groups(item: Dataset) -> dict[str, Dataset]:
    return {
        element.keyword: element.value[0]
        for element in item
        if element.VR == "SQ" and element.value
    }


def _frames(dataset: Dataset) -> Iterator[NDArray[np.uint8]]:
    """Each frame as (rows, columns); bits are unpacked a frame at a time to save memory."""
    if dataset.file_meta.TransferSyntaxUID not in NATIVE_SYNTAXES or dataset.BitsAllocated != 1:
        yield from iter_pixels(dataset)
        return
    packed = np.frombuffer(dataset.PixelData, np.uint8)
    size = dataset.Rows * dataset.Columns
    for frame in range(int(dataset.NumberOfFrames)):
        first, last = frame * size, (frame + 1) * size
        # Frames follow each other bit by bit, so one may begin within a byte.
        bits = np.unpackbits(packed[first // 8 : -(-last // 8)], bitorder="little")
        start = first % 8
        yield bits[start : start + size].reshape(dataset.Rows, dataset.Columns)


def _placed(
    path: Path,
    pixels: NDArray[np.int64],
    groups: dict[str, Dataset],
    dataset: Dataset,
    geometry: VolumeGeometry,
) -> NDArray[np.int64]:
    """The CT's indices of pixels (row, column) of one frame."""
    position_lps = np.array(groups["PlanePositionSequence"].ImagePositionPatient, float)
    orientation = np.array(groups["PlaneOrientationSequence"].ImageOrientationPatient, float)
    row_step_mm, column_step_mm = (float(mm) for mm in groups["PixelMeasuresSequence"].PixelSpacing)
    steps_lps = np.stack([orientation[3:] * row_step_mm, orientation[:3] * column_step_mm])

    def index_kji(row_column: NDArray[np.float64]) -> NDArray[np.float64]:
        return geometry.lps_to_index(position_lps + row_column @ steps_lps)

    ends = np.array([[0.0, 0.0], [0.0, dataset.Columns - 1], [dataset.Rows - 1, 0.0]])
    corners = index_kji(ends)
    directions = np.abs(np.rint(index_kji(np.eye(2)) - index_kji(np.zeros(2))))
    if (
        np.abs(corners - np.rint(corners)).max() > MAX_OFF_GRID
        or (directions.sum(axis=1) != 1).any()
    ):
        raise GeometryMismatchError(
            f"{path.name} was not drawn on this CT: its pixels lie between the CT's voxels or are "
            "of another size. Open the CT that it belongs to."
        )
    return np.rint(index_kji(pixels.astype(float))).astype(np.int64)


def _fraction_warnings(dataset: Dataset) -> tuple[str, ...]:
    if dataset.get("SegmentationType") != "FRACTIONAL":
        return ()
    return ("The segmentation holds fractions; voxels of at least one half count as inside.",)
