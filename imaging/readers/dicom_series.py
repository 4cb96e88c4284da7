"""Finds DICOM series in folders, describes them and picks the one to open."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from imaging.errors import SeriesChoiceError, UnreadableFileError, UnreadableSeriesError
from imaging.readers.geometry_check import CheckedSeries, check_series
from imaging.readers.series_info import SeriesInfo
from imaging.readers.slice_header import DICOMDIR_SOP_CLASS, SliceHeader, read_slice_headers

ReportProgress = Callable[[float, str], None]

PHASES = (
    ("non-contrast", r"non.?contrast|unenhanced|without contrast|nativ|\bncct\b"),
    ("arterial phase", r"arteri"),
    ("portal venous phase", r"porto?.?ven|portal|venous|ven(ö|oe?)s"),
    ("nephrographic phase", r"nephro"),
    ("delayed phase", r"delay|late phase|excret|spät|spaet"),
)
"""How descriptions name the phase of contrast, most telling first."""

MAX_LISTED = 8
"""More series than this make a sentence nobody reads."""

_MAGIC_OFFSET = 128
_OLD_FIRST_TAGS = (b"\x08\x00", b"\x02\x00")
"""Little-endian group of the first element in DICOM files written without a preamble."""

_REPORT_EVERY = 20


@dataclass(frozen=True, slots=True, eq=False)
class FoundSeries:
    """A series with its verdict."""

    uid: str
    checked: CheckedSeries

    @property
    def info(self) -> SeriesInfo:
        """What to show of it."""
        first = self.checked.slices[0]
        geometry = self.checked.geometry
        return SeriesInfo(
            series_uid=self.uid,
            description=first.description or f"{first.modality or 'DICOM'} series",
            modality=first.modality,
            slice_count=len(self.checked.slices),
            slice_thickness_mm=first.thickness_mm,
            phase=_phase(first),
            shape=None if geometry is None else geometry.shape,
            problem=self.checked.problem,
            warnings=self.checked.warnings,
        )


def find_series(path: Path, report: ReportProgress) -> tuple[FoundSeries, ...]:
    """The series of a folder and its subfolders, or those beside a file; most useful first.

    Raises:
        UnreadableFileError: there is no DICOM, or the file itself is damaged.
    """
    if path.is_dir():
        return _series_of(path, _dicom_files(path), None, report)
    if not is_dicom(path):
        raise UnreadableFileError(
            f"{path.name} is no CT file that can be opened. Open a DICOM folder or file, NIfTI "
            "(.nii, .nii.gz), NRRD (.nrrd, .nhdr) or MetaImage (.mha, .mhd)."
        )
    own = read_slice_headers(path)
    if own[0].sop_class == DICOMDIR_SOP_CLASS:
        return _series_of(path.parent, _dicom_files(path.parent), None, report)
    beside = [file for file in sorted(path.parent.iterdir()) if file.is_file() and is_dicom(file)]
    # First, so that of several copies of an image the one that was asked for is kept.
    files = [path, *(file for file in beside if file.name != path.name)]
    return _series_of(path.parent, files, own[0].series_uid, report)


def choose_series(
    path: Path, found: Sequence[FoundSeries], series_uid: str | None
) -> CheckedSeries:
    """The one series to open.

    Raises:
        SeriesChoiceError: several are usable, or none has this identifier.
        UnreadableSeriesError: none is usable.
    """
    if series_uid is not None:
        named = [series for series in found if series.uid == series_uid]
        if not named:
            raise SeriesChoiceError(
                f"{path.name} holds no series {series_uid}. It holds: {_listed(found)}."
            )
        found = named
    usable = [series for series in found if series.checked.problem is None]
    if not usable:
        raise UnreadableSeriesError(_all_refused(path, found))
    volumes = [series for series in usable if len(series.checked.slices) > 1] or usable
    if len(volumes) > 1:
        raise SeriesChoiceError(
            f"{path.name} holds {len(volumes)} CT series; choose one of them: {_listed(volumes)}."
        )
    return volumes[0].checked


def is_dicom(path: Path) -> bool:
    """True if a file looks like DICOM, with or without preamble, whatever its name."""
    try:
        with path.open("rb") as file:
            start = file.read(_MAGIC_OFFSET + 4)
    except OSError:
        return False
    return start[_MAGIC_OFFSET:] == b"DICM" or (
        start[:2] in _OLD_FIRST_TAGS and start[3:4] == b"\x00" and len(start) > _MAGIC_OFFSET
    )


def _dicom_files(folder: Path) -> list[Path]:
    files: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders.sort()
        files.extend(Path(parent, name) for name in sorted(names))
    return [file for file in files if file.is_file() and is_dicom(file)]


def _series_of(
    folder: Path, files: Sequence[Path], only_uid: str | None, report: ReportProgress
) -> tuple[FoundSeries, ...]:
    if not files:
        raise UnreadableFileError(_no_dicom(folder))
    groups: dict[str, list[SliceHeader]] = defaultdict(list)
    damaged: list[UnreadableFileError] = []
    for count, file in enumerate(files):
        if count % _REPORT_EVERY == 0:
            report(count / len(files), "Reading headers")
        try:
            headers = read_slice_headers(file)
        except UnreadableFileError as error:
            damaged.append(error)
            continue
        if headers[0].sop_class != DICOMDIR_SOP_CLASS:
            groups[headers[0].series_uid or _stand_in_uid(folder, file)].extend(headers)
    if only_uid is not None:
        wanted = only_uid or _stand_in_uid(folder, files[0])
        groups = {uid: headers for uid, headers in groups.items() if uid == wanted}
    if not groups:
        raise damaged[0] if damaged else UnreadableFileError(_no_dicom(folder))
    series = [FoundSeries(uid, check_series(headers)) for uid, headers in groups.items()]
    if damaged:
        series = [_with_warning(one, _damaged_warning(damaged)) for one in series]
    return tuple(sorted(series, key=_usefulness))


def _stand_in_uid(folder: Path, file: Path) -> str:
    """Anonymised files may lack the series' identifier: then a folder is a series."""
    return f"folder:{file.parent.relative_to(folder).as_posix()}"


