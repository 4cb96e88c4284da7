"""CT series on many grids, written without the product's code."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from imaging.geometry import VolumeGeometry


def _turn(a_deg, b_deg, c_deg):
    a, b, c = np.deg2rad([a_deg, b_deg, c_deg])
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


AXES_KJI = np.eye(3)[:, ::-1]
"""Directions of k, j, i of an axial grid, as columns."""

LEANING_DOWN = _turn(-30, 8, 41) @ AXES_KJI * [-1, 1, 1]

# Name: (shape, origin, spacing, direction); no two sides or spacings are alike.
GRIDS = {
    "axial": ((14, 41, 50), (-20.0, -31.5, 100.25), (2.5, 0.8, 0.8), AXES_KJI),
    "oblique": ((15, 44, 53), (-31.0, 12.5, -200.0), (3.0, 0.9, 0.7), _turn(9, 17, -23) @ AXES_KJI),
    "feet last": ((14, 41, 50), (0, 0, 300), (2.5, 0.8, 0.8), AXES_KJI * [-1, 1, 1]),
    "prone": ((13, 45, 39), (60, 70, -50), (2.0, 0.9, 1.1), AXES_KJI * [1, -1, -1]),
    "coronal": ((16, 47, 38), (-20, 5, 80), (1.5, 1.2, 0.7), np.eye(3)[:, [1, 2, 0]] * [1, -1, 1]),
    "sagittal": ((17, 43, 46), (9, -8, 70), (2.2, 1.0, 0.6), np.eye(3)[:, [0, 2, 1]] * [1, -1, 1]),
    "thick": ((9, 60, 61), (-15, -15, 0), (7.5, 0.5, 0.5), AXES_KJI),
    "wide pixels": ((12, 31, 70), (-40, -22, 13), (1.0, 1.7, 0.45), AXES_KJI),
    "oblique feet last": ((11, 52, 43), (8, 7, 6), (4.0, 0.7, 0.9), LEANING_DOWN),
    "two slices": ((2, 33, 47), (1, 2, 3), (5.0, 0.9, 0.8), _turn(0, 0, 12) @ AXES_KJI),
}  # fmt: skip


def _image(geometry: VolumeGeometry, k: int, shared: dict[str, str]) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    for keyword, value in shared.items():
        setattr(dataset, keyword, value)
    dataset.PatientName, dataset.PatientID = "Canary^Carla", "C-4711"
    dataset.Modality = "CT"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.InstanceNumber = k + 1
    dataset.SliceThickness = float(geometry.spacing_kji_mm[0])
    dataset.PixelSpacing = [round(float(mm), 6) for mm in geometry.spacing_kji_mm[1:]]
    row, column = geometry.direction[:, 2], geometry.direction[:, 1]
    dataset.ImageOrientationPatient = [round(float(x), 12) for x in (*row, *column)]
    dataset.ImagePositionPatient = [round(float(mm), 8) for mm in geometry.index_to_lps((k, 0, 0))]
    dataset.Rows, dataset.Columns = geometry.shape[1:]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = 1
    dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = 1, 0, "HU"
    stored = np.random.default_rng(k).integers(-1000, 1500, geometry.shape[1:]).astype("<i2")
    dataset.PixelData = stored.tobytes()
    return dataset


def geometry_of(name: str) -> VolumeGeometry:
    """One of the grids."""
    shape, origin_lps, spacing_kji_mm, direction = GRIDS[name]
    return VolumeGeometry.from_parts(shape, origin_lps, spacing_kji_mm, direction)


def write_ct(folder: Path, geometry: VolumeGeometry) -> Path:
    """A CT series on a grid, its files in an order of their own."""
    folder.mkdir(parents=True)
    shared = {
        "StudyInstanceUID": generate_uid(),
        "SeriesInstanceUID": generate_uid(),
        "FrameOfReferenceUID": generate_uid(),
        "StudyDate": "20260102",
        "StudyTime": "101500",
    }
    for number, k in enumerate(np.random.default_rng(3).permutation(geometry.shape[0])):
        _image(geometry, int(k), shared).save_as(
            folder / f"image{number:03d}", enforce_file_format=True
        )
    return folder


def phantom_labels(geometry: VolumeGeometry) -> np.ndarray:
    """A spleen with a hole and an island in it, a kidney at the border, a tumour of one voxel."""
    k, j, i = (np.arange(n, dtype=float) / n for n in geometry.shape)
    k, j, i = k[:, None, None], j[None, :, None], i[None, None, :]

    def ball(middle, radius):
        return (k - middle[0]) ** 2 + (j - middle[1]) ** 2 + (i - middle[2]) ** 2 < radius**2

    labels = np.zeros(geometry.shape, np.uint8)
    labels[ball((0.5, 0.4, 0.6), 0.3)] = 1
    labels[ball((0.5, 0.4, 0.6), 0.15)] = 0
    labels[ball((0.5, 0.4, 0.6), 0.06)] = 1
    labels[ball((0.3, 0.95, 0.1), 0.25)] = 5
    labels[1, 3, 4] = 3
    return labels


@pytest.fixture(params=list(GRIDS))
def grid(request) -> VolumeGeometry:
    """Ten grids, one after the other."""
    return geometry_of(request.param)


@pytest.fixture
def labels_on() -> Callable[[VolumeGeometry], np.ndarray]:
    """A maker of labels on a grid."""
    return phantom_labels


@pytest.fixture
def ct_on(tmp_path) -> Callable[[VolumeGeometry], Path]:
    """A maker of CT series on a grid."""
    return lambda geometry: write_ct(tmp_path / "ct", geometry)
