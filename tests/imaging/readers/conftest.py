"""A maker of small DICOM series, right ones and, by an edit, wrong ones."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from imaging.readers.dicom_series import FoundSeries, find_series

ROW = np.array([0.96, 0.28, 0.0])
COLUMN = np.array([-0.28 * 0.8, 0.96 * 0.8, 0.6])
SPACING_JI_MM = (0.9, 0.7)
STEP_MM = 2.5
ORIGIN_LPS = np.array([-31.25, 12.5, -200.0])

Edit = Callable[[list[Dataset]], object]


def _slice(number: int, series_uid: str, shape_ji: tuple[int, int]) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    dataset.SeriesInstanceUID = series_uid
    dataset.SeriesDescription = "Abdomen portal venous"
    dataset.PatientName = "Canary^Carla"
    dataset.Modality = "CT"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.InstanceNumber = number + 1
    dataset.SliceThickness = STEP_MM
    dataset.PixelSpacing = list(SPACING_JI_MM)
    dataset.ImageOrientationPatient = [float(x) for x in (*ROW, *COLUMN)]
    position = ORIGIN_LPS + number * STEP_MM * np.cross(ROW, COLUMN)
    dataset.ImagePositionPatient = [round(float(x), 6) for x in position]
    dataset.Rows, dataset.Columns = shape_ji
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.RescaleSlope, dataset.RescaleIntercept = 1, -1024
    dataset.RescaleType = "HU"
    stored = np.random.default_rng(number).integers(0, 4000, shape_ji).astype("<u2")
    dataset.PixelData = stored.tobytes()
    return dataset


def _write_all(folder: Path, datasets: list[Dataset]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, dataset in enumerate(datasets):
        dataset.save_as(folder / f"slice{number:03d}.dcm", enforce_file_format=False)


@pytest.fixture
def write_series(tmp_path: Path) -> Callable[..., Path]:
    """Write an oblique CT series of 6 slices with 12 rows and 10 columns; returns its folder."""

    def write(
        edit: Edit | None = None,
        *,
        folder: str = "series",
        count: int = 6,
        shape_ji: tuple[int, int] = (12, 10),
    ) -> Path:
        series_uid = generate_uid()
        # Wrong values are the point here; pydicom would not let them pass.
        with pydicom.config.disable_value_validation():
            datasets: list[Dataset] = [_slice(n, series_uid, shape_ji) for n in range(count)]
            if edit is not None:
                edit(datasets)
            _write_all(tmp_path / folder, datasets)
        return tmp_path / folder

    return write


@pytest.fixture
def found_in() -> Callable[[Path], tuple[FoundSeries, ...]]:
    """The verdicts on a folder's series, without a child process."""
    return lambda folder: find_series(folder, lambda _share, _text: None)


@pytest.fixture
def header_affine() -> Callable[[list[Dataset]], np.ndarray]:
    """The (k, j, i, 1) -> LPS affine of an evenly spaced series, from its headers alone."""

    def affine_of(datasets: list[Dataset]) -> np.ndarray:
        orientation = np.array(datasets[0].ImageOrientationPatient, float)
        normal = np.cross(orientation[:3], orientation[3:])
        positions = np.array([d.ImagePositionPatient for d in datasets], float)
        positions = positions[np.argsort(positions @ normal)]
        affine = np.eye(4)
        affine[:3, 0] = (positions[-1] - positions[0]) / (len(positions) - 1)
        affine[:3, 1] = orientation[3:] * float(datasets[0].PixelSpacing[0])
        affine[:3, 2] = orientation[:3] * float(datasets[0].PixelSpacing[1])
        affine[:3, 3] = positions[0]
        return affine

    return affine_of
