"""Reads a DICOM structure set (RTSTRUCT) as labels on a CT's grid, its contours filled in."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from imaging.errors import GeometryMismatchError, MaskwrightError, UnreadableFileError
from imaging.geometry import VolumeGeometry
from imaging.readers.label_canvas import LabelCanvas, check_inside, frame_warnings
from imaging.readers.polygon_fill import filled_polygon
from imaging.readers.segment_names import SegmentNames, structure_of
from imaging.readers.volume_source import VolumeSource

FILLED_TYPES = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")
"""Contours with an inside; points and open lines have none."""

MAX_BESIDE_SLICE = 0.25
"""A contour may lie this share of the slice distance beside its slice, without a word."""

MAX_LEAN = 0.5
"""A contour that spans more than this many slices lies in no plane of the CT."""

Filled = tuple[int, int, NDArray[np.bool_], tuple[int, int]]
"""Axis and index of the slice, the mask of a contour's own box, and where that box begins."""


class _Contours:
    """Places contours on a grid; counts those that have no place there."""

    def __init__(self, geometry: VolumeGeometry) -> None:
        self._geometry = geometry
        self.leaning = 0
        self.beside = 0

    def filled(self, points_lps: NDArray[np.float64]) -> Filled | None:
        """The inside of one contour, shape (n, 3); None if it leans or encloses nothing."""
        index_kji = self._geometry.lps_to_index(points_lps)
        axis = int(np.argmin(np.ptp(index_kji, axis=0)))
        heights = index_kji[:, axis]
        if np.ptp(heights) > MAX_LEAN:
            self.leaning += 1
            return None
        height = float(heights.mean())
        number = round(height)
        self.beside += abs(height - number) > MAX_BESIDE_SLICE
        flat = np.delete(index_kji, axis, axis=1)
        start = np.floor(flat.min(axis=0)).astype(int)
        shape = np.ceil(flat.max(axis=0)).astype(int) - start + 1
        mask = filled_polygon(flat - start, (int(shape[0]), int(shape[1])))
        return axis, number, mask, (int(start[0]), int(start[1]))

    def warnings(self) -> tuple[str, ...]:
        """What was left out or moved."""
        found = []
        if self.leaning:
            found.append(
                f"{_contours_are(self.leaning)} in no slice of the CT and left out. The file was "
                "drawn on another series; check the result."
            )
        if self.beside:
            found.append(
                f"{_contours_are(self.beside)} between the CT's slices and put on the nearest one. "
                "The file was drawn on another series; check the result."
            )
        return tuple(found)


def open_rtstruct(path: Path, geometry: VolumeGeometry, frame_uid: str | None) -> VolumeSource:
    """The labels of a structure set on the grid ``geometry``.

    Contours count where their points lie; which images they name does not matter, as many files
    name the wrong ones. ``frame_uid`` names the CT's patient frame, if it is known.

    Raises:
        UnreadableFileError: it is damaged or has no contour with an inside.
        GeometryMismatchError: its contours lie elsewhere.
    """
    names, canvas, contours = SegmentNames(path.name), LabelCanvas(geometry), _Contours(geometry)
    try:
        dataset = pydicom.dcmread(path, force=True)
        regions = _regions(dataset, names)
        for region, label_value in regions:
            _paint(canvas, contours, region, label_value)
        own_frame = _frame_uid(dataset)
    except (MemoryError, RecursionError, MaskwrightError):
        raise
    except Exception as error:  # pydicom answers damage with almost any built-in exception.
        raise UnreadableFileError(
            f"{path.name} is a damaged structure set (RTSTRUCT) and cannot be read. Export it "
            "again."
        ) from error
    if not regions:
        raise UnreadableFileError(
            f"{path.name} has no closed contour, so there is no structure to open."
        )
    check_inside(path, canvas)
    if not canvas.has_labels:
        raise GeometryMismatchError(
            f"The contours of {path.name} lie in no slice of this CT. Open the CT that it belongs "
            "to."
        )
    warnings = (
        *names.warnings(),
        *contours.warnings(),
        *canvas.warnings(),
        *frame_warnings(path.name, own_frame, frame_uid),
    )
    return VolumeSource(
        geometry, path.name, warnings, canvas.slabs(), names.unknown, has_our_values=True
    )


def _regions(dataset: Dataset, names: SegmentNames) -> list[tuple[list[NDArray[np.float64]], int]]:
    """The contours, in LPS mm, and the label value of each region that has an inside."""
    codes = {
        int(item.ReferencedROINumber): item.get("RTROIIdentificationCodeSequence") or ()
        for item in dataset.get("RTROIObservationsSequence") or ()
    }
    titles = {
        int(item.ROINumber): str(item.get("ROIName", ""))
        for item in dataset.StructureSetROISequence
    }
    regions = []
    for item in dataset.get("ROIContourSequence") or ():
        number = int(item.ReferencedROINumber)
        contours = [
            np.array(contour.ContourData, float).reshape(-1, 3)
            for contour in item.get("ContourSequence") or ()
            if contour.ContourGeometricType in FILLED_TYPES and len(contour.ContourData) >= 9
        ]
        if not contours:
            continue
        name = titles.get(number) or f"region {number}"
        value = names.label_value(structure_of(name, codes.get(number, ())), name)
        if value is not None:
            regions.append((contours, value))
    return regions


def _paint(
    canvas: LabelCanvas,
    contours: _Contours,
    region: list[NDArray[np.float64]],
    label_value: int,
) -> None:
    by_slice: dict[tuple[int, int], list[Filled]] = defaultdict(list)
    for points_lps in region:
        filled = contours.filled(points_lps)
        if filled is not None:
            by_slice[filled[:2]].append(filled)
    for (axis, number), parts in by_slice.items():
        flat = _exclusive_or(parts)
        canvas.paint(np.insert(flat, axis, number, axis=1), label_value)


def _exclusive_or(parts: list[Filled]) -> NDArray[np.int64]:
    """Pixels inside an odd number of contours: one within another is a hole; shape (n, 2)."""
    starts = np.array([start for *_, start in parts])
    ends = starts + [mask.shape for _, _, mask, _ in parts]
    first = starts.min(axis=0)
    together = np.zeros(ends.max(axis=0) - first, bool)
    for (_, _, mask, _), (row, column) in zip(parts, starts - first, strict=True):
        together[row : row + mask.shape[0], column : column + mask.shape[1]] ^= mask
    flat: NDArray[np.int64] = np.argwhere(together) + first
    return flat


def _contours_are(count: int) -> str:
    return "1 contour is" if count == 1 else f"{count} contours are"


def _frame_uid(dataset: Dataset) -> str:
    for item in dataset.get("StructureSetROISequence") or ():
        if item.get("ReferencedFrameOfReferenceUID"):
            return str(item.ReferencedFrameOfReferenceUID)
    return str(dataset.get("FrameOfReferenceUID", ""))
