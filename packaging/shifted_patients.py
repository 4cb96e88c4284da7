"""Synthetic patients of another kind than the shipped model learned from, as a project.

An early arterial phase: the spleen is striped (as it is in the first half minute after the
contrast agent), the pancreas hardly differs from the bowel, and the scan is noisy.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from imaging.geometry import VolumeGeometry
from imaging.phantom import make_phantom
from imaging.readers.open_volume import open_volume
from imaging.structures import structure_by_name
from imaging.volume import Volume
from imaging.writers.atomic_file import whole_file
from imaging.writers.volume_file import write_volume_file
from training.cases.content_hash import content_sha256
from training.cases.project import Project
from training.cases.records import CaseSource, LabelDraft, NewCase, SourceKind, Split, VersionKind

FIRST_SEED = 5000
SHAPE = (80, 176, 176)
STRIPES_HU = 55.0
STRIPES_MM = 17.0
NOISE_HU = 26.0
STRUCTURES = ("spleen", "pancreas")


def shifted_patient(seed: int) -> tuple[Volume, NDArray[np.uint8]]:
    """The CT of a patient of that kind, and the true labels of spleen and pancreas."""
    phantom = make_phantom(seed, shape=SHAPE)
    rng = np.random.default_rng([seed, 0x5111])
    geometry = phantom.volume.geometry
    hu = phantom.volume.array.astype(np.float32)
    spleen = phantom.labels == structure_by_name("spleen").label_value
    pancreas = phantom.labels == structure_by_name("pancreas").label_value
    hu += gaussian_filter(spleen.astype(np.float32), 0.5) * _stripes(geometry, rng)
    hu += gaussian_filter(pancreas.astype(np.float32), 0.5) * np.float32(rng.uniform(-55, -35))
    noise = gaussian_filter(rng.standard_normal(hu.shape, dtype=np.float32), 0.5)
    hu += noise * np.float32(NOISE_HU / noise.std())
    kept = np.where(spleen | pancreas, phantom.labels, 0).astype(np.uint8)
    array = np.clip(np.rint(hu), -1024, 3071).astype(np.int16)
    return Volume(array, geometry, name=f"Shifted {seed}"), kept


def _stripes(geometry: VolumeGeometry, rng: np.random.Generator) -> NDArray[np.float32]:
    """Waves of two directions, in HU; shape (k, j, i)."""
    k, j, i = np.indices(geometry.shape, dtype=np.float32)
    at_mm = [axis * mm for axis, mm in zip((k, j, i), geometry.spacing_kji_mm, strict=True)]
    total = np.zeros(geometry.shape, np.float32)
    for _ in range(2):
        direction = rng.normal(size=3)
        direction /= np.linalg.norm(direction)
        phase = sum(mm * part for mm, part in zip(at_mm, direction, strict=True))
        total += np.sin(2 * np.pi * phase / STRIPES_MM + rng.uniform(0, 6.28)).astype(np.float32)
    return total * np.float32(STRIPES_HU / 2)


def make_project(
    folder: Path,
    splits: dict[Split, int],
    first_seed: int = FIRST_SEED,
    made: Path | None = None,
) -> None:
    """A project with approved cases, so many for each split.

    Patients are taken from the folder ``made`` where they were made before, and kept there.
    """
    with Project.create(folder, author="demo", name="Shifted patients") as project:
        project.cts_folder.mkdir()
        seed = first_seed
        for split, count in splits.items():
            for _ in range(count):
                _add(project, seed, split, made or project.cts_folder)
                seed += 1


def _add(project: Project, seed: int, split: Split, made: Path) -> None:
    path, volume, labels = _kept_patient(made, seed)
    source = CaseSource(SourceKind.FILE, path, content_sha256(volume.array, volume.geometry))
    key = project.patient_key(str(seed))
    case = project.cases.add(NewCase(f"Shifted {seed}", source, volume.geometry, key))
    project.splits.assign(key, split)
    project.versions.save(case.id, VersionKind.INTERIM, LabelDraft(labels, volume.geometry))
    project.review.approve(case.id, comment="True labels of a synthetic patient.")


def _kept_patient(folder: Path, seed: int) -> tuple[Path, Volume, NDArray[np.uint8]]:
    """The file of a patient's CT, its content and the labels, made where they are not there."""
    path, labels_path = folder / f"shifted_{seed}.nii.gz", folder / f"shifted_{seed}_labels.npy"
    if not labels_path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        volume, labels = shifted_patient(seed)
        write_volume_file(path, volume)
        with whole_file(labels_path, ".npy") as part:
            np.save(part, labels, allow_pickle=False)
    return path, open_volume(path), np.load(labels_path, allow_pickle=False)


def main() -> None:
    """Make the project that the arguments describe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--train", type=int, default=8)
    parser.add_argument("--validation", type=int, default=2)
    parser.add_argument("--hold-out", type=int, default=6)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    given = parser.parse_args()
    splits = {
        Split.HOLD_OUT: given.hold_out,
        Split.VALIDATION: given.validation,
        Split.TRAIN: given.train,
    }
    make_project(given.folder, splits, given.first_seed)


if __name__ == "__main__":
    main()
