"""Opens the CT of a case, and makes sure that it is the one that was added."""

from __future__ import annotations

from imaging.readers.open_volume import open_volume
from imaging.volume import Volume
from training.cases.content_hash import content_sha256
from training.cases.find_cases import IsCancelled, ReportProgress
from training.cases.project import Project
from training.cases.records import CaseRecord


def open_case_volume(
    project: Project,
    case: CaseRecord,
    *,
    is_cancelled: IsCancelled = lambda: False,
    report_progress: ReportProgress = lambda _share, _text: None,
) -> Volume:
    """The CT of a case, compared with the hash that was kept when it was added.

    Raises:
        CaseError: it is gone or has changed; the sentence says how to relink it.
        UnreadableFileError: it is damaged.
        CancelledError: ``is_cancelled`` said so.
    """
    volume = open_volume(
        project.cases.source_path(case.id),
        series_uid=case.source.series_uid,
        is_cancelled=is_cancelled,
        report_progress=report_progress,
    )
    project.cases.check_content(case.id, content_sha256(volume.array, volume.geometry))
    return volume
