"""Fine-tunes the shipped model on all open CTs but one, and measures it on that one, for each.

Everything but the choice of cases is the program's own: project, queue, worker, training and gate.
With one held-out patient the gate decides nothing; what it compared is printed as it is. The
shipped model has learned from two of the three CTs (``resources/models/*/README.md``), so before
the training it knows them already: only ``msd_spleen_8`` is new to it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.readers.dicom_series import find_series
from imaging.readers.label_file import open_label_map
from imaging.readers.open_volume import open_volume
from imaging.structures import structure_by_name
from imaging.volume import Volume
from training import worker
from training.cases.content_hash import content_sha256
from training.cases.project import Project
from training.cases.records import CaseSource, LabelDraft, NewCase, SourceKind, Split, VersionKind
from training.jobs.job import FineTuneSettings, Preset
from training.jobs.job_queue import JobQueue
from training.jobs.messages import Message
from training.jobs.places import JobPlaces
from training.open_data import TOTALSEGMENTATOR_NAMES
from training.promotion import PromotionDecision

MODEL = "abdomen_click_small"
MODEL_FOLDER = Path(__file__).parents[1] / "resources" / "models"
STRUCTURES = ("spleen", "pancreas", "liver")


@dataclass(frozen=True, slots=True)
class OpenCt:
    """An open CT: its files, and where its labels are (a map, or a folder of masks)."""

    name: str
    ct: Path
    labels: Path

    def read(self) -> tuple[Volume, NDArray[np.uint8]]:
        """The CT and the structures that count here, in our label values."""
        volume = open_volume(self.ct)
        labels = np.zeros(volume.geometry.shape, np.uint8)
        for name in STRUCTURES:
            mask = self._mask(name, volume)
            if mask is not None:
                labels[mask] = structure_by_name(name).label_value
        return volume, labels

    def _mask(self, name: str, volume: Volume) -> NDArray[np.bool_] | None:
        if self.labels.is_dir():
            file, values = self.labels / f"{name}.nii.gz", range(1, 256)
        elif self.labels.name == "labels_all.nii.gz":
            known = (value for value, one in TOTALSEGMENTATOR_NAMES.items() if one == name)
            file, values = self.labels, range(number := next(known), number + 1)
        else:
            file, values = self.labels.with_name(f"labels_{name}.nii.gz"), range(1, 256)
        if not file.exists():
            return None
        mask: NDArray[np.bool_] = np.isin(open_label_map(file, volume.geometry), values)
        return mask


def open_cts(data: Path) -> tuple[OpenCt, ...]:
    """The labelled CTs in the folder of the open data."""
    ct = data / "ct"
    return (
        OpenCt(
            "totalseg_nifti", ct / "totalseg_nifti" / "ct.nii.gz", ct / "totalseg_nifti" / "labels"
        ),
        OpenCt(
            "totalseg_dicom",
            ct / "totalseg_dicom" / "series",
            ct / "totalseg_dicom" / "labels_all.nii.gz",
        ),
        OpenCt(
            "msd_spleen_8",
            ct / "msd_spleen_8" / "ct.nii.gz",
            ct / "msd_spleen_8" / "labels_spleen.nii.gz",
        ),
    )


def make_project(folder: Path, cts: Sequence[OpenCt], left_out: str) -> None:
    """A project in which all but one CT are to learn from, and that one is held out."""
    with Project.create(folder, author="demo", name=f"Without {left_out}") as project:
        for one in cts:
            volume, labels = one.read()
            geometry = volume.geometry
            content = content_sha256(volume.array, geometry)
            source = CaseSource(SourceKind.FILE, one.ct, content)
            if one.ct.is_dir():
                (series,) = find_series(one.ct, lambda _share, _text: None)
                source = CaseSource(SourceKind.DICOM, one.ct, content, series.uid)
            key = project.patient_key(one.name)
            case = project.cases.add(NewCase(one.name, source, geometry, key))
            split = Split.HOLD_OUT if one.name == left_out else Split.TRAIN
            project.splits.assign(key, split)
            project.versions.save(case.id, VersionKind.INTERIM, LabelDraft(labels, geometry))
            project.review.approve(case.id, comment="Published labels, used as they are.")


def run(folder: Path, cts: Sequence[OpenCt], left_out: str, epochs: int | None) -> str:
    """Do the one job of a project, here, where it is not done yet; what came of it as a table."""
    own = folder / left_out
    project = own / "project"
    if not project.exists():
        make_project(project, cts, left_out)
    places = JobPlaces((MODEL_FOLDER,), own / "versions", folder / "cache", own, own / "locks")

    def emit(message: Message) -> None:
        print(message, flush=True)  # noqa: T201 - a script

    with JobQueue.open(project) as queue:
        if not queue.listed():
            settings = FineTuneSettings(MODEL, Preset.CPU, epochs, device="cpu", promotes=False)
            queue.submit(settings)
        worker.run_worker(project, places, emit, lambda: False)
        job = queue.listed()[0]
    if job.decision is None:
        raise SystemExit(job.message)
    return table(left_out, job.decision)


def table(left_out: str, decision: PromotionDecision) -> str:
    """The comparison on the CT that was left out, and on synthetic patients, as Markdown."""
    rows = [f"{left_out}: {decision.sentence}", "", "| structure | measure | before | now |"]
    rows.append("| --- | --- | --- | --- |")
    for line in decision.comparisons:
        name = f"{line.structure}{' (synthetic)' if line.is_reference else ''}"
        rows.append(f"| {name} | {line.measure} | {line.active:.3f} | {line.candidate:.3f} |")
    return "\n".join(rows)


def main() -> None:
    """Leave out one CT after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of the open data")
    parser.add_argument("folder", type=Path, help="for projects and results")
    parser.add_argument("--only", help="leave out this one only")
    parser.add_argument("--epochs", type=int, help="default: as in the preset for processors")
    given = parser.parse_args()
    cts = open_cts(given.data)
    names = [one.name for one in cts if given.only in (None, one.name)]
    tables = [run(given.folder, cts, name, given.epochs) for name in names]
    print("\n\n".join(tables))  # noqa: T201 - a script


if __name__ == "__main__":
    main()
