"""The DICOM series that an exported SEG or RTSTRUCT belongs to, and the copies it may need."""

from __future__ import annotations

from pathlib import Path

from imaging.deidentification.series import deidentify_series
from imaging.deidentification.uid_map import UidMap
from imaging.writers.ct_series import write_ct_series

from imaging.errors import WriteError
from imaging.readers.open_volume import open_volume
from imaging.readers.source_series import SourceSeries, is_dicom_source, read_source_series
from training.cases.case_volume import open_case_volume
from training.cases.content_hash import content_sha256
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
    path = project.cases.source_path(one.case.id)
    series_uid = one.case.source.series_uid
    is_dicom = is_dicom_source(path)
    if is_dicom and not options.deidentifies:
        return read_source_series(path, series_uid), (), ()
    target = folder / f"{one.file_name}{CT_SUFFIX}"
    if target.exists():
        _check_same_ct(one, target)
        return read_source_series(target), (), ()
    warnings: tuple[str, ...] = ()
    if is_dicom and options.uid_map_file is not None:
        source = read_source_series(path, series_uid)
        report = deidentify_series(
            source.paths,
            target,
            one.case.pseudonym,
            UidMap.load(options.uid_map_file),
            is_cancelled=is_cancelled,
        )
        warnings = report.warnings
    else:
        volume = open_case_volume(project, one.case, is_cancelled=is_cancelled)
        write_ct_series(target, volume, one.case.pseudonym)
    written = read_source_series(target)
    return written, written.paths, warnings


def _check_same_ct(one: ExportableCase, folder: Path) -> None:
    volume = open_volume(folder)
    if content_sha256(volume.array, volume.geometry) != one.case.source.content_sha256:
        raise WriteError(
            f"{folder.name} is there already and holds another CT. Export to another folder."
        )
