"""What an export is asked for and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from training.cases.find_cases import Problem


class ExportFormat(StrEnum):
    """What is written for each case."""

    NIFTI = "nifti"
    NRRD = "nrrd"
    MHA = "mha"
    DICOM_SEG = "dicom-seg"
    RTSTRUCT = "rtstruct"
    STL = "stl"
    OBJ = "obj"
    PLY = "ply"
    CSV = "csv"
    """The measures of all exported cases, in one table."""


class DataSetFormat(StrEnum):
    """How CTs and labels lie together for training elsewhere."""

    DECATHLON = "decathlon"
    NNUNET = "nnunet"
    MONAI = "monai"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to export.

    Attributes:
        structures: names of the organ table; empty for all that a case has.
        uid_map_file: write nothing that names a patient, and keep here which DICOM identifier
            became which; None keeps names and identifiers.
        overwrites: replace files that are there; otherwise they are refused.
    """

    structures: tuple[str, ...] = ()
    uid_map_file: Path | None = None
    overwrites: bool = False

    @property
    def deidentifies(self) -> bool:
        """Whether nothing may name a patient."""
        return self.uid_map_file is not None


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote. Every file was read back and compared before it is named here.

    Attributes:
        files: all that was written.
        case_count: how many cases are in them.
        companions: those of ``files`` that were not asked for but that others refer to: the DICOM
            series of a CT that had none, or of a de-identified one.
        problems: cases that were not written, by name.
        warnings: about cases that were.
        was_cancelled: the rest was left out.
    """

    files: tuple[Path, ...]
    case_count: int = 0
    companions: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    was_cancelled: bool = False
