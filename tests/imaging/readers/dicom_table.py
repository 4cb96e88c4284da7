"""Writes docs/dicom-table.md: what becomes of every open DICOM series and CT beside the project.

Run it from the repository: ``python tests/imaging/readers/dicom_table.py``.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom

from imaging.errors import MaskwrightError
from imaging.readers.open_volume import list_series, open_volume

REPOSITORY = Path(__file__).resolve().parents[3]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
TABLE = REPOSITORY / "docs" / "dicom-table.md"

INTRODUCTION = """\
# What becomes of the open CTs and DICOM files

Every series of the open data set beside the project (`shared/data`), and every file in it that is
more than one slice of a series, opened with `open_volume`. The error is the largest difference, in
mm, between our affine and the one that follows from the file's own headers: from pydicom for DICOM
(ImagePositionPatient of the first and last slice, ImageOrientationPatient, PixelSpacing), from
nibabel for NIfTI.

Renew this page with `python tests/imaging/readers/dicom_table.py`; a test compares it.

| opened | files | result | error, mm | what the user reads |
| --- | --- | --- | --- | --- |
"""


def table(shared_data: Path) -> str:
    """The whole page."""
    rows = [
        *_dicom_rows(shared_data / "dicom", shared_data),
        *_zip_rows(shared_data / "dicom" / "misc" / "duplicate_positions", shared_data),
        *_ct_rows(shared_data / "ct", shared_data),
    ]
    return INTRODUCTION + "\n".join(rows) + "\n"


def _dicom_rows(root: Path, shared_data: Path) -> list[str]:
    rows = []
    for folder in sorted(path for path in [root, *root.rglob("*")] if path.is_dir()):
        files = [file for file in sorted(folder.iterdir()) if file.is_file()]
        if len(files) > 1 and folder.name != "misc":
            rows.append(_row(folder, folder.relative_to(shared_data).as_posix()))
        one_of_a_kind = ("misc", "transfer_syntaxes", "multiframe", "seg", "rtstruct", "nrrd")
        if folder.name in one_of_a_kind:
            rows.extend(_row(file, file.relative_to(shared_data).as_posix()) for file in files)
    for folder in (root / "mixed_folder", root / "multiframe"):
        rows.append(_row(folder, folder.relative_to(shared_data).as_posix()))
    return rows


def _zip_rows(folder: Path, shared_data: Path) -> list[str]:
    rows = []
    for archive in sorted(folder.glob("*.zip")):
        with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(archive) as packed:
            unpacked = Path(scratch) / archive.stem
            packed.extractall(unpacked)
            name = archive.relative_to(shared_data).as_posix()
            rows.append(_row(unpacked, f"{name}, unpacked"))
    return rows


def _ct_rows(root: Path, shared_data: Path) -> list[str]:
    series = root / "totalseg_dicom" / "series"
    files = [*sorted(root.glob("*/*.nii.gz"))]
    return [_row(path, path.relative_to(shared_data).as_posix()) for path in [series, *files]]


def _row(path: Path, name: str) -> str:
    count = sum(1 for file in path.rglob("*") if file.is_file()) if path.is_dir() else 1
    try:
        volume = open_volume(path)
    except MaskwrightError as error:
        result = "choose" if type(error).__name__ == "SeriesChoiceError" else "refused"
        return f"| `{name}` | {count} | {result} | | {error} |"
    k, j, i = volume.geometry.shape
    error_mm = abs(volume.geometry.affine - _expected_affine(path)).max()
    result = f"{'warned' if volume.warnings else 'opened'}, {i}x{j}x{k}"
    return f"| `{name}` | {count} | {result} | {error_mm:.1e} | {' '.join(volume.warnings)} |"


def _expected_affine(path: Path) -> np.ndarray:
    if path.name.endswith(".nii.gz"):
        return (np.diag([-1.0, -1.0, 1.0, 1.0]) @ nib.load(path).affine)[:, [2, 1, 0, 3]]
    if path.suffix == ".nrrd":
        return _nrrd_affine(path)
    planes = _planes(path)
    orientation = np.array(planes[0][1], float)
    normal = np.cross(orientation[:3], orientation[3:])
    positions = np.array([position for position, *_ in planes], float)
    positions = positions[np.argsort(positions @ normal)]
    count = len(positions)
    step = (positions[-1] - positions[0]) / (count - 1) if count > 1 else normal * planes[0][3]
    affine = np.eye(4)
    affine[:3, 0] = step
    affine[:3, 1] = orientation[3:] * float(planes[0][2][0])
    affine[:3, 2] = orientation[:3] * float(planes[0][2][1])
    affine[:3, 3] = positions[0]
    return affine


def _planes(path: Path) -> list[tuple[object, object, object, float]]:
    """Position, orientation, spacing and thickness of each distinct plane of the opened series."""
    if path.is_dir():
        wanted = list_series(path)[0].series_uid
    else:
        wanted = str(
            pydicom.dcmread(path, specific_tags=["SeriesInstanceUID"]).get("SeriesInstanceUID", "")
        )
    folder = path if path.is_dir() else path.parent
    planes = {}
    for file in sorted(folder.rglob("*") if path.is_dir() else folder.iterdir()):
        if not (file.is_file() and pydicom.misc.is_dicom(file)):
            continue
        dataset = pydicom.dcmread(file)
        uid = str(dataset.get("SeriesInstanceUID", ""))
        if uid and uid != wanted:
            continue
        for plane in _planes_of(dataset):
            planes[tuple(plane[0])] = plane
    return list(planes.values())


def _planes_of(dataset: pydicom.Dataset) -> list[tuple[object, object, object, float]]:
    if "PerFrameFunctionalGroupsSequence" not in dataset:
        return [
            (
                dataset.ImagePositionPatient,
                dataset.ImageOrientationPatient,
                dataset.PixelSpacing,
                float(dataset.SliceThickness),
            )
        ]
    shared = dataset.SharedFunctionalGroupsSequence[0]
    measures = shared.PixelMeasuresSequence[0]
    return [
        (
            frame.PlanePositionSequence[0].ImagePositionPatient,
            shared.PlaneOrientationSequence[0].ImageOrientationPatient,
            measures.PixelSpacing,
            float(measures.SliceThickness),
        )
        for frame in dataset.PerFrameFunctionalGroupsSequence
    ]


def _nrrd_affine(path: Path) -> np.ndarray:
    """From the text of a header in LPS."""
    fields = dict(
        line.split(": ", 1)
        for line in path.read_bytes().split(b"\n\n")[0].decode("latin-1").splitlines()
        if ": " in line and not line.startswith("#")
    )
    if fields["space"] != "left-posterior-superior":
        raise ValueError(f"{path.name} is not in LPS")
    vectors = fields["space directions"].strip("()").split(") (")
    affine = np.eye(4)
    affine[:3, :3] = np.array([v.split(",") for v in vectors], float).T[:, ::-1]
    affine[:3, 3] = np.array(fields["space origin"].strip("()").split(","), float)
    return affine


if __name__ == "__main__":
    TABLE.write_text(table(SHARED_DATA), encoding="utf-8")
    sys.stdout.write(f"{TABLE.relative_to(REPOSITORY)} is written\n")
