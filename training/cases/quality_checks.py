"""Looks at a label map before it is approved, and says in sentences what a reviewer should see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

from imaging.geometry import VolumeGeometry
from imaging.labels import Box
from imaging.measures import MM3_PER_ML
from imaging.structures import Structure, all_structures, structure_by_name, structure_by_value
from imaging.volume import Volume
from training.cases.body_middle import middle_x_lps
from training.cases.mask_parts import MaskParts, holes_of, islands_of
from training.cases.organ_ranges import NOTHING_KNOWN, ORGAN_RANGES, OrganRange, Side

TINY_ML = 0.1
"""Islands and holes of less in all are noted, but need no word of excuse."""

SIDE_MARGIN_MM = 10.0
"""An organ's centre may lie this far beyond the body's middle before its side is doubted."""

_EDGES = {"S": "upper", "I": "lower", "L": "left", "R": "right", "A": "front", "P": "back"}
"""The edge towards which an axis with this letter grows."""

_OPPOSITE = {"S": "I", "I": "S", "L": "R", "R": "L", "A": "P", "P": "A"}


class Severity(StrEnum):
    """How much a finding matters."""

    NOTE = "note"
    """Good to know; nothing needs to be done."""
    WARNING = "warning"
    """To approve nevertheless needs a word of reason."""
    ERROR = "error"
    """It cannot be right."""


class Check(StrEnum):
    """What was looked at."""

    GRID = "grid"
    UNKNOWN_VALUE = "unknown value"
    EMPTY = "empty"
    ISLANDS = "islands"
    HOLES = "holes"
    EDGE = "edge"
    VOLUME = "volume"
    HU = "hu"
    SIDE = "side"
    NEWER_VERSION = "newer version"
    """Said of the open case alone: ``check_labels`` sees no versions."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a reviewer should look at.

    ``structure`` is a name of the organ table, None where the finding is about the whole map;
    ``point_lps`` is where to look, in mm, None where there is no such place.
    """

    check: Check
    severity: Severity
    sentence: str
    structure: str | None = None
    point_lps: tuple[float, float, float] | None = None

    @property
    def needs_reason(self) -> bool:
        """True if approving nevertheless needs a word of reason."""
        return self.severity is not Severity.NOTE


def check_labels(
    labels: NDArray[np.uint8],
    volume: Volume,
    *,
    expected: Sequence[str] = (),
    labels_geometry: VolumeGeometry | None = None,
) -> tuple[Finding, ...]:
    """What is doubtful about a label map of a CT; gravest first.

    Takes a second or two on a large CT; runs on any thread. ``expected`` are structures whose
    absence is a finding; ``labels_geometry`` is the grid of the labels where that is not known
    to be the CT's.
    """
    own = labels_geometry or volume.geometry
    if labels.shape != volume.geometry.shape or not own.is_close(volume.geometry, 0.1):
        return (Finding(Check.GRID, Severity.ERROR, _OFF_GRID),)
    boxes = _boxes(labels)
    findings = [*_unknown_values(labels, boxes, own), *_absent(boxes, expected)]
    middle_x = middle_x_lps(volume) if boxes else None
    for structure in all_structures():
        if structure.label_value in boxes:
            look = _Look.at(labels, volume, structure, boxes[structure.label_value])
            findings.extend(_findings_of(look, middle_x))
    order = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))


_OFF_GRID = (
    "The labels do not lie on the CT's grid. Import the file that was made from this CT, or "
    "resample it onto the CT's grid."
)


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """One structure, cut out: what all its checks need.

    ``labels`` and ``mask`` have the box's shape; ``center_kji`` is an index of the whole grid.
    """

    structure: Structure
    box: Box
    labels: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    geometry: VolumeGeometry
    mean_hu: float
    center_kji: NDArray[np.float64]

    @classmethod
    def at(cls, labels: NDArray[np.uint8], volume: Volume, structure: Structure, box: Box) -> _Look:
        """Cut a structure out of the labels and the CT."""
        cut = labels[box]
        mask = cut == structure.label_value
        mean_hu = float(volume.array[box][mask].mean(dtype=np.float64))
        center = _center_of(mask) + [part.start for part in box]
        return cls(structure, box, cut, mask, volume.geometry, mean_hu, center)

    @property
    def volume_ml(self) -> float:
        return self.ml_of(int(np.count_nonzero(self.mask)))

    def ml_of(self, voxel_count: int) -> float:
        return voxel_count * self.geometry.voxel_volume_mm3 / MM3_PER_ML

    def point_lps(self, index_kji: NDArray[np.int64]) -> tuple[float, float, float]:
        """The place of a voxel of the box in the patient."""
        x, y, z = self.geometry.index_to_lps(index_kji + [part.start for part in self.box])
        return float(x), float(y), float(z)

    def inner_point_lps(self) -> tuple[float, float, float]:
        """A voxel of the mask near its centre."""
        local = self.center_kji - [part.start for part in self.box]
        voxels = np.argwhere(self.mask)
        nearest = voxels[int(np.argmin(((voxels - local) ** 2).sum(axis=1)))]
        return self.point_lps(nearest)


def _findings_of(look: _Look, middle_x: float | None) -> Iterator[Finding]:
    usual = ORGAN_RANGES.get(look.structure.name, NOTHING_KNOWN)
    edges = _touched_edges(look)
    if usual.is_one_piece:
        yield from _parts(look, Check.ISLANDS, islands_of(look.mask))
    yield from _parts(look, Check.HOLES, holes_of(look.mask, look.labels == 0))
    if edges and not usual.is_often_cut:
        yield _edge_finding(look, edges)
    yield from _volume(look, usual, is_cut=bool(edges))
    yield from _hu(look, usual)
    if middle_x is not None:
        yield from _side(look, usual, middle_x)


def _unknown_values(
    labels: NDArray[np.uint8], boxes: dict[int, Box], geometry: VolumeGeometry
) -> Iterator[Finding]:
    for value, box in boxes.items():
        if structure_by_value(value) is None:
            where = np.argwhere(labels[box] == value)[0] + [part.start for part in box]
            x, y, z = geometry.index_to_lps(where)
            sentence = (
                f"Some voxels carry the value {value}, which stands for no structure. "
                "Import the labels again and say what it means, or erase it."
            )
            point = (float(x), float(y), float(z))
            yield Finding(Check.UNKNOWN_VALUE, Severity.ERROR, sentence, None, point)


def _absent(boxes: dict[int, Box], expected: Sequence[str]) -> Iterator[Finding]:
    if not boxes:
        sentence = "Nothing is labelled. Segment a structure, or exclude the case with a reason."
        yield Finding(Check.EMPTY, Severity.WARNING, sentence)
        return
    for structure in (structure_by_name(name) for name in expected):
        if structure.label_value not in boxes:
            sentence = f"{structure.title}: nothing is labelled, although it is expected here."
            yield Finding(Check.EMPTY, Severity.WARNING, sentence, structure.name)


def _parts(look: _Look, check: Check, parts: MaskParts | None) -> Iterator[Finding]:
    if parts is None:
        return
    ml = look.ml_of(parts.voxel_count)
    count = parts.count
    if check is Check.ISLANDS:
        what = "1 island" if count == 1 else f"{count} islands"
        where = f"{what} apart from its largest part ({_ml(ml)} in all)"
    else:
        what = "1 hole" if count == 1 else f"{count} holes"
        where = f"{what} inside ({_ml(ml)} in all)"
    yield Finding(
        check,
        Severity.NOTE if ml < TINY_ML else Severity.WARNING,
        f"{look.structure.title}: {where}.",
        look.structure.name,
        look.point_lps(np.array(parts.index_kji)),
    )


def _touched_edges(look: _Look) -> dict[str, NDArray[np.int64]]:
    """Edges of the field of view that a mask reaches, with a voxel of the box at each."""
    touched = {}
    for axis, letter in enumerate(look.geometry.axis_letters()):
        part, size = look.box[axis], look.geometry.shape[axis]
        ends = ((part.start == 0, 0, _OPPOSITE[letter]), (part.stop == size, -1, letter))
        for is_reached, end, towards in ends:
            if is_reached:
                face = np.argwhere(np.take(look.mask, end, axis=axis))
                middle = face[len(face) // 2]
                at = look.mask.shape[axis] - 1 if end else 0
                touched[_EDGES[towards]] = np.insert(middle, axis, at)
    return touched


def _edge_finding(look: _Look, edges: dict[str, NDArray[np.int64]]) -> Finding:
    where = " and ".join(edges)
    sentence = (
        f"{look.structure.title}: reaches the {where} edge of the field of view. "
        "It is cut off there, and its volume is too small."
    )
    point = look.point_lps(next(iter(edges.values())))
    return Finding(Check.EDGE, Severity.NOTE, sentence, look.structure.name, point)


def _volume(look: _Look, usual: OrganRange, *, is_cut: bool) -> Iterator[Finding]:
    smallest, largest = usual.volume_ml
    ml = look.volume_ml
    if ml > largest or (ml < smallest and not is_cut and not usual.is_often_cut):
        size = "small" if ml < smallest else "large"
        sentence = (
            f"{look.structure.title}: {_ml(ml)} is unusually {size} "
            f"(usual are {smallest:g} to {largest:g} mL)."
        )
        yield _about_all(look, Check.VOLUME, sentence)


def _hu(look: _Look, usual: OrganRange) -> Iterator[Finding]:
    lowest, highest = usual.mean_hu
    if not lowest <= look.mean_hu <= highest:
        sentence = (
            f"{look.structure.title}: its mean of {look.mean_hu:.0f} HU is unusual (usual are "
            f"{lowest:g} to {highest:g} HU). The mask may lie on something else."
        )
        yield _about_all(look, Check.HU, sentence)


def _side(look: _Look, usual: OrganRange, middle_x: float) -> Iterator[Finding]:
    if usual.side is None:
        return
    left_of_middle_mm = float(look.geometry.index_to_lps(look.center_kji)[0]) - middle_x
    outwards_mm = left_of_middle_mm if usual.side is Side.LEFT else -left_of_middle_mm
    if outwards_mm < -SIDE_MARGIN_MM:
        other = "right" if usual.side is Side.LEFT else "left"
        sentence = (
            f"{look.structure.title}: lies in the patient's {other} half. The labels may be "
            "swapped, or the CT's header mirrors left and right."
        )
        yield _about_all(look, Check.SIDE, sentence)


def _about_all(look: _Look, check: Check, sentence: str) -> Finding:
    return Finding(check, Severity.WARNING, sentence, look.structure.name, look.inner_point_lps())


def _boxes(labels: NDArray[np.uint8]) -> dict[int, Box]:
    """The bounding box of each value that occurs, background aside."""
    return {
        value: (box[0], box[1], box[2])
        for value, box in enumerate(find_objects(labels), start=1)
        if box is not None
    }


def _center_of(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The mean index of the true voxels, axis by axis, which takes less memory than a list."""
    total = int(np.count_nonzero(mask))
    means = []
    for axis in range(3):
        others = tuple(n for n in range(3) if n != axis)
        counts = np.count_nonzero(mask, axis=others)
        means.append(float(counts @ np.arange(len(counts))) / total)
    return np.array(means)


def _ml(ml: float) -> str:
    return f"{ml:.1f} mL" if ml >= 0.1 else f"{ml:.2f} mL"
