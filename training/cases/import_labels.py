"""Brings labels from files into a project: one file for a case, or a whole labelled data set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from imaging.errors import (
    CancelledError,
    CaseError,
    MaskwrightError,
    ProjectError,
    UnnamedSeriesError,
)
from imaging.readers.label_file import open_labels
from imaging.readers.source_series import is_dicom_source, read_source_series
from training.cases.add_cases import (
    AddCollector,
    AddOptions,
    AddReport,
    CaseAdder,
    part_of_progress,
)
from training.cases.data_sets import DataSet, LabelledCt
from training.cases.find_cases import FoundCt, IsCancelled, Problem, ReportProgress
from training.cases.label_meanings import Explain, explain_by
from training.cases.label_names import label_mapping, mapped_labels, our_values
from training.cases.mask_folder import open_mask_folder
from training.cases.project import Project
from training.cases.provenance import ImportStep, Provenance
from training.cases.records import CaseRecord, LabelDraft, LabelVersion, Split, VersionKind

NAMELESS_FILE = "a label file"
"""What is remembered of a file whose name might name the patient."""


def import_labels(
    project: Project,
    case: CaseRecord,
    file: Path,
    mapping: Mapping[int, int] | Explain,
    *,
    keeps_file_name: bool = True,
    is_cancelled: IsCancelled = lambda: False,
) -> LabelVersion:
    """Keep a label file as an imported version of a case.

    ``mapping`` turns the file's values into ours, or is found from what was read, see
    ``mapping_for``. The file's name is kept unless it might name the patient.

    Raises:
        GeometryMismatchError: the file does not lie on the CT's grid.
        UnreadableFileError: it is damaged.
        CaseError: it has values of unknown meaning, or no label at all.
        CancelledError: ``is_cancelled`` said so.
    """
    geometry = project.cases.geometry(case.id)
    if file.is_dir():
        opened = open_mask_folder(file, geometry, is_cancelled=is_cancelled)
    else:
        opened = open_labels(
            file,
            geometry,
            frame_of_reference_uid=_patient_frame(project, case, file),
            is_cancelled=is_cancelled,
        )
    try:
        values = mapping(opened) if callable(mapping) else mapping
        labels = mapped_labels(opened.array, values, file.name)
    except CaseError as error:
        raise CaseError(" ".join((str(error), *opened.warnings))) from None
    voxel_count = int(np.count_nonzero(labels))
    if not voxel_count:
        raise CaseError(
            f"{file.name} has no voxel of a structure that is wanted, so nothing was imported. "
            "Choose the label file of this CT."
        )
    step = ImportStep(file.name if keeps_file_name else NAMELESS_FILE, voxel_count)
    newest = project.versions.newest(case.id)
    draft = LabelDraft(
        labels,
        geometry,
        Provenance(steps=(step,)),
        parent_id=None if newest is None else newest.id,
        note=" ".join(opened.warnings) if keeps_file_name else "",
    )
    return project.versions.save(case.id, VersionKind.IMPORTED, draft)


def mapping_for(file: Path, said: Mapping[int, str]) -> Explain:
    """From the values of one label file to ours, as the file and the user say.

    A folder with a mask for each structure is read with our values already.
    """
    if file.is_dir():
        return lambda _opened: label_mapping({}, said, our_values())
    return explain_by(file, said)


def add_data_set(
    project: Project,
    data_set: DataSet,
    mapping: Mapping[int, int],
    options: AddOptions = AddOptions(),  # noqa: B008 - frozen
    *,
    report_progress: ReportProgress = lambda _share, _text: None,
    is_cancelled: IsCancelled = lambda: False,
    on_added: Callable[[CaseRecord], None] = lambda _case: None,
) -> AddReport:
    """Add the CTs of a data set, with their labels as imported versions and the splits it states.

    A case that has labels or a split keeps them: adding the same data set again only goes on with
    what is missing.

    Raises:
        ReadOnlyProjectError: the project cannot be changed now.
    """
    collector = AddCollector(CaseAdder(project, options), on_added)
    for number, entry in enumerate(data_set.cases):
        progress = part_of_progress(report_progress, number, len(data_set.cases))
        try:
            case = collector.add(_found(entry), is_cancelled, progress)
            if case is not None and entry.split is not None:
                collector.warnings += _assign(project, case, entry.split)
            if case is not None and entry.labels is not None and not case.version_count:
                import_labels(
                    project,
                    case,
                    entry.labels,
                    mapping,
                    keeps_file_name=options.uid_map_file is None,
                    is_cancelled=is_cancelled,
                )
        except CancelledError:
            return _as_it_is_now(project, collector.report(was_cancelled=True))
        except ProjectError as error:
            collector.problems.append(Problem(entry.image.name, str(error)))
            break
        except MaskwrightError as error:
            if is_cancelled():  # Ctrl+C ends the decoding process as well, which is no fault
                return _as_it_is_now(project, collector.report(was_cancelled=True))
            collector.problems.append(Problem(entry.image.name, str(error)))
    return _as_it_is_now(project, collector.report())


def _assign(project: Project, case: CaseRecord, split: Split) -> list[Problem]:
    """Take over what a data set says a patient is for; a warning where it cannot be."""
    kept = project.splits.assign(case.patient_key, split)
    if kept is split:
        return []
    sentence = f"The data set has it in {split}. Its patient is in {kept} already and stays there."
    return [Problem(case.name, sentence)]


def _as_it_is_now(project: Project, report: AddReport) -> AddReport:
    """The report with the cases as they are after their labels and splits came."""
    return replace(
        report,
        added=tuple(project.cases.get(case.id) for case in report.added),
        already_there=tuple(project.cases.get(case.id) for case in report.already_there),
    )


def _patient_frame(project: Project, case: CaseRecord, file: Path) -> str | None:
    """The CT's frame of reference, where both it and the label file are DICOM and name one."""
    path = project.cases.source_path(case.id)
    if not (is_dicom_source(file) and is_dicom_source(path)):
        return None
    try:
        return read_source_series(path, case.source.series_uid).frame_of_reference_uid
    except UnnamedSeriesError:
        return None


def _found(entry: LabelledCt) -> FoundCt:
    return FoundCt(entry.image, "", (entry.image,), entry.name, "", has_burned_in_annotation=False)
