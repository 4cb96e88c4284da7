"""Adds CTs to a project: decodes each once, hashes it, draws its thumbnail, copies it if wanted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from imaging.errors import (
    CancelledError,
    MaskwrightError,
    ProjectError,
    ReadOnlyProjectError,
    UnreadableFileError,
)
from imaging.readers.open_volume import open_volume
from imaging.thumbnail import thumbnail_png
from imaging.volume import Volume
from training.cases.content_hash import content_sha256
from training.cases.ct_copies import StagedCt, copied, in_place, remove_leftovers
from training.cases.deidentified_copies import deidentified
from training.cases.find_cases import (
    FoundCt,
    IsCancelled,
    Problem,
    ReportProgress,
    find_cases,
    stop_if,
)
from training.cases.project import Project
from training.cases.records import CaseRecord, CaseSource, NewCase, SourceKind

FINDING_SHARE = 0.05
"""Of the progress bar: reading headers takes so much less time than decoding."""

MAX_NAME_LETTERS = 60

LABEL_FILE = "label file"

MAX_LABEL_VALUE = 255
"""A file whose voxels all lie between 0 and this holds labels: every CT has fat, or air."""

BURNED_IN = (
    "The header says that text is drawn into the pixels. It may name the patient: look before you "
    "share this CT."
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AddOptions:
    """How CTs come into the project.

    Attributes:
        copies: copy them into the project's folder; else they are used where they are.
        uid_map_file: remove what names the patient on the way in (which copies), and keep here
            which identifier became which; None adds them as they are.
    """

    copies: bool = False
    uid_map_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one CT: its case, and whether it is new.

    ``warnings`` are about the CT: gaps, tilt, text that is burned in.
    """

    case: CaseRecord
    is_new: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of everything that was found.

    Attributes:
        added: new cases.
        already_there: cases whose CT was found again.
        skipped: how many of each kind are no CT: ("localizer", 2).
        problems: CTs that could not be added, each with its sentence.
        warnings: about CTs that were added, by the case's name.
        was_cancelled: the rest was left out; adding the same again goes on.
    """

    added: tuple[CaseRecord, ...]
    already_there: tuple[CaseRecord, ...]
    skipped: tuple[tuple[str, int], ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    was_cancelled: bool


class NoCtError(MaskwrightError):
    """What was decoded is no CT, but a label file."""


class CaseAdder:
    """Adds one CT after the other to a project."""

    def __init__(self, project: Project, options: AddOptions = AddOptions()) -> None:
        if project.is_read_only:
            raise ReadOnlyProjectError(project.read_only_reason or "This project is read-only.")
        remove_leftovers(project.cts_folder)
        self._project = project
        self._options = options
        self._known = {
            (case.source.path, case.source.series_uid): case for case in project.cases.listed()
        }

    def add(self, ct: FoundCt, is_cancelled: IsCancelled, report_progress: ReportProgress) -> Added:
        """Add a CT, or find the case that has it already.

        Raises:
            NoCtError: it holds labels.
            MaskwrightError: it cannot be read or copied; the project is as it was.
            CancelledError: ``is_cancelled`` said so; the project is as it was.
        """
        known = self._known.get((ct.path.resolve(), ct.series_uid or None))
        if known is not None:
            return Added(known, is_new=False)
        with self._staged(ct, is_cancelled) as staged:
            try:
                volume = open_volume(
                    staged.path,
                    series_uid=staged.series_uid,
                    is_cancelled=is_cancelled,
                    report_progress=report_progress,
                )
            except UnreadableFileError as error:  # it names the copy, which nobody knows
                sentence = str(error).replace(staged.path.name, ct.path.name)
                raise type(error)(sentence) from error
            if not ct.is_dicom and _holds_labels(volume):
                raise NoCtError(f"{ct.label} holds labels, not Hounsfield units.")
            sha256 = content_sha256(volume.array, volume.geometry)
            twin = self._project.cases.duplicate_of(sha256)
            if twin is not None:
                return Added(twin, is_new=False)
            with staged.settled(self._project.cts_folder, sha256) as path:
                case = self._project.cases.add(self._new_case(ct, staged, path, volume, sha256))
        logger.info("case %d added", case.id)
        return Added(case, True, (*volume.warnings, *staged.warnings, *self._burned_in(ct)))

    def _staged(self, ct: FoundCt, is_cancelled: IsCancelled) -> AbstractContextManager[StagedCt]:
        if self._options.uid_map_file is not None:
            # A file's key is its content, which is not known yet: it gets a pseudonym of its own.
            pseudonym = self._project.cases.pseudonym_for(self._patient_key(ct, ""))
            return deidentified(
                ct, self._project.cts_folder, pseudonym, self._options.uid_map_file, is_cancelled
            )
        if self._options.copies:
            return copied(ct, self._project.cts_folder, is_cancelled)
        return in_place(ct)

    def _new_case(
        self, ct: FoundCt, staged: StagedCt, path: Path, volume: Volume, sha256: str
    ) -> NewCase:
        key = self._patient_key(ct, sha256)
        pseudonym = self._project.cases.pseudonym_for(key)
        if self._options.uid_map_file is not None:
            name = pseudonym
        elif ct.is_dicom:
            name = f"{pseudonym} {volume.name}"
        else:
            name = ct.name or pseudonym
        kind = SourceKind.DICOM if ct.is_dicom else SourceKind.FILE
        return NewCase(
            name=name[:MAX_NAME_LETTERS],
            source=CaseSource(kind, path.resolve(), sha256, staged.series_uid),
            geometry=volume.geometry,
            patient_key=key,
            pseudonym=pseudonym,
            thumbnail_png=thumbnail_png(volume),
        )

    def _burned_in(self, ct: FoundCt) -> tuple[str, ...]:
        """A de-identified copy comes with its own warning."""
        is_said = self._options.uid_map_file is not None or not ct.has_burned_in_annotation
        return () if is_said else (BURNED_IN,)

    def _patient_key(self, ct: FoundCt, sha256: str) -> str:
        """Salted: equal for CTs of one patient; a file is a patient of its own."""
        return self._project.patient_key(ct.patient_identity or f"content:{sha256}")


def add_cases(
    project: Project,
    paths: Sequence[Path],
    options: AddOptions = AddOptions(),
    *,
    report_progress: ReportProgress = lambda _share, _text: None,
    is_cancelled: IsCancelled = lambda: False,
    on_added: Callable[[CaseRecord], None] = lambda _case: None,
) -> AddReport:
    """Add every CT below some folders and files; a bad one is listed and stops nothing.

    Runs on any thread but the GUI's; the callbacks are called on the same one.

    Raises:
        UnreadableFileError: a path does not exist.
        ReadOnlyProjectError: the project cannot be changed now.
    """
    adder = CaseAdder(project, options)
    collector = AddCollector(adder, on_added)
    try:
        found = find_cases(
            paths,
            report_progress=lambda share, text: report_progress(share * FINDING_SHARE, text),
            is_cancelled=is_cancelled,
        )
    except CancelledError:
        return collector.report(was_cancelled=True)
    collector.skip(found.skipped)
    collector.problems.extend(found.problems)
    for number, ct in enumerate(found.cts):
        progress = part_of_progress(report_progress, number, len(found.cts))
        try:
            collector.add(ct, is_cancelled, progress)
        except CancelledError:
            return collector.report(was_cancelled=True)
        except ProjectError as error:  # the disk is full, or the project has gone: no use going on
            collector.problems.append(Problem(ct.label, str(error)))
            break
    return collector.report()


class AddCollector:
    """Adds CTs and keeps what became of each."""

    def __init__(
        self, adder: CaseAdder, on_added: Callable[[CaseRecord], None] = lambda _case: None
    ) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._adder = adder
        self._on_added = on_added
        self._added: list[CaseRecord] = []
        self._already_there: list[CaseRecord] = []
        self._skipped: dict[str, int] = {}

    def skip(self, counts: Sequence[tuple[str, int]]) -> None:
        """Count what is no CT."""
        for kind, count in counts:
            self._skipped[kind] = self._skipped.get(kind, 0) + count

    def add(
        self, ct: FoundCt, is_cancelled: IsCancelled, report_progress: ReportProgress
    ) -> CaseRecord | None:
        """Add one CT; None if it could not be, which is kept.

        Raises:
            CancelledError: ``is_cancelled`` said so.
            ProjectError: the project cannot be written any more.
        """
        try:
            outcome = self._adder.add(ct, is_cancelled, report_progress)
        except NoCtError:
            self.skip([(LABEL_FILE, 1)])
            return None
        except (CancelledError, ProjectError):
            raise
        except MaskwrightError as error:
            stop_if(is_cancelled)  # Ctrl+C ends the decoding process as well, which is no fault
            self.problems.append(Problem(ct.label, str(error)))
            return None
        if outcome.is_new:
            self._added.append(outcome.case)
            self.warnings.extend(Problem(outcome.case.name, text) for text in outcome.warnings)
            self._on_added(outcome.case)
        else:
            self._already_there.append(outcome.case)
        return outcome.case

    def report(self, *, was_cancelled: bool = False) -> AddReport:
        """What became of everything so far."""
        return AddReport(
            tuple(self._added),
            tuple(self._already_there),
            tuple(sorted(self._skipped.items())),
            tuple(self.problems),
            tuple(self.warnings),
            was_cancelled,
        )


def part_of_progress(report: ReportProgress, number: int, count: int) -> ReportProgress:
    """Progress of one of several CTs, as progress of all."""

    def part(share: float, text: str) -> None:
        done = (number + min(max(share, 0.0), 1.0)) / count
        report(FINDING_SHARE + (1 - FINDING_SHARE) * done, f"{number + 1} of {count}: {text}")

    return part


def _holds_labels(volume: Volume) -> bool:
    return bool(volume.array.min() >= 0 and volume.array.max() <= MAX_LABEL_VALUE)
