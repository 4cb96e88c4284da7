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

SILENT_OFF_GRID = 0.1
"""A frame's pixels may lie this share of a voxel beside the CT's; slices are allowed as much."""

MAX_OFF_GRID = 0.4
"""Slices of an uneven CT lie beside an even grid; a pixel further away may be another one."""

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
        placing = _Placing(path, dataset, geometry)
        canvas, names = _paint(path, dataset, geometry, placing)
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
        *placing.warnings(),
        *canvas.warnings(),
        *_fraction_warnings(dataset),
        *frame_warnings(path.name, str(dataset.get("FrameOfReferenceUID", "")), frame_uid),
    )
    return VolumeSource(
        geometry, path.name, warnings, canvas.slabs(), names.unknown, has_our_values=True
    )


class _Placing:
    """Finds the CT's voxels for the pixels of frames; remembers how well they fit."""

    def __init__(self, path: Path, dataset: Dataset, geometry: VolumeGeometry) -> None:
        self._path = path
        self._geometry = geometry
        self._last = np.diag([dataset.Rows - 1.0, dataset.Columns - 1.0])
        self._off_grid = 0.0

    def index_kji(self, pixels: NDArray[np.int64], groups: dict[str, Dataset]) -> NDArray[np.int64]:
        """The CT's indices of pixels (row, column) of one frame, shape (n, 3).

        Raises:
            GeometryMismatchError: the frame's pixels are not the CT's.
        """
        position_lps = np.array(groups["PlanePositionSequence"].ImagePositionPatient, float)
        orientation = np.array(groups["PlaneOrientationSequence"].ImageOrientationPatient, float)
        j_mm, i_mm = (float(mm) for mm in groups["PixelMeasuresSequence"].PixelSpacing)
        steps_lps = np.stack([orientation[3:] * j_mm, orientation[:3] * i_mm])

        def exact(row_column: NDArray[np.float64]) -> NDArray[np.float64]:
            return self._geometry.lps_to_index(position_lps + row_column @ steps_lps)

        first = exact(np.zeros(2))
        steps = np.rint(exact(np.eye(2)) - first)
        # Where the last row and column would lie if every step went from voxel to voxel.
        misfit = exact(self._last) - (np.rint(first) + self._last @ steps)
        off_grid = float(max(np.abs(misfit).max(), np.abs(first - np.rint(first)).max()))
        if off_grid > MAX_OFF_GRID or (np.abs(steps).sum(axis=1) != 1).any():
            raise GeometryMismatchError(
                f"{self._path.name} was not drawn on this CT: its pixels lie between the CT's "
                "voxels or are of another size. Open the CT that it belongs to."
            )
        self._off_grid = max(self._off_grid, off_grid)
        return np.rint(exact(pixels.astype(float))).astype(np.int64)

    def warnings(self) -> tuple[str, ...]:
        """A sentence where pixels were moved by more than rounding."""
        if self._off_grid <= SILENT_OFF_GRID:
            return ()
        return (
            f"Its pixels lie up to {self._off_grid:.1f} voxels beside the CT's and were put on the "
            "nearest ones. Check that the outlines lie on the organs.",
        )


def _paint(
    path: Path, dataset: Dataset, geometry: VolumeGeometry, placing: _Placing
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
                canvas.paint(placing.index_kji(pixels, groups), values[number])
    return canvas, names


def _label_values(dataset: Dataset, names: SegmentNames) -> dict[int, int]:
    """From segment numbers to our label values."""
    values = {}
    for segment in dataset.SegmentSequence:
        if segment.SegmentNumber == 0:
            continue  # Label maps describe their background, too.
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


def _fraction_warnings(dataset: Dataset) -> tuple[str, ...]:
    if dataset.get("SegmentationType") != "FRACTIONAL":
        return ()
    return ("The segmentation holds fractions; voxels of at least one half count as inside.",)
