"""A case of the list in words, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.cases.records import CaseRecord, CaseStatus, Split

_STATUS_COLORS = {
    CaseStatus.NEW: "muted",
    CaseStatus.IN_PROGRESS: "accent",
    CaseStatus.IN_REVIEW: "warning",
    CaseStatus.APPROVED: "approved",
    CaseStatus.EXCLUDED: "excluded",
}
"""Names in the window's table of colours; the word beside it says the same."""

_SPLIT_WORDS = {
    Split.TRAIN: "training",
    Split.VALIDATION: "validation",
    Split.HOLD_OUT: "hold-out",
}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """What is shown of a case in the list; see ``case_line``."""

    case_id: int
    name: str
    pseudonym: str
    status_word: str
    status_color: str
    contents: str
    details: str
    tooltip: str
    is_flagged: bool = False
    is_excluded: bool = False
    is_open: bool = False


def case_line(
    record: CaseRecord, *, is_open: bool = False, now: datetime | None = None
) -> CaseLine:
    """Describe a case; ``now`` decides how short its date can be."""
    when = when_text(record.changed_at, now)
    day = when if when.startswith("today") else day_text(record.changed_at, now)
    parts = [f"{record.total_ml:.0f} mL"] if record.volumes else []
    parts += [record.changed_by, day]
    if record.split is not None:
        parts.append(_SPLIT_WORDS[record.split])
    contents = record.status_reason or ", ".join(record.structures)
    return CaseLine(
        case_id=record.id,
        name=record.name,
        pseudonym="" if record.pseudonym in record.name else record.pseudonym,
        status_word=status_word(record.status),
        status_color=_STATUS_COLORS[record.status],
        contents=contents[:1].upper() + contents[1:] if contents else "No mask yet",
        details=" · ".join(parts),
        tooltip=_tooltip(record, when),
        is_flagged=record.is_flagged,
        is_excluded=record.status is CaseStatus.EXCLUDED,
        is_open=is_open,
    )


def case_title(record: CaseRecord) -> str:
    """Name and pseudonym; one of them where they are the same."""
    if record.pseudonym in record.name:
        return record.name
    return f"{record.name} · {record.pseudonym}"


def status_word(status: CaseStatus) -> str:
    """The status as a word on a chip."""
    return status.value[0].upper() + status.value[1:]


def status_color(status: CaseStatus) -> str:
    """The name of a status' colour."""
    return _STATUS_COLORS[status]


def when_text(moment: datetime, now: datetime | None = None) -> str:
    """A time as short as it can be understood: the hour, the day, or the day with its year."""
    local = moment.astimezone()
    today = (now or datetime.now(local.tzinfo)).astimezone()
    if local.date() == today.date():
        return f"today {local:%H:%M}"
    day = day_text(moment, now)
    return f"{day} {local:%H:%M}" if local.year == today.year else day


def day_text(moment: datetime, now: datetime | None = None) -> str:
    """A day, with its year where that is another one."""
    local = moment.astimezone()
    today = (now or datetime.now(local.tzinfo)).astimezone()
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}"


def _tooltip(record: CaseRecord, when: str) -> str:
    k, j, i = record.shape_kji
    lines = [
        f"{record.name} ({record.pseudonym})",
        f"{i} \N{MULTIPLICATION SIGN} {j} \N{MULTIPLICATION SIGN} {k} voxels",
    ]
    if record.status_reason:
        lines.append(f"Excluded: {record.status_reason}")
    lines += [f"{volume.structure}: {volume.volume_ml:.1f} mL" for volume in record.volumes]
    if record.version_count:
        model = f", with {record.model}" if record.model else ""
        lines.append(f"Version {record.version_count}{model}")
    if record.split is not None:
        lines.append(f"For {_SPLIT_WORDS[record.split]}")
    lines.append(f"Changed by {record.changed_by}, {when}")
    return "\n".join(lines)
