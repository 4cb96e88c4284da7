"""Versions and their differences in words and tables."""

from __future__ import annotations

from collections.abc import Iterable

from app.controllers.versions_controller import Comparison
from app.gui.case_line import when_text
from training.cases.compare import StructureDifference
from training.cases.provenance import ClickStep, MovedClickStep
from training.cases.records import LabelVersion
from viewer.widgets.translation import tr, tr_number, tr_sentence


def comparison_html(comparison: Comparison) -> str:
    """A table of Dice and volumes, with the meaning of the two colours above it."""
    newer = (
        tr("version {number}", number=comparison.newer.number)
        if comparison.newer
        else tr("the mask now")
    )
    head = tr(
        "Version {number} \N{RIGHTWARDS ARROW} {newer}: "
        "<span style='color:#3a96ff'>\N{BLACK SQUARE}&nbsp;added</span>, "
        "<span style='color:#ff961e'>\N{BLACK SQUARE}&nbsp;removed</span>",
        number=comparison.older.number,
        newer=newer,
    )
    if not any(structure.voxels_different for structure in comparison.structures):
        return f"{head}<br>{tr('No voxel differs.')}"
    return f"{head}{difference_rows(comparison.structures)}"


def comparison_titles(comparison: Comparison) -> tuple[str, str]:
    """What the older and the newer of two versions are called, in a word or two."""
    newer = comparison.newer
    return (
        tr("Version {number}", number=comparison.older.number),
        tr("Now") if newer is None else tr("Version {number}", number=newer.number),
    )


def difference_rows(structures: Iterable[StructureDifference]) -> str:
    """A table with a row for each structure: name, Dice, mL before and after."""
    rows = "".join(
        f"<tr><td>{_title(difference.structure)}&nbsp;</td>"
        f"<td align='right'>Dice&nbsp;{tr_number(difference.dice, '.3f')}&nbsp;&nbsp;</td>"
        f"<td align='right'>{tr_number(difference.ml_before, '.1f')}&nbsp;"
        f"\N{RIGHTWARDS ARROW}&nbsp;{tr_number(difference.ml_after, '.1f')}&nbsp;mL</td></tr>"
        for difference in structures
    )
    return f"<table cellspacing='0' cellpadding='1'>{rows}</table>"


def _title(structure: str) -> str:
    text = tr_sentence(structure)
    return text[0].upper() + text[1:]


def version_text(version: LabelVersion, open_id: int | None) -> str:
    """The three lines of a version in the list; ``open_id`` is the one the work began from."""
    total_ml = sum(volume.volume_ml for volume in version.volumes)
    mark = " · " + tr("open") if version.id == open_id else ""
    kind = tr_sentence(version.kind.value)
    first = tr("Version {number}", number=version.number) + f" · {kind}{mark}"
    second = f"{total_ml:.0f} mL · {when_text(version.created_at)}"
    return f"{first}\n{second}\n{version.author}"


def header_of_older(newest: int, base_number: int | None) -> str:
    """Where a mask stands that began from an older version than the newest."""
    if base_number is None:
        return tr("Version {newest} is newer than this mask", newest=newest)
    return tr("Version {number}, but version {newest} is newer", number=base_number, newest=newest)


def version_tooltip(version: LabelVersion) -> str:
    """Volumes, how it came about, and with which model."""
    provenance = version.provenance
    clicks = sum(isinstance(step, ClickStep | MovedClickStep) for step in provenance.steps)
    others = len(provenance.steps) - clicks
    lines = [
        f"{tr_sentence(volume.structure)}: {tr_number(volume.volume_ml, '.1f')} mL"
        for volume in version.volumes
    ]
    if provenance.steps:
        lines.append(
            tr(
                "{clicks} clicks and {others} other steps since its parent",
                clicks=clicks,
                others=others,
            )
        )
    if provenance.seconds_spent:
        lines.append(tr("{minutes:.1f} minutes of work", minutes=provenance.seconds_spent / 60))
    if provenance.model is not None:
        title, engine = provenance.model.title, provenance.engine
        if engine:
            lines.append(tr("With {title} on {engine}", title=title, engine=engine))
        else:
            lines.append(tr("With {title}", title=title))
    return "\n".join(lines) or tr("Empty")
