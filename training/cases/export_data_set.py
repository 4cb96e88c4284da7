"""Exports cases with their CTs as a data set for training elsewhere, with the split."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from imaging.errors import CaseError, WriteError
from imaging.structures import Structure, all_structures
from imaging.writers.atomic_file import whole_file, write_error
from imaging.writers.volume_file import write_label_file, write_volume_file
from training.cases.case_loop import for_each_case
from training.cases.case_volume import open_case_volume
from training.cases.data_set_descriptions import DESCRIBERS, IMAGE_ENDINGS, PLACES, WrittenCase
from training.cases.export_names import export_names
from training.cases.export_records import DataSetFormat, ExportOptions, ExportReport
from training.cases.exportable_case import ExportableCase, exportable_case
from training.cases.find_cases import IsCancelled, Problem, ReportProgress
from training.cases.project import Project
from training.cases.records import CaseRecord, Split

ENDING = ".nii.gz"


def export_data_set(
    project: Project,
    cases: Sequence[CaseRecord],
    folder: Path,
    set_format: DataSetFormat,
    options: ExportOptions = ExportOptions(),  # noqa: B008 - frozen
    *,
    report_progress: ReportProgress = lambda _share, _text: None,
    is_cancelled: IsCancelled = lambda: False,
) -> ExportReport:
    """Write CTs and labels as NIfTI, and the description that says what they are.

    The structures get the values 1, 2, 3, ... in the order of the organ table, as networks want
    them; the description names them. A case that fails is listed and left out. NIfTI keeps
    nothing of a DICOM header, so only the file names may name a patient.

    Raises:
        WriteError: ``folder`` is not empty or cannot be written.
        CaseError: no case has labels.
    """
    _claim(folder)
    writer = _DataSetWriter(project, folder, set_format, options)
    structures = _structures_of(cases, options)
    names = export_names(cases, is_deidentified=options.deidentifies)
    problems: list[Problem] = []
    wanted = [structure.name for structure in structures]

    def write(case: CaseRecord) -> None:
        one = exportable_case(project, case, names[case.id], wanted)
        writer.write(one, structures, is_cancelled)

    was_cancelled = for_each_case(cases, write, problems, report_progress, is_cancelled)
    writer.describe(project.settings.name, structures)
    return ExportReport(
        tuple(writer.files),
        len(writer.cases),
        problems=tuple(problems),
        warnings=tuple(_warnings(writer.cases)),
        was_cancelled=was_cancelled,
    )


class _DataSetWriter:
    """Writes cases into their folders, then the description of all that were written."""

    def __init__(
        self, project: Project, folder: Path, set_format: DataSetFormat, options: ExportOptions
    ) -> None:
        self.files: list[Path] = []
        self.cases: list[WrittenCase] = []
        self._project = project
        self._folder = folder
        self._format = set_format
        self._options = options

    def write(
        self, one: ExportableCase, structures: Sequence[Structure], is_cancelled: IsCancelled
    ) -> None:
        """Write a case's CT and labels.

        Raises:
            MaskwrightError: why it was not written.
        """
        volume = open_case_volume(self._project, one.case, is_cancelled=is_cancelled)
        place = PLACES[self._format][one.case.split is Split.HOLD_OUT]
        image = self._path(place.images, f"{one.file_name}{IMAGE_ENDINGS[self._format]}{ENDING}")
        labels = self._path(place.labels, f"{one.file_name}{ENDING}")
        values = np.zeros(256, np.uint8)
        for value, structure in enumerate(structures, start=1):
            values[structure.label_value] = value
        write_volume_file(image, volume)
        write_label_file(labels, values[one.labels], one.geometry, has_our_values=False)
        self.files.extend((image, labels))
        self.cases.append(
            WrittenCase(
                one.file_name, self._relative(image), self._relative(labels), one.case.split
            )
        )

    def describe(self, title: str, structures: Sequence[Structure]) -> None:
        """Write the files that say what the others are.

        Raises:
            WriteError: the system refused.
        """
        names = [structure.name for structure in structures]
        for name, content in DESCRIBERS[self._format](title, names, self.cases).items():
            path = self._folder / name
            with whole_file(path, ".json") as part:
                part.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
            self.files.append(path)

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    def _path(self, folder: str, name: str) -> Path:
        path = self._folder / folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_error(path, error) from error
        return path


def _structures_of(cases: Sequence[CaseRecord], options: ExportOptions) -> tuple[Structure, ...]:
    """The wanted structures, or all that some case has.

    Raises:
        CaseError: there are none.
    """
    present = {volume.structure for case in cases for volume in case.volumes}
    wanted = set(options.structures) or present
    structures = tuple(s for s in all_structures() if s.name in wanted & present)
    if not structures:
        raise CaseError(
            "None of these cases has labels of a structure that was asked for, so there is nothing "
            "to export. Approve cases first, or choose other structures."
        )
    return structures


def _claim(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise WriteError(
            f"The folder {folder.name} cannot be made ({error.strerror}). Choose another one."
        ) from error
    if not is_empty:
        raise WriteError(
            f"{folder.name} is not empty. A data set needs a folder of its own: choose an empty "
            "one, or a new name."
        )


def _warnings(cases: Sequence[WrittenCase]) -> list[Problem]:
    is_drawn = any(case.split is not None for case in cases)
    undrawn = [case for case in cases if case.split is None]
    if is_drawn and undrawn:
        return [
            Problem(
                case.name,
                "It has no split yet and was exported for training. Extend the splits first, so "
                "that it cannot turn up in the hold-out later.",
            )
            for case in undrawn
        ]
    return []
