"""The organ table: names, label values, colours and SNOMED CT codes."""

from __future__ import annotations

import colorsys
import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Structure:
    """An organ or lesion that can be segmented.

    Attributes:
        name: lower-case key, used in commands, files and click lists.
        label_value: its integer in our label maps, 1 to 255.
        color_rgb: display colour, 0 to 255.
        snomed_code: SNOMED CT concept identifier of the anatomy or finding.
        snomed_meaning: that concept's preferred term.
    """

    name: str
    label_value: int
    color_rgb: tuple[int, int, int]
    snomed_code: str
    snomed_meaning: str

    @property
    def title(self) -> str:
        """The name as shown in the window."""
        return self.name[0].upper() + self.name[1:]


# The first eight colours are Okabe and Ito's (2008), which people with any of the common
# colour deficiencies tell apart; their order puts unlike ones on organs that touch. The
# later ones are Paul Tol's "muted" scheme.
STRUCTURES: tuple[Structure, ...] = (
    Structure("spleen", 1, (230, 159, 0), "78961009", "Spleen"),
    Structure("pancreas", 2, (86, 180, 233), "15776009", "Pancreas"),
    Structure("pancreas tumour", 3, (213, 94, 0), "126859007", "Neoplasm of pancreas"),
    Structure("liver", 4, (0, 158, 115), "10200004", "Liver"),
    Structure("left kidney", 5, (204, 121, 167), "18639004", "Left kidney"),
    Structure("right kidney", 6, (240, 228, 66), "9846003", "Right kidney"),
    Structure("stomach", 7, (0, 114, 178), "69695003", "Stomach"),
    Structure("gallbladder", 8, (68, 170, 153), "28231008", "Gallbladder"),
    Structure("aorta", 9, (204, 102, 119), "15825003", "Aorta"),
    Structure("inferior vena cava", 10, (136, 204, 238), "64131007", "Inferior vena cava"),
    Structure("esophagus", 11, (221, 204, 119), "32849002", "Esophagus"),
    Structure("duodenum", 12, (153, 153, 51), "38848004", "Duodenum"),
    Structure("portal and splenic vein", 13, (170, 68, 153), "32764006", "Portal vein"),
    Structure("left adrenal gland", 14, (136, 34, 85), "12003004", "Left adrenal gland"),
    Structure("right adrenal gland", 15, (17, 119, 51), "29392005", "Right adrenal gland"),
)

FIRST_CUSTOM_VALUE = 64
"""Label values from here on belong to structures that a model brings; below is the table's room."""

ANATOMICAL_STRUCTURE = ("91723000", "Anatomical structure")
"""SNOMED CT's most general concept for a part of the body: the code of what has no own one."""

GOLDEN_ANGLE = 0.618034
"""Of the colour circle: steps of this size keep any number of hues apart."""

_BY_NAME = {structure.name: structure for structure in STRUCTURES}
_BY_VALUE = {structure.label_value: structure for structure in STRUCTURES}


def add_structure(
    name: str,
    label_value: int | None = None,
    snomed_code: str = ANATOMICAL_STRUCTURE[0],
    snomed_meaning: str = ANATOMICAL_STRUCTURE[1],
) -> Structure:
    """Make a structure known that the table lacks; one that is known already stays as it is.

    Without ``label_value`` it gets one from its name, the same on every computer, so that saved
    label maps keep their meaning.

    Raises:
        ValueError: the value belongs to another structure, or cannot be one.
    """
    key = name.strip().lower().replace("_", " ")
    known = _BY_NAME.get(key)
    if known is not None:
        return known
    if label_value is None:
        label_value = custom_label_value(key)
    if not FIRST_CUSTOM_VALUE <= label_value <= 255:
        raise ValueError(f"{name!r} has the label value {label_value}, not 64 to 255")
    if label_value in _BY_VALUE:
        other = _BY_VALUE[label_value].name
        raise ValueError(f"{name!r} has the label value {label_value}, which is that of {other!r}")
    hue = (label_value * GOLDEN_ANGLE) % 1
    red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(hue, 0.6, 0.9))
    structure = Structure(key, label_value, (red, green, blue), snomed_code, snomed_meaning)
    _BY_NAME[key] = _BY_VALUE[label_value] = structure
    return structure


def custom_label_value(name: str) -> int:
    """The label value of a structure that the table lacks, from its name alone."""
    digest = hashlib.sha256(name.encode()).digest()
    return FIRST_CUSTOM_VALUE + int.from_bytes(digest[:4], "big") % (256 - FIRST_CUSTOM_VALUE)


def all_structures() -> tuple[Structure, ...]:
    """The table, then what models have added, by label value."""
    return tuple(_BY_VALUE[value] for value in sorted(_BY_VALUE))


def structure_by_name(name: str) -> Structure:
    """The structure of that name; case and underscores do not matter.

    Raises:
        KeyError: with a sentence that lists the known names.
    """
    key = name.strip().lower().replace("_", " ")
    if key not in _BY_NAME:
        known = ", ".join(_BY_NAME)
        raise KeyError(f"there is no structure {name!r}; choose one of: {known}")
    return _BY_NAME[key]


def structure_by_value(label_value: int) -> Structure | None:
    """The structure with that label value; None if there is none."""
    return _BY_VALUE.get(label_value)
