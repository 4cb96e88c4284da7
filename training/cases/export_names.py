"""File names for exported cases: safe on every system, and no two alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from training.cases.records import CaseRecord

MAX_LETTERS = 80

_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices."""


def export_names(cases: Sequence[CaseRecord], *, is_deidentified: bool) -> dict[int, str]:
    """A name without ending for each case, by its id: its name, or the patient's pseudonym.

    The same cases get the same names every time: where two would be alike, also for systems that
    do not tell capitals, the later case gets a number.
    """
    names: dict[int, str] = {}
    taken: set[str] = set()
    for case in sorted(cases, key=lambda case: case.id):
        wanted = safe_name(case.pseudonym if is_deidentified else case.name)
        name, number = wanted, 2
        while name.casefold() in taken:
            name, number = f"{wanted}_{number}", number + 1
        taken.add(name.casefold())
        names[case.id] = name
    return names


def safe_name(text: str) -> str:
    """Letters, digits, dots, dashes and underscores only; accents are taken off."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9.-]+", "_", plain).strip("._-")[:MAX_LETTERS].rstrip("._-")
    if not name or _DEVICES.fullmatch(name):
        name = f"case_{name}".rstrip("_")
    return name