def _usefulness(series: FoundSeries) -> tuple[bool, bool, bool, int]:
    checked = series.checked
    is_original = "ORIGINAL" in checked.slices[0].image_type
    return (
        checked.problem is not None,
        bool(checked.warnings),
        not is_original,
        -len(checked.slices),
    )


def _with_warning(series: FoundSeries, warning: str) -> FoundSeries:
    checked = series.checked
    return FoundSeries(
        series.uid,
        CheckedSeries(
            checked.slices, checked.geometry, checked.problem, (*checked.warnings, warning)
        ),
    )


def _damaged_warning(damaged: Sequence[UnreadableFileError]) -> str:
    if len(damaged) == 1:
        return f"One file was left out. {damaged[0]}"
    return f"{len(damaged)} damaged DICOM files were left out. {damaged[0]}"


def _phase(image: SliceHeader) -> str:
    for name, pattern in PHASES:
        if re.search(pattern, image.phase_text, re.IGNORECASE):
            return name
    return "with contrast agent" if image.has_contrast_agent else ""


def _listed(found: Sequence[FoundSeries]) -> str:
    parts = [f"{series.info.summary} ({series.uid})" for series in found[:MAX_LISTED]]
    if len(found) > MAX_LISTED:
        parts.append(f"and {len(found) - MAX_LISTED} more")
    return "; ".join(parts)


def _all_refused(path: Path, found: Sequence[FoundSeries]) -> str:
    if len(found) == 1:
        return f"{path.name} cannot be opened. {found[0].checked.problem}"
    reasons = [f"{series.info.summary}: {series.checked.problem}" for series in found[:MAX_LISTED]]
    return f"None of the {len(found)} series of {path.name} can be opened. " + " ".join(reasons)


def _no_dicom(folder: Path) -> str:
    others = [
        file.name
        for file in sorted(folder.iterdir())
        if file.name.lower().endswith((".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd"))
    ]
    if others:
        return f"{folder.name} holds no DICOM files, but {others[0]}: open that file itself."
    return f"{folder.name} holds no DICOM files. Choose the folder with the CT's images."
