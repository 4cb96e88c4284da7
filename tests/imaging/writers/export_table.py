"""Writes docs/exports.md: what other readers find in the files that we export.

Run it from the repository: ``python tests/imaging/writers/export_table.py``.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pydicom
import trimesh

from imaging.errors import UnnamedSeriesError
from imaging.geometry import VolumeGeometry
from imaging.readers.dicom_seg import open_dicom_seg
from imaging.readers.label_file import reordered
from imaging.readers.open_volume import open_volume
from imaging.readers.segment_names import structure_of_name
from imaging.readers.source_series import SourceSeries, read_source_series
from imaging.readers.volume_source import VolumeSource, open_source
from imaging.structures import STRUCTURES, structure_by_name, structure_by_value
from imaging.volume import Volume
from imaging.writers.ct_series import write_ct_series
from imaging.writers.dicom_seg import write_dicom_seg
from imaging.writers.mask_origin import MaskOrigin
from imaging.writers.mesh import write_mesh
from imaging.writers.rtstruct import write_rtstruct

REPOSITORY = Path(__file__).resolve().parents[3]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
TABLE = REPOSITORY / "docs" / "exports.md"

MESH_POINTS = 200
"""Random points of each surface whose distance is measured."""

TOTALSEGMENTATOR_CLASSES = {
    1: "spleen", 2: "right kidney", 3: "left kidney", 4: "gallbladder", 5: "liver", 6: "stomach",
    7: "pancreas", 8: "right adrenal gland", 9: "left adrenal gland",
}  # fmt: skip

INTRODUCTION = """\
# What other readers find in exported files

Ten synthetic CT series on grids of every kind, with masks that have a hole, an island, a single
voxel and a border at the edge; then the open CTs beside the project (`shared/data`) with their
masks. A CT that has no DICOM images that can be named (NIfTI, or a series without identifiers) is
written as a DICOM series first; that is marked with a star.

- **Errors**: what `dciodvfy` (dicom3tools) calls an error, in SEG, RTSTRUCT and a written series.
- **SEG**: voxels that differ from the mask, read with pydicom alone: frames matched to the CT's
  files by ImagePositionPatient.
- **RTSTRUCT**: the lowest Dice of a structure, its contours filled by scikit-image on the images
  that they name.
- **Surface**: the largest distance of a smoothed surface (PLY, read by trimesh) from the faces
  of the mask's voxels, in voxels; at most 0.5 is promised.

Renew this page with `python tests/imaging/writers/export_table.py`; a test compares it.

| CT | voxels | structures | errors | SEG, voxels that differ | RTSTRUCT, Dice | surface, voxels |
| --- | --- | --- | --- | --- | --- | --- |
"""


def _loaded(path: Path) -> ModuleType:
    """A module of the tests, which are no package."""
    spec = importlib.util.spec_from_file_location(f"export_table_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_HERE = Path(__file__).parent
STANDARD = _loaded(_HERE.parent / "conftest.py")
GRIDS = _loaded(_HERE / "conftest.py")
SEG = _loaded(_HERE / "test_dicom_seg.py")
RTSTRUCT = _loaded(_HERE / "test_rtstruct.py")
MESH = _loaded(_HERE / "test_mesh.py")


class Case(NamedTuple):
    """A CT with masks, and its DICOM images."""

    name: str
    geometry: VolumeGeometry
    labels: np.ndarray
    source: SourceSeries
    is_new_series: bool = False


def table(shared_data: Path) -> str:
    """The whole page."""
    with tempfile.TemporaryDirectory() as scratch:
        cases = [*_synthetic(Path(scratch)), *_open_data(shared_data, Path(scratch))]
        rows = [_row(case, Path(scratch)) for case in cases]
    return INTRODUCTION + "\n".join(rows) + "\n"


def _synthetic(scratch: Path) -> Iterator[Case]:
    for name in GRIDS.GRIDS:
        geometry = GRIDS.geometry_of(name)
        folder = GRIDS.write_ct(scratch / name, geometry)
        source = read_source_series(folder)
        yield Case(name, geometry, GRIDS.phantom_labels(geometry), source)


def _open_data(shared_data: Path, scratch: Path) -> Iterator[Case]:
    folder = shared_data / "ct" / "totalseg_dicom"
    volume = open_volume(folder / "series")
    found = _labels(folder / "labels_all.nii.gz", volume.geometry)
    labels = np.zeros_like(found)
    for number, name in TOTALSEGMENTATOR_CLASSES.items():
        labels[found == number] = structure_by_name(name).label_value
    yield _opened("ct/totalseg_dicom", folder / "series", volume, labels, scratch)

    folder = shared_data / "ct" / "totalseg_nifti"
    volume = open_volume(folder / "ct.nii.gz")
    labels = np.zeros(volume.geometry.shape, np.uint8)
    for file in sorted((folder / "labels").iterdir()):
        structure = structure_of_name(file.name.removesuffix(".nii.gz"))
        if structure is not None:
            labels[_labels(file, volume.geometry) > 0] = structure.label_value
    yield _opened("ct/totalseg_nifti", folder / "ct.nii.gz", volume, labels, scratch)

    folder = shared_data / "ct" / "msd_spleen_8"
    volume = open_volume(folder / "ct.nii.gz")
    labels = _labels(folder / "labels_spleen.nii.gz", volume.geometry)
    yield _opened("ct/msd_spleen_8", folder / "ct.nii.gz", volume, labels, scratch)

    folder = shared_data / "dicom" / "seg"
    volume = open_volume(folder / "ct_3slice")
    labels = _voxels(open_dicom_seg(folder / "liver.dcm", volume.geometry, None))
    yield _opened("dicom/seg/ct_3slice", folder / "ct_3slice", volume, labels, scratch)


def _labels(path: Path, geometry: VolumeGeometry) -> np.ndarray:
    """A label file on a CT's grid, without a process of its own for each of many."""
    source = open_source(path, None, lambda _share, _text: None)
    return reordered(_voxels(source), source.geometry, geometry, path.name)


