"""Copies CTs into a project without what names the patient."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imaging.deidentification.series import deidentify_series
from imaging.deidentification.uid_map import UidMap
from imaging.deidentification.volume_file import deidentify_volume_file
from training.cases.ct_copies import StagedCt, passing_folder
from training.cases.find_cases import FoundCt, IsCancelled


@contextmanager
def deidentified(
    ct: FoundCt, cts_folder: Path, pseudonym: str, uid_map_file: Path, is_cancelled: IsCancelled
) -> Iterator[StagedCt]:
    """A copy by the basic profile of DICOM PS3.15; gone afterwards unless it was settled.

    Raises:
        WriteError: the copy failed; nothing is left of it.
        CancelledError: ``is_cancelled`` said so.
    """
    with passing_folder(cts_folder) as folder:
        if not ct.is_dicom:
            target = folder / "ct.nii.gz"
            deidentify_volume_file(ct.path, target)
            yield StagedCt(target, None, folder)
            return
        report = deidentify_series(
            ct.files,
            folder,
            pseudonym,
            UidMap.load(uid_map_file),
            is_cancelled=is_cancelled,
        )
        yield StagedCt(folder, None, folder, report.warnings)
