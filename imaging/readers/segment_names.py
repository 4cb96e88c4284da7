"""Finds the structure that a segment of somebody else's file means: by its code, then its name."""

from __future__ import annotations

from collections.abc import Sequence

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from imaging.structures import STRUCTURES, Structure, structure_by_name, structure_by_value

SNOMED = "SCT"

LEFT = Code("7771000", SNOMED, "Left")
RIGHT = Code("24028007", SNOMED, "Right")

PAIRED = {
    "kidney": Code("64033007", SNOMED, "Kidney"),
    "adrenal gland": Code("23451007", SNOMED, "Adrenal gland"),
}
"""Organs that other programs code without their side, which they give beside it."""

TUMOUR_TYPES = (
    Code("108369006", SNOMED, "Neoplasm"),
    Code("4147007", SNOMED, "Mass"),
    Code("52988006", SNOMED, "Lesion"),
)
"""Findings that become a structure of ours where the region is the pancreas."""

SPELLINGS = {"tumor": "tumour", "oesophagus": "esophagus", "lt": "left", "rt": "right"}

MAX_LABEL_VALUE = 255


class SegmentNames:
    """Gives every segment of one file a label value; remembers what to tell the user."""

    def __init__(self, file_name: str) -> None:
        self._file_name = file_name
        self._next_free = max(structure.label_value for structure in STRUCTURES) + 1
        self._unknown: list[tuple[int, str]] = []

    def label_value(self, structure: Structure | None, name: str) -> int | None:
        """The structure's value, or the next free one; None if all are taken."""
        if structure is not None:
            return structure.label_value
        while structure_by_value(self._next_free) is not None:  # brought by a model
            self._next_free += 1
        if self._next_free > MAX_LABEL_VALUE:
            return None
        value, self._next_free = self._next_free, self._next_free + 1
        self._unknown.append((value, name))
        return value

    @property
    def unknown(self) -> tuple[tuple[int, str], ...]:
        """The values of segments that are in no organ table, and their names."""
        return tuple(self._unknown)

    def warnings(self) -> tuple[str, ...]:
        """Which segments are in no organ table, with the values they got."""
        if not self._unknown:
            return ()
        listed = ", ".join(f'"{name}" ({value})' for value, name in self._unknown)
        return (
            f"{self._file_name} has structures that the organ table lacks; they were kept under "
            f"free label values: {listed}.",
        )


def structure_of(
    name: str,
    types: Sequence[Dataset],
    regions: Sequence[Dataset] = (),
) -> Structure | None:
    """The structure that a coded type, a name or an anatomic region stands for.

    ``types`` and ``regions`` are items of DICOM's code sequences; a type may hold its side in a
    modifier sequence.
    """
    for item in types:
        found = _by_type(item)
        if found is not None:
            return found
    named = structure_of_name(name)
    if named is not None:
        return named
    is_tumour = any(_code(item) in TUMOUR_TYPES for item in types)
    for item in regions:
        found = _by_type(item)
        if found is None:
            continue
        if not is_tumour:
            return found
        return structure_of_name(f"{found.name} tumour")
    return None


def structure_of_name(name: str) -> Structure | None:
    """The structure of that name, whatever the order of its words, case or punctuation."""
    try:
        return structure_by_name(name)
    except KeyError:
        wanted = _words(name)
        return next((one for one in STRUCTURES if _words(one.name) == wanted), None)


def _by_type(item: Dataset) -> Structure | None:
    code = _code(item)
    if code is None:
        return None
    for structure in STRUCTURES:
        if code == Code(structure.snomed_code, SNOMED, structure.snomed_meaning):
            return structure
    for organ, plain in PAIRED.items():
        if code != plain:
            continue
        modifiers = [
            _code(modifier)
            for keyword in (
                "SegmentedPropertyTypeModifierCodeSequence",
                "AnatomicRegionModifierSequence",
            )
            for modifier in item.get(keyword) or ()
        ]
        for side, side_code in (("left", LEFT), ("right", RIGHT)):
            if side_code in modifiers:
                return structure_of_name(f"{side} {organ}")
    return None


def _code(item: Dataset) -> Code | None:
    value, scheme = item.get("CodeValue"), item.get("CodingSchemeDesignator")
    if not value or not scheme:
        return None
    # Equal codes of SNOMED's older notation (SRT, "T-62000") compare as equal.
    return Code(str(value), str(scheme), str(item.get("CodeMeaning", "")))


def _words(name: str) -> frozenset[str]:
    parts = "".join(c if c.isalnum() else " " for c in name.lower()).split()
    return frozenset(SPELLINGS.get(part, part) for part in parts)
