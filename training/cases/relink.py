"""Finds CTs again that were moved: by their content, whatever they are called now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from imaging.errors import CancelledError, MaskwrightError, ProjectError
from imaging.readers.open_volume import open_volume
from training.cases.content_hash import content_sha256
from training.cases.find_cases import (
    FoundCt,
    IsCancelled,
    Problem,
    ReportProgress,
    find_cases,
    stop_if,
)
from training.cases.project import Project
from training.cases.records import CaseRecord, CaseSource, SourceKind


@dataclass(frozen=True, slots=True)
class RelinkReport:
    """What became of the cases whose CT was gone.

    ``problems`` are CTs that were looked at and could not be read.
    """

    relinked: tuple[CaseRecord, ...]
    still_missing: tuple[CaseRecord, ...]
    problems: tuple[Problem, ...]
    was_cancelled: bool


def relink_cases(
    project: Project,
    paths: Sequence[Path],
    *,
    report_progress: ReportProgress = lambda _share, _text: None,
    is_cancelled: IsCancelled = lambda: False,
    on_relinked: Callable[[CaseRecord], None] = lambda _case: None,
) -> RelinkReport:
    """Search folders and files for the CTs that are not where their cases say.

    Every candidate is decoded and compared by its hash; those of the old name or series come
    first, and the search ends when nothing is missing any more.

    Raises:
        UnreadableFileError: a path does not exist.
        ProjectError: the project cannot be changed now.
    """
    missing = {
        case.source.content_sha256: case
        for case in project.cases.listed()
        if not case.source.path.exists()
    }
    relinked: list[CaseRecord] = []
    problems: list[Problem] = []
    was_cancelled = False
    try:
        candidates = _likely_first(find_cases(paths, is_cancelled=is_cancelled).cts, missing)
        for number, ct in enumerate(candidates):
            if not missing:
                break
            stop_if(is_cancelled)
            report_progress(number / len(candidates), f"{number + 1} of {len(candidates)}")
            try:
                source = _source_of(ct, is_cancelled)
            except (CancelledError, ProjectError):
                raise
            except MaskwrightError as error:
                stop_if(is_cancelled)
                problems.append(Problem(ct.label, str(error)))
                continue
            case = missing.pop(source.content_sha256, None)
            if case is not None:
                relinked.append(project.cases.relink(case.id, source))
                on_relinked(relinked[-1])
    except CancelledError:
        was_cancelled = True
    return RelinkReport(tuple(relinked), tuple(missing.values()), tuple(problems), was_cancelled)


def _likely_first(found: Sequence[FoundCt], missing: dict[str, CaseRecord]) -> tuple[FoundCt, ...]:
    names = {case.source.path.name for case in missing.values()}
    series = {case.source.series_uid for case in missing.values() if case.source.series_uid}
    return tuple(
        sorted(found, key=lambda ct: ct.series_uid not in series and ct.path.name not in names)
    )


def _source_of(ct: FoundCt, is_cancelled: IsCancelled) -> CaseSource:
    volume = open_volume(ct.path, series_uid=ct.series_uid or None, is_cancelled=is_cancelled)
    return CaseSource(
        SourceKind.DICOM if ct.is_dicom else SourceKind.FILE,
        ct.path.resolve(),
        content_sha256(volume.array, volume.geometry),
        ct.series_uid or None,
    )
