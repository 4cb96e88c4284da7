"""Finds what can become a case in folders and files: DICOM series and volume files."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydicom.errors import InvalidDicomError

from imaging.errors import CancelledError, UnreadableFileError
from imaging.readers.dicom_series import is_dicom
from imaging.readers.volume_source import ITK_ENDINGS, NIFTI_ENDINGS, name_of_file
from training.cases.dicom_tree import DicomHeader, DicomSeries, ct_series, read_header
from training.cases.project import DATABASE

VOLUME_ENDINGS = (*NIFTI_ENDINGS, *ITK_ENDINGS)

SERIES_OF_FOLDER = "folder:."
"""How `open_volume` names the images of a folder whose headers name no series."""

ReportProgress = Callable[[float, str], None]
"""Called with the share done, 0 to 1, and what is being done."""

IsCancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class FoundCt:
    """A CT that may become a case; it was not decoded yet.

    Attributes:
        path: what `open_volume` takes: a folder or a file.
        series_uid: which series `open_volume` shall take; empty for a file.
        files: the images of a series; the file itself otherwise.
        name: the stem of a file, with its folder where stems repeat; empty for DICOM, whose
            folders are often named after patients.
        patient_identity: what tells patients apart, only ever to be hashed; empty where nothing
            does, as in a file.
        has_burned_in_annotation: the header says that text is drawn into the pixels.
    """

    path: Path
    series_uid: str
    files: tuple[Path, ...]
    name: str
    patient_identity: str
    has_burned_in_annotation: bool

    @property
    def label(self) -> str:
        """How to call it in a sentence."""
        return self.path.name or str(self.path)

    @property
    def is_dicom(self) -> bool:
        """True for a series, False for a volume file."""
        return not self.path.name.lower().endswith(VOLUME_ENDINGS)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that did not become a case, and the sentence that says why."""

    name: str
    sentence: str

    @property
    def line(self) -> str:
        """The sentence, after the name unless it begins with that."""
        is_named = self.sentence.startswith(self.name)
        return self.sentence if is_named else f"{self.name}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class FoundCases:
    """What a search found.

    ``skipped`` counts what is no CT by its kind, for example ("localizer", 2).
    """

    cts: tuple[FoundCt, ...]
    skipped: tuple[tuple[str, int], ...]
    problems: tuple[Problem, ...]


def find_cases(
    paths: Sequence[Path],
    *,
    report_progress: ReportProgress = lambda _share, _text: None,
    is_cancelled: IsCancelled = lambda: False,
) -> FoundCases:
    """Every CT in folders (with their subfolders) and files, each once.

    DICOM is told by content, whatever the names, and grouped by series; only headers are read.
    Damaged files are listed and stop nothing. Folders of projects are left alone.

    Raises:
        UnreadableFileError: a path does not exist.
        CancelledError: ``is_cancelled`` said so.
    """
    require_there(paths)
    headers: list[DicomHeader] = []
    volumes: list[Path] = []
    problems: list[Problem] = []
    files = tuple(_files(paths, is_cancelled))
    for number, file in enumerate(files):
        stop_if(is_cancelled)
        report_progress(number / len(files), "Reading headers")
        if file.name.lower().endswith(VOLUME_ENDINGS):
            volumes.append(file)
        elif is_dicom(file):
            try:
                header = read_header(file)
            except (InvalidDicomError, OSError, ValueError):
                problems.append(Problem(file.name, _damaged(file)))
                continue
            if header is not None:
                headers.append(header)
    series, skipped = ct_series(headers)
    cts = (*(_from_series(one) for one in series), *_from_files(volumes))
    return FoundCases(cts, _counts(skipped), tuple(problems))


def require_there(paths: Sequence[Path]) -> None:
    """Refuse paths that do not exist.

    Raises:
        UnreadableFileError: one does not.
    """
    for path in paths:
        if not path.exists():
            raise UnreadableFileError(f"There is no file or folder {path}. Check the path.")


def skipped_text(skipped: Sequence[tuple[str, int]]) -> str:
    """Counts as words: "2 localizers, 1 MR series"; empty for none."""
    return ", ".join(
        f"{count} {kind}{'s' if count > 1 and not kind.endswith(('s', 'slices')) else ''}"
        for kind, count in skipped
    )


def _files(paths: Sequence[Path], is_cancelled: IsCancelled) -> Iterator[Path]:
    """The files below paths, each once, in the order of their names; hidden ones are left out."""
    seen: set[Path] = set()
    for path in paths:
        for file in _files_below(path, is_cancelled):
            if (real := file.resolve()) not in seen:
                seen.add(real)
                yield file


def _files_below(path: Path, is_cancelled: IsCancelled) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    root, walked = path.resolve(), set[Path]()
    for parent, folders, names in os.walk(path, followlinks=True):
        stop_if(is_cancelled)
        real = Path(parent).resolve()
        leads_out = real != root and root.is_relative_to(real)  # a link to a folder above
        # A project, perhaps the one that is added to, has its CTs.
        if DATABASE in names or leads_out or real in walked:
            folders.clear()
            continue
        walked.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(parent, name)
            if not name.startswith(".") and file.is_file():
                yield file


def _from_series(series: DicomSeries) -> FoundCt:
    only = series.files[0] if len(series.files) == 1 else None
    return FoundCt(
        only or series.folder,
        series.series_uid or ("" if only else SERIES_OF_FOLDER),
        series.files,
        "",
        series.patient_identity,
        series.has_burned_in_annotation,
    )


def _from_files(files: Sequence[Path]) -> Iterator[FoundCt]:
    """Files by their stem; with the folder in front where several are called "ct", say."""
    stems = Counter(name_of_file(file) for file in files)
    for file in files:
        stem = name_of_file(file)
        name = stem if stems[stem] == 1 else f"{file.parent.name} {stem}"
        yield FoundCt(file, "", (file,), name, "", has_burned_in_annotation=False)


def _counts(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counter.items()))


def _damaged(file: Path) -> str:
    return (
        f"{file.name} is damaged or cut short and cannot be read as DICOM. Copy or export it again."
    )


def stop_if(is_cancelled: IsCancelled) -> None:
    """Raise ``CancelledError`` if the user cancelled."""
    if is_cancelled():
        raise CancelledError("Adding was cancelled.")
