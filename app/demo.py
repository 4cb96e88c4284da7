"""The whole job on one CT without a window: automatic, two clicks, pictures, mask, report."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import edt
import numpy as np
from numpy.typing import NDArray

from app.controllers.predictor import ModelAbilities
from app.headless_job import HeadlessJob, JobReport, StageClock
from app.pictures import CasePictures
from imaging.clicks import Click
from imaging.geometry import VolumeGeometry
from imaging.labels import bounding_box
from imaging.measures import dice, inner_point_lps
from imaging.structures import Structure, all_structures, structure_by_name
from imaging.volume import Volume
from imaging.writers.volume_file import write_label_file
from inference.predictor import Predictor
from training.simulated_clicks import click_in_largest_error

DEMO_CLICKS = 2

UNLIKE_HU = 80.0
"""A voxel this far from a mask's median is probably not the organ: fat, rib or air."""

BESIDE_MM = (4.0, 10.0)
"""Where nothing in a mask is unlike it, a background click goes this far outside of it."""


@dataclass(frozen=True, slots=True)
class DemoCase:
    """A CT to show; ``truth`` (same grid, values of the organ table) is None for a real one."""

    volume: Volume
    truth: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What `maskwright demo` prints and writes.

    ``click_to_picture_s`` has one value a click: from placing it until the three planes are
    drawn anew. ``dice`` is empty where the truth is unknown.
    """

    job: JobReport
    open_to_three_views_s: float
    click_to_picture_s: tuple[float, ...]
    dice: dict[str, float]
    files: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The report as one flat object."""
        fields = asdict(self)
        job: dict[str, object] = fields.pop("job")
        return job | fields


def run(
    open_case: Callable[[], DemoCase],
    make_predictor: Callable[[Volume], Predictor],
    model: ModelAbilities,
    out: Path,
) -> DemoReport:
    """Do the job and write `1-ct.png`, ..., and `mask.nii.gz` into ``out``."""
    clock = StageClock()
    with clock.stage("read"):
        case = open_case()
    structure = structure_by_name((*model.automatic_structures, *model.structures)[0])
    with clock.stage("prepare"):
        predictor = make_predictor(case.volume)
    job = HeadlessJob(case.volume, model, predictor, clock)
    opened = time.perf_counter()
    with CasePictures(case.volume, job.labels) as pictures:
        pictures.planes()
        open_to_three_views_s = clock.as_dict()["read"] + time.perf_counter() - opened
        job.prepare()
        steps = _Steps(case, structure, job, pictures, out)
        steps.show("ct")
        if structure.name in model.automatic_structures:
            job.segment(structure)
            steps.show("automatic")
        if model.takes_clicks:
            steps.place_clicks()
    mask = out / "mask.nii.gz"
    with clock.stage("write"):
        write_label_file(mask, job.labels.array, case.volume.geometry, all_structures())
    return DemoReport(
        job=job.report([structure]),
        open_to_three_views_s=round(open_to_three_views_s, 4),
        click_to_picture_s=tuple(round(seconds, 4) for seconds in steps.click_to_picture_s),
        dice=steps.dice,
        files=(*steps.files, mask.name),
    )


class _Steps:
    """Shows each step and places the clicks."""

    def __init__(
        self,
        case: DemoCase,
        structure: Structure,
        job: HeadlessJob,
        pictures: CasePictures,
        out: Path,
    ) -> None:
        self.files: list[str] = []
        self.dice: dict[str, float] = {}
        self.click_to_picture_s: list[float] = []
        self._case = case
        self._structure = structure
        self._job = job
        self._pictures = pictures
        self._out = out
        self._clicks: list[Click] = []

    def show(self, name: str) -> None:
        """Save a picture of this step, and its Dice where the truth is known."""
        geometry = self._case.volume.geometry
        mask = self._job.labels.mask(self._structure.label_value)
        center_lps = self._clicks[-1].point_lps if self._clicks else inner_point_lps(mask, geometry)
        if center_lps is not None:
            self._pictures.look_at(center_lps)
        file_name = f"{len(self.files) + 1}-{name}.png"
        self._pictures.save(self._out / file_name)
        self.files.append(file_name)
        if self._case.truth is not None and name != "ct":
            truth = self._case.truth == self._structure.label_value
            self.dice[name] = round(dice(mask, truth), 4)

    def place_clicks(self) -> None:
        """Place the clicks one by one, and time each."""
        for number in range(1, DEMO_CLICKS + 1):
            click = self._next_click()
            if click is None:
                return
            started = time.perf_counter()
            self._clicks.append(click)
            self._pictures.set_clicks(self._clicks)
            self._job.click(self._clicks)
            self._pictures.look_at(click.point_lps)
            self._pictures.planes()
            self.click_to_picture_s.append(time.perf_counter() - started)
            self.show(f"after-{number}-click{'s' if number > 1 else ''}")

    def _next_click(self) -> Click | None:
        geometry = self._case.volume.geometry
        mask = self._job.labels.mask(self._structure.label_value)
        if self._case.truth is not None:
            truth = self._case.truth == self._structure.label_value
            simulated = click_in_largest_error(truth, mask, geometry.spacing_kji_mm)
            if simulated is None:
                return None
            point_lps = _point_lps(geometry, simulated.index_kji)
            return Click(point_lps, self._structure.name, simulated.is_foreground)
        if not self._clicks:
            inside = inner_point_lps(mask, geometry)
            return Click(inside, self._structure.name, is_foreground=True) if inside else None
        doubtful = doubtful_point(mask, self._case.volume)
        return Click(doubtful, self._structure.name, is_foreground=False) if doubtful else None


def doubtful_point(mask: NDArray[np.bool_], volume: Volume) -> tuple[float, float, float] | None:
    """Where a user without a truth would say "not this": the middle of what is unlike the mask.

    That is the largest part of the mask whose HU are unlike the rest, else a point beside
    it; None for an empty mask.
    """
    if not mask.any():
        return None
    usual_hu = float(np.median(volume.array[mask]))
    alike = mask & (np.abs(volume.array - np.float32(usual_hu)) <= UNLIKE_HU)
    click = click_in_largest_error(alike, mask, volume.geometry.spacing_kji_mm)
    if click is None:
        return point_beside(mask, volume)
    return _point_lps(volume.geometry, click.index_kji)


def point_beside(mask: NDArray[np.bool_], volume: Volume) -> tuple[float, float, float] | None:
    """A point near a mask whose HU are least like the mask's; None if there is no such voxel."""
    box = bounding_box(mask)
    if box is None:
        return None
    spacing_mm = tuple(float(mm) for mm in volume.geometry.spacing_kji_mm)
    around = tuple(
        slice(max(0, part.start - int(BESIDE_MM[1] / mm)), part.stop + int(BESIDE_MM[1] / mm))
        for part, mm in zip(box, spacing_mm, strict=True)
    )
    distance_mm = edt.edt(~mask[around], anisotropy=spacing_mm)
    near = (distance_mm >= BESIDE_MM[0]) & (distance_mm <= BESIDE_MM[1])
    if not near.any():
        return None
    usual_hu = float(np.median(volume.array[mask]))
    unlike = np.where(near, np.abs(volume.array[around] - usual_hu), -1)
    at = np.unravel_index(int(np.argmax(unlike)), unlike.shape)
    return _point_lps(volume.geometry, [int(n) + p.start for n, p in zip(at, around, strict=True)])


def _point_lps(geometry: VolumeGeometry, index_kji: Sequence[int]) -> tuple[float, float, float]:
    x, y, z = geometry.index_to_lps(index_kji)
    return float(x), float(y), float(z)
