"""Exports cases one by one: masks, DICOM objects, surfaces, or one table of measures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from imaging.errors import WriteError
from imaging.structure_measures import measure_structure
from imaging.structures import Structure
from imaging.writers.dicom_seg import write_dicom_seg
from imaging.writers.measures_csv import MeasuredStructure, write_measures
from imaging.writers.mesh import write_mesh
from imaging.writers.rtstruct import write_rtstruct
from imaging.writers.volume_file import write_label_file
from training.cases.case_loop import for_each_case
from training.cases.case_volume import open_case_volume
from training.cases.export_names import export_names, safe_name
from training.cases.export_records import ExportFormat, ExportOptions, ExportReport
from training.cases.export_source import source_for_export
from training.cases.exportable_case import ExportableCase, exportable_case
from training.cases.find_cases import IsCancelled, Problem, ReportProgress, stop_if
from training.cases.project import Project
from training.cases.records import CaseRecord

MEASURES_FILE = "measures.csv"

_LABEL_ENDINGS = {
    ExportFormat.NIFTI: ".nii.gz",
    ExportFormat.NRRD: ".nrrd",
    ExportFormat.MHA: ".mha",
}
_DICOM_ENDINGS = {ExportFormat.DICOM_SEG: "_seg.dcm", ExportFormat.RTSTRUCT: "_rtstruct.dcm"}


def export_cases(
    project: Project,
    cases: Sequence[CaseRecord],
    folder: Path,
    file_format: ExportFormat,
    options: ExportOptions = ExportOptions(),  # noqa: B008 - frozen
    *,
    report_progress: ReportProgress = lambda _share, _text: None,
    is_cancelled: IsCancelled = lambda: False,
) -> ExportReport:
    """Write the newest labels of some cases; one that fails is listed and stops nothing.

    Runs on any thread but the GUI's. Names begin with the case's, or the patient's pseudonym.

    Raises:
        WriteError: ``folder`` cannot be made, or has a table of measures already.
    """
    _make(folder)
    names = export_names(cases, is_deidentified=options.deidentifies)
    exporter = _Exporter(project, folder, file_format, options, is_cancelled)
    if file_format is ExportFormat.CSV:
        exporter.free_path(MEASURES_FILE)  # refused before the work, not after it
    was_cancelled = for_each_case(
        cases,
        lambda case: exporter.export(case, names[case.id]),
        exporter.problems,
        report_progress,
        is_cancelled,
    )
    if file_format is ExportFormat.CSV and exporter.rows and not was_cancelled:
        exporter.write_table()
    return ExportReport(
        tuple(exporter.files),
        exporter.case_count,
        tuple(exporter.companions),
        tuple(exporter.problems),
        tuple(exporter.warnings),
        was_cancelled,
    )


class _Exporter:
    """Writes one case after the other and keeps what it wrote."""

    def __init__(
        self,
        project: Project,
        folder: Path,
        file_format: ExportFormat,
        options: ExportOptions,
        is_cancelled: IsCancelled,
    ) -> None:
        self.files: list[Path] = []
        self.companions: list[Path] = []
        self.case_count = 0
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.rows: list[MeasuredStructure] = []
        self._project = project
        self._folder = folder
        self._format = file_format
        self._options = options
        self._is_cancelled = is_cancelled

    def export(self, case: CaseRecord, file_name: str) -> None:
        """Write a case.

        Raises:
            MaskwrightError: why it was not written.
        """
        one = exportable_case(self._project, case, file_name, self._options.structures)
        if self._format in _LABEL_ENDINGS:
            path = self.free_path(f"{file_name}{_LABEL_ENDINGS[self._format]}")
            write_label_file(path, one.labels, one.geometry, one.structures)
            self.files.append(path)
        elif self._format in _DICOM_ENDINGS:
            self._export_dicom(one)
        elif self._format is ExportFormat.CSV:
            self._measure(one)
        else:
            self._export_meshes(one)
        self.case_count += 1

    def write_table(self) -> None:
        """Write the measures of all cases.

        Raises:
            WriteError: it could not be written.
        """
        path = self.free_path(MEASURES_FILE)
        write_measures(path, self.rows)
        self.files.append(path)

    def _export_dicom(self, one: ExportableCase) -> None:
        path = self.free_path(f"{one.file_name}{_DICOM_ENDINGS[self._format]}")
        source, companions, warnings = source_for_export(
            self._project, one, self._folder, self._options, self._is_cancelled
        )
        self.files.extend(companions)
        self.companions.extend(companions)
        write = write_dicom_seg if self._format is ExportFormat.DICOM_SEG else write_rtstruct
        write(path, one.labels, one.geometry, one.structures, source, one.origin)
        self.files.append(path)
        self.warnings.extend(Problem(one.case.name, warning) for warning in warnings)

    def _export_meshes(self, one: ExportableCase) -> None:
        paths = {s: self.free_path(self._mesh_name(one, s)) for s in one.structures}
        for structure, path in paths.items():
            stop_if(self._is_cancelled)
            write_mesh(path, one.mask(structure), one.geometry, structure.title)
            self.files.append(path)

    def _measure(self, one: ExportableCase) -> None:
        volume = open_case_volume(self._project, one.case, is_cancelled=self._is_cancelled)
        for structure in one.structures:
            measures = measure_structure(
                one.labels, structure.label_value, one.geometry, volume.array
            )
            if measures is not None:
                self.rows.append(MeasuredStructure(one.file_name, structure.name, measures))

    def _mesh_name(self, one: ExportableCase, structure: Structure) -> str:
        return f"{one.file_name}_{safe_name(structure.name)}.{self._format}"

    def free_path(self, name: str) -> Path:
        """Where to write.

        Raises:
            WriteError: it would replace something, which was not asked for.
        """
        path = self._folder / name
        if path.exists() and not self._options.overwrites:
            raise WriteError(
                f"{name} is there already and was left as it is. Export to another folder, or "
                "allow that older files are replaced (in a command: --overwrite)."
            )
        return path


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"The folder {folder.name} cannot be made ({error.strerror}). Choose another one."
        ) from error
