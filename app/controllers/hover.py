"""What lies at a point of the open case, in words."""

from __future__ import annotations

from collections.abc import Callable

from app.controllers.case_session import CaseSession
from imaging.structures import structure_by_value


def point_text(
    session: CaseSession,
    point_lps: tuple[float, float, float],
    translated: Callable[[str], str] = str,
) -> str:
    """HU, place and structure at a point: ``53 HU   L 12.0  P 45.5  H 78.9 mm   Spleen``.

    ``translated`` gives a structure's name in the user's language.
    """
    index_kji = session.volume.geometry.nearest_index(point_lps)
    if index_kji is None:
        return ""
    hu = int(session.volume.array[index_kji])
    structure = structure_by_value(int(session.labels.array[index_kji]))
    parts = [f"{hu} HU", patient_text(point_lps, decimals=1)]
    if structure is not None:
        parts.append(translated(structure.title))
    return "    ".join(parts)


def patient_text(point_lps: tuple[float, float, float], decimals: int = 0) -> str:
    """A patient point in letters and mm: ``L 42  P 13  H 210 mm``."""
    x, y, z = point_lps
    letters = ("L" if x >= 0 else "R", "P" if y >= 0 else "A", "H" if z >= 0 else "F")
    values = (
        f"{letter} {abs(mm):.{decimals}f}" for letter, mm in zip(letters, (x, y, z), strict=True)
    )
    return "  ".join(values) + " mm"
