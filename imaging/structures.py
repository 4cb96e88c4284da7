"""The organ table: names, label values, colours and SNOMED CT codes."""

from __future__ import annotations

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

_BY_NAME = {structure.name: structure for structure in STRUCTURES}
_BY_VALUE = {structure.label_value: structure for structure in STRUCTURES}


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
    """The structure with that label value; None if the table has none."""
    return _BY_VALUE.get(label_value)
