"""The DICOM series that an exported SEG or RTSTRUCT belongs to, and the copies it may need."""

from __future__ import annotations

from pathlib import Path

from imaging.deidentification.series import deidentify_series
from imaging.deidentification.uid_map import UidMap
from imaging.errors import UnnamedSeriesError, WriteError
from imaging.readers.source_series import SourceSeries, is_dicom_source, read_source_series
from imaging.volume import Volume
from imaging.writers.ct_series import holds_same_ct, write_ct_series
from training.cases.case_volume import open_case_volume
from training.cases.export_records import ExportOptions
from training.cases.exportable_case import ExportableCase
from training.cases.find_cases import IsCancelled
from training.cases.project import Project

CT_SUFFIX = "_ct"
"""Ends the name of the folder with the CT that goes with an exported object."""


def source_for_export(
    project: Project,
    one: ExportableCase,
    folder: Path,
    options: ExportOptions,
    is_cancelled: IsCancelled,
) -> tuple[SourceSeries, tuple[Path, ...], tuple[str, ...]]:
    """The series to refer to, new files that go with the object, and warnings.

    A DICOM CT is referred to where it is. For a de-identified export, and for a CT that is no
    DICOM, a series is written into ``folder`` beside the object; one that an earlier export
    wrote there is used again.

    Raises:
        MaskwrightError: the CT cannot be read, or its copy not be written.
    """
    own = _own_series(project, one)
    if own is not None and not options.deidentifies:
        return own, (), ()
    target = folder / f"{one.file_name}{CT_SUFFIX}"
    if target.exists():
        _check_same_ct(open_case_volume(project, one.case, is_cancelled=is_cancelled), target)
        return read_source_series(target), (), ()
    if own is None or options.uid_map_file is None:
        volume = open_case_volume(project, one.case, is_cancelled=is_cancelled)
        written = write_ct_series(target, volume, one.case.pseudonym)
        return written, written.paths, ()
    report = deidentify_series(
        own.paths,
        target,
        one.case.pseudonym,
        UidMap.load(options.uid_map_file),
        is_cancelled=is_cancelled,
    )
    written = read_source_series(target)
    return written, written.paths, report.warnings


def _own_series(project: Project, one: ExportableCase) -> SourceSeries | None:
    """The CT's own images; None where it is no DICOM, or its headers name no series."""
    path = project.cases.source_path(one.case.id)
    if not is_dicom_source(path):
        return None
    try:
        return read_source_series(path, one.case.source.series_uid)
    except UnnamedSeriesError:
        return None


def _check_same_ct(volume: Volume, folder: Path) -> None:
    if not holds_same_ct(folder, volume):
        raise WriteError(
            f"{folder.name} is there already and holds another CT. Export to another folder."
        )
