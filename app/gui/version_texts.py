"""Versions and their differences in words and tables."""

from __future__ import annotations

from collections.abc import Iterable

from app.controllers.case_line import when_text
from app.controllers.versions_controller import Comparison
from training.cases.compare import StructureDifference
from training.cases.provenance import ClickStep, MovedClickStep
from training.cases.records import LabelVersion


def comparison_html(comparison: Comparison) -> str:
    """A table of Dice and volumes, with the meaning of the two colours above it."""
    newer = f"version {comparison.newer.number}" if comparison.newer else "the mask now"
    head = (
        f"Version {comparison.older.number} \N{RIGHTWARDS ARROW} {newer}: "
        "<span style='color:#3fc35f'>\N{BLACK SQUARE} added</span>, "
        "<span style='color:#f0483c'>\N{BLACK SQUARE} removed</span>"
    )
    if not any(structure.voxels_different for structure in comparison.structures):
        return f"{head}<br>No voxel differs."
    return f"{head}{difference_rows(comparison.structures)}"


def difference_rows(structures: Iterable[StructureDifference]) -> str:
    """A table with a row for each structure: name, Dice, mL before and after."""
    rows = "".join(
        f"<tr><td>{difference.structure[0].upper()}{difference.structure[1:]}&nbsp;</td>"
        f"<td align='right'>Dice&nbsp;{difference.dice:.3f}&nbsp;&nbsp;</td>"
        f"<td align='right'>{difference.ml_before:.1f} \N{RIGHTWARDS ARROW} "
        f"{difference.ml_after:.1f}&nbsp;mL</td></tr>"
        for difference in structures
    )
    return f"<table cellspacing='0' cellpadding='1'>{rows}</table>"


def version_text(version: LabelVersion, open_id: int | None) -> str:
    """The two lines of a version in the list; ``open_id`` is the one the work began from."""
    total_ml = sum(volume.volume_ml for volume in version.volumes)
    mark = "  ·  open" if version.id == open_id else ""
    first = f"Version {version.number}  ·  {version.kind.value}{mark}"
    second = f"{total_ml:.0f} mL  ·  {when_text(version.created_at)}  ·  {version.author}"
    return f"{first}\n{second}"


def version_tooltip(version: LabelVersion) -> str:
    """Volumes, how it came about, and with which model."""
    provenance = version.provenance
    clicks = sum(isinstance(step, ClickStep | MovedClickStep) for step in provenance.steps)
    others = len(provenance.steps) - clicks
    lines = [f"{volume.structure}: {volume.volume_ml:.1f} mL" for volume in version.volumes]
    if provenance.steps:
        lines.append(f"{clicks} clicks and {others} other steps since its parent")
    if provenance.seconds_spent:
        lines.append(f"{provenance.seconds_spent / 60:.1f} minutes of work")
    if provenance.model is not None:
        engine = f" on {provenance.engine}" if provenance.engine else ""
        lines.append(f"With {provenance.model.title}{engine}")
    return "\n".join(lines) or "Empty"
