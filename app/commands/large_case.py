"""The large synthetic CT that the hands and the window are timed on, made in fine voxels."""

from __future__ import annotations

import json
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.measures import inner_point_lps
from imaging.phantom import make_phantom
from imaging.structures import all_structures
from imaging.volume import Volume
from imaging.writers.volume_file import write_label_file, write_volume_file

SHAPE = (600, 512, 512)
SPACING_MM = (1.0, 0.75, 0.75)
COARSE_STEPS = (6, 2, 2)
"""The phantom is made on a coarser grid, and each voxel repeated: this saves minutes."""

CT_FILE, LABEL_FILE, POINTS_FILE = "large.nii", "mask.nii", "points.json"

Point = tuple[float, float, float]


def large_case(structures: int) -> tuple[Volume, NDArray[np.uint8]]:
    """A phantom in fine voxels; so many of its structures are labelled."""
    k, j, i = (size // step for size, step in zip(SHAPE, COARSE_STEPS, strict=True))
    dk, dj, di = (mm * step for mm, step in zip(SPACING_MM, COARSE_STEPS, strict=True))
    patient = make_phantom(0, shape=(k, j, i), spacing_kji_mm=(dk, dj, di))
    array, labels = patient.volume.array, patient.labels
    for axis, step in enumerate(COARSE_STEPS):
        array, labels = np.repeat(array, step, axis), np.repeat(labels, step, axis)
    kept = np.unique(labels)[1 : structures + 1]
    labels = np.where(np.isin(labels, kept), labels, 0).astype(np.uint8)
    geometry = VolumeGeometry.from_parts(SHAPE, (0.0, 0.0, 0.0), SPACING_MM)
    return Volume(array, geometry, name="Bench"), labels


def write_large_case(folder: Path, structures: int) -> None:
    """Write it as files, uncompressed so that reading them is all that takes time.

    The third file names each labelled structure and a point well inside of it.
    """
    volume, labels = large_case(structures)
    write_volume_file(folder / CT_FILE, volume)
    write_label_file(folder / LABEL_FILE, labels, volume.geometry)
    present = set(np.unique(labels).tolist())
    points = {
        structure.name: inner_point_lps(labels == structure.label_value, volume.geometry)
        for structure in all_structures()
        if structure.label_value in present
    }
    (folder / POINTS_FILE).write_text(json.dumps(points), encoding="utf-8")


def points_inside(folder: Path) -> dict[str, Point]:
    """What ``write_large_case`` says about the structures: a point inside of each, LPS mm."""
    points = json.loads((folder / POINTS_FILE).read_text(encoding="utf-8"))
    return {name: (x, y, z) for name, (x, y, z) in points.items()}


def write_large_case_elsewhere(folder: Path, structures: int) -> None:
    """The same in a process of its own, so that none of its memory counts as the caller's."""
    child = get_context("spawn").Process(target=write_large_case, args=(folder, structures))
    child.start()
    child.join()
    if child.exitcode:
        raise RuntimeError(f"the process that writes the CT ended with {child.exitcode}")
