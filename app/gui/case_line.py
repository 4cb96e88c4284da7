"""A case of the list in words, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QLocale

from training.cases.records import CaseRecord, CaseStatus, Split
from viewer.widgets.translation import tr, tr_number, tr_sentence, translatable

_STATUS_COLORS = {
    CaseStatus.NEW: "muted",
    CaseStatus.IN_PROGRESS: "accent",
    CaseStatus.IN_REVIEW: "warning",
    CaseStatus.APPROVED: "approved",
    CaseStatus.EXCLUDED: "excluded",
}
"""Names in the window's table of colours; the word beside it says the same."""

SPLIT_WORDS = {
    Split.TRAIN: translatable("training"),
    Split.VALIDATION: translatable("validation"),
    Split.HOLD_OUT: translatable("hold-out"),
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
    day = when if _is_today(record.changed_at, now) else day_text(record.changed_at, now)
    parts = [f"{record.total_ml:.0f} mL"] if record.volumes else []
    parts += [record.changed_by, day]
    if record.split is not None:
        parts.append(tr(SPLIT_WORDS[record.split]))
    contents = record.status_reason or ", ".join(map(tr_sentence, record.structures))
    return CaseLine(
        case_id=record.id,
        name=record.name,
        pseudonym="" if record.pseudonym in record.name else record.pseudonym,
        status_word=status_word(record.status),
        status_color=_STATUS_COLORS[record.status],
        contents=contents[:1].upper() + contents[1:] if contents else tr("No mask yet"),
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
    word = tr_sentence(status.value)
    return word[0].upper() + word[1:]


def status_color(status: CaseStatus) -> str:
    """The name of a status' colour."""
    return _STATUS_COLORS[status]


def when_text(moment: datetime, now: datetime | None = None) -> str:
    """A time as short as it can be understood: the hour, the day, or the day with its year."""
    local = moment.astimezone()
    today = (now or datetime.now(local.tzinfo)).astimezone()
    if _is_today(moment, now):
        return tr("today {time}", time=f"{local:%H:%M}")
    day = day_text(moment, now)
    return f"{day} {local:%H:%M}" if local.year == today.year else day


def day_text(moment: datetime, now: datetime | None = None) -> str:
    """A day, with its year where that is another one."""
    local = moment.astimezone()
    today = (now or datetime.now(local.tzinfo)).astimezone()
    year = "" if local.year == today.year else f" {local.year}"
    month = QLocale().standaloneMonthName(local.month, QLocale.FormatType.ShortFormat)
    return tr("{day} {month}", day=local.day, month=month) + year


def _is_today(moment: datetime, now: datetime | None) -> bool:
    local = moment.astimezone()
    return local.date() == (now or datetime.now(local.tzinfo)).astimezone().date()


def _tooltip(record: CaseRecord, when: str) -> str:
    k, j, i = record.shape_kji
    lines = [
        f"{record.name} ({record.pseudonym})",
        tr("{size} voxels", size=" \N{MULTIPLICATION SIGN} ".join(str(n) for n in (i, j, k))),
    ]
    if record.status_reason:
        lines.append(tr("Excluded: {reason}", reason=record.status_reason))
    lines += [
        f"{tr_sentence(volume.structure)}: {tr_number(volume.volume_ml, '.1f')} mL"
        for volume in record.volumes
    ]
    if record.version_count:
        line = tr("Version {number}", number=record.version_count)
        model = tr("with {title}", title=record.model) if record.model else ""
        lines.append(f"{line}, {model}" if model else line)
    if record.split is not None:
        lines.append(tr("For {split}", split=tr(SPLIT_WORDS[record.split])))
    lines.append(tr("Changed by {author}, {when}", author=record.changed_by, when=when))
    return "\n".join(lines)