def _voxels(source: VolumeSource) -> np.ndarray:
    return np.concatenate(list(source.slabs)).astype(np.uint8)


def _opened(name: str, path: Path, volume: Volume, labels: np.ndarray, scratch: Path) -> Case:
    folder = scratch / name.replace("/", "_")
    try:
        source = read_source_series(path, None)
    except UnnamedSeriesError:
        source = write_ct_series(folder, volume, "P0001")
    return Case(name, volume.geometry, labels, source, folder.exists())


def _row(case: Case, scratch: Path) -> str:
    seg, outlines = scratch / "seg.dcm", scratch / "rtstruct.dcm"
    write_dicom_seg(seg, case.labels, case.geometry, STRUCTURES, case.source, MaskOrigin())
    write_rtstruct(outlines, case.labels, case.geometry, STRUCTURES, case.source, MaskOrigin())
    written = [seg, outlines, *(case.source.paths[:1] if case.is_new_series else ())]
    errors = sum(len(STANDARD.standard_errors(path)) for path in written)
    values = [value for value in np.unique(case.labels) if value]
    i, j, k = case.geometry.shape[::-1]
    star = " (*)" if case.is_new_series else ""
    return (
        f"| {case.name}{star} | {i}x{j}x{k} | {len(values)} "
        f"| {errors} | {_differing_voxels(case, seg)} | {_lowest_dice(case, outlines):.4f} "
        f"| {_farthest(case, values, scratch):.2f} |"
    )


def _on_grid(case: Case, masks: dict[str, np.ndarray]) -> np.ndarray:
    """One structure's pixels by image, put on the case's grid by the images' places."""
    found = np.zeros(case.geometry.shape, bool)
    for image in case.source.images:
        pixels = masks.get(image.SOPInstanceUID)
        if pixels is None:
            continue
        row, column = np.nonzero(pixels)
        direction = np.array(image.ImageOrientationPatient, float)
        points_lps = (
            np.array(image.ImagePositionPatient, float)
            + row[:, None] * direction[3:] * float(image.PixelSpacing[0])
            + column[:, None] * direction[:3] * float(image.PixelSpacing[1])
        )
        index_kji = np.rint(case.geometry.lps_to_index(points_lps)).astype(int)
        found[tuple(index_kji.T)] = True
    return found


def _differing_voxels(case: Case, path: Path) -> int:
    by_name = SEG.masks_by_place(path, case.source.paths)
    found = np.zeros_like(case.labels)
    for name, masks in by_name.items():
        found[_on_grid(case, masks)] = structure_by_name(name).label_value
    return int(np.count_nonzero(found != case.labels))


def _lowest_dice(case: Case, path: Path) -> float:
    images = [pydicom.dcmread(file) for file in case.source.paths]
    by_uid = {
        image.SOPInstanceUID or image.file_meta.MediaStorageSOPInstanceUID: image
        for image in images
    }
    lowest = 1.0
    for name, masks in RTSTRUCT.masks_by_image(path, by_uid).items():
        wanted = case.labels == structure_by_name(name).label_value
        found = _on_grid(case, masks)
        lowest = min(lowest, 2 * np.count_nonzero(found & wanted) / (found.sum() + wanted.sum()))
    return lowest


def _farthest(case: Case, values: list[int], scratch: Path) -> float:
    farthest = 0.0
    random = np.random.default_rng(0)
    for value in values:
        structure = structure_by_value(int(value))
        mask, path = case.labels == value, scratch / "surface.ply"
        write_mesh(path, mask, case.geometry, structure.title)
        surface = trimesh.load_mesh(path, process=False)
        points = MESH.points_on(surface, MESH_POINTS, random)
        farthest = max(farthest, MESH.distance_in_voxels(points, mask, case.geometry).max())
    return farthest


if __name__ == "__main__":
    TABLE.write_text(table(SHARED_DATA), encoding="utf-8")
    sys.stdout.write(TABLE.read_text(encoding="utf-8"))
