"""Fine-tunes the shipped model with so many corrected cases of a shifted site, and draws the gain.

Everything but the patients is the program's own: project, queue, worker, training and gate. Each
number of cases has a project of its own with the same held-out patients, and is left out where
its result lies in the folder already; so one number can be run after the other, or beside it.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter
from shifted_patients import make_project

from imaging.writers.atomic_file import whole_file
from training import worker
from training.cases.records import Split
from training.evaluation.figure_file import BLUE, SKY_BLUE, VERMILION, new_figure, write_figure
from training.jobs.job import FineTuneSettings, JobState, Preset
from training.jobs.job_queue import JobQueue
from training.jobs.messages import Message, StageReached
from training.jobs.places import JobPlaces
from training.promotion import Comparison, Measure, PromotionDecision

MODEL = "abdomen_click_small"
MODEL_FOLDER = Path(__file__).parents[1] / "resources" / "models"
FIRST_SEED = 6000
"""Patients by whom no recipe was chosen."""

HELD_OUT = 6
VALIDATION = 2
MEASURES = {Measure.AUTOMATIC: (SKY_BLUE, "o"), Measure.CLICKS: (BLUE, "s")}


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What a fine-tuning with ``cases`` corrected cases came to, and what it cost.

    ``load`` is how many processes wanted the processor in the last quarter of an hour.
    """

    cases: int
    state: JobState
    seconds: float
    processor_seconds: float
    training_processor_seconds: float
    load: float
    decision: PromotionDecision


_POINT = TypeAdapter(CurvePoint)


def run_point(folder: Path, cases: int) -> CurvePoint:
    """Make the project, do its one job here, and keep the result."""
    own = folder / str(cases)
    project = own / "project"
    if not project.exists():
        splits = {Split.HOLD_OUT: HELD_OUT, Split.VALIDATION: VALIDATION, Split.TRAIN: cases}
        make_project(project, splits, FIRST_SEED, folder / "patients")
    places = JobPlaces((MODEL_FOLDER,), own / "versions", folder / "cache", own, own / "locks")
    reached: dict[str, float] = {}

    def emit(message: Message) -> None:
        print(time.strftime("%H:%M:%S"), message, flush=True)  # noqa: T201 - a script
        if isinstance(message, StageReached):
            reached[message.stage] = time.process_time()

    started, used = time.monotonic(), time.process_time()
    with JobQueue.open(project) as queue:
        if not queue.listed():
            queue.submit(FineTuneSettings(MODEL, Preset.CPU, device="cpu", promotes=False))
        worker.run_worker(project, places, emit, lambda: False)
        job = queue.listed()[0]
    if job.decision is None:
        raise SystemExit(job.message)
    point = CurvePoint(
        cases,
        job.state,
        time.monotonic() - started,
        time.process_time() - used,
        reached["comparing the models"] - reached["training"],
        os.getloadavg()[2],
        job.decision,
    )
    with whole_file(_result_file(folder, cases), ".json") as part:
        part.write_bytes(_POINT.dump_json(point, indent=1))
    return point


def points_in(folder: Path) -> list[CurvePoint]:
    """The results that a folder has, by number of cases."""
    found = [_POINT.validate_json(file.read_bytes()) for file in folder.glob("point-*.json")]
    return sorted(found, key=lambda point: point.cases)


def draw(points: Sequence[CurvePoint], picture: Path) -> None:
    """One panel a structure for Dice, and one for clicks."""
    structures = list(points[0].decision.clicks_to_good or {})
    figure = new_figure(4.2 * (len(structures) + 1), 3.6)
    panels = figure.subplots(1, len(structures) + 1)
    numbers = [0, *(point.cases for point in points)]
    for panel, structure in zip(panels, structures, strict=False):
        for measure, (color, marker) in MEASURES.items():
            lines = [line for point in points if (line := _line(point, structure, measure))]
            if not lines:
                continue
            means = [lines[0].active, *(line.candidate for line in lines)]
            below = [0.0, *(line.difference - line.low for line in lines)]
            above = [0.0, *(line.high - line.difference for line in lines)]
            style = {"color": color, "marker": marker, "capsize": 3, "label": measure.value}
            panel.errorbar(numbers, means, (below, above), **style)
        panel.set_title(f"{structure}, {HELD_OUT} held-out patients", fontsize=10)
        panel.set_ylabel("Dice")
    for structure, color in zip(structures, (BLUE, VERMILION), strict=False):
        by_point = [(point.decision.clicks_to_good or {})[structure] for point in points]
        panels[-1].plot(
            numbers, [by_point[0][0], *(now for _, now in by_point)], "o-", color=color,
            label=structure,
        )  # fmt: skip
    panels[-1].set_title("clicks to a Dice of 0.90 (6: not within 5)", fontsize=10)
    panels[-1].set_ylabel("clicks")
    for panel in panels:
        panel.set_xlabel("corrected cases (0: the shipped model)")
        panel.set_xticks(numbers)
        panel.grid(axis="y", color="0.9", linewidth=0.6)
        panel.spines[["top", "right"]].set_visible(False)
        panel.legend(frameon=False, fontsize=8)
    write_figure(figure, picture)


def table(points: Sequence[CurvePoint]) -> str:
    """The results as Markdown."""
    lines = [
        "| cases | structure | Dice without a click | mean Dice after 1, 3, 5 clicks | 95 % of the "
        "difference | clicks to 0.90 | gate | processor time, of it training |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for point in points:
        for structure, (before, now) in (point.decision.clicks_to_good or {}).items():
            automatic = _line(point, structure, Measure.AUTOMATIC)
            clicks = _line(point, structure, Measure.CLICKS)
            assert clicks is not None
            cells = (
                str(point.cases),
                structure,
                f"{automatic.active:.3f} to {automatic.candidate:.3f}" if automatic else "-",
                f"{clicks.active:.3f} to {clicks.candidate:.3f}",
                f"{clicks.low:+.3f} to {clicks.high:+.3f}",
                f"{before:.1f} to {now:.1f}",
                point.decision.verdict.value,
                f"{point.processor_seconds / 60:.0f} min, "
                f"{point.training_processor_seconds / 60:.0f} min",
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _line(point: CurvePoint, structure: str, measure: Measure) -> Comparison | None:
    for line in point.decision.comparisons:
        if (line.structure, line.measure, line.is_reference) == (structure, measure, False):
            return line
    return None


def _result_file(folder: Path, cases: int) -> Path:
    return folder / f"point-{cases}.json"


def main() -> None:
    """Run the numbers of cases that are missing, then draw and print all results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="for patients, projects and results")
    parser.add_argument("--cases", type=int, nargs="*", default=[5, 10, 20])
    parser.add_argument("--picture", type=Path, help="where to draw the curve (.png or .svg)")
    parser.add_argument(
        "--niceness", type=int, default=worker.NICENESS, help="0 on a computer that others use"
    )
    given = parser.parse_args()
    worker.NICENESS = given.niceness
    for cases in given.cases:
        if not _result_file(given.folder, cases).exists():
            run_point(given.folder, cases)
    points = points_in(given.folder)
    if not points:
        return
    if given.picture is not None:
        draw(points, given.picture)
    print(table(points))  # noqa: T201 - a script
    for point in points:
        about = f"{point.cases} cases, {point.seconds / 60:.0f} minutes at a load of "
        print(f"{about}{point.load:.1f}: {point.decision.sentence}")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
