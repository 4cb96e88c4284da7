"""What a model is worth to a user: Dice against the number of simulated clicks."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.geometry import VolumeGeometry
from imaging.labels import LabelMap
from imaging.measures import dice
from imaging.volume import Volume
from inference.messages import ClickRequest, MaskProposal
from training.simulated_clicks import click_in_largest_error

GOOD_DICE = 0.90
"""The Dice for which clicks are counted."""

LOWERED = 1e-6
"""A click is harmful if it lowers the Dice by more than rounding."""


class Session(Protocol):
    """The part of ``ClickSession`` that a simulated user needs."""

    def segment(self, structure: str) -> MaskProposal:
        """Segment without clicks."""

    def respond(self, request: ClickRequest) -> MaskProposal:
        """Answer a click."""


@dataclass(frozen=True, slots=True)
class EvaluationCase:
    """A CT and its label file; the name is that of the file, without endings."""

    name: str
    image: Path
    labels: Path


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One structure in one case.

    Attributes:
        case: name of the case.
        structure: name of the structure.
        dice: after 0, 1, 2, ... clicks; once nothing is wrong any more, the last value repeats.
        clicks_placed: how many clicks the user really placed.
        harmful_clicks: how many of them lowered the Dice.
        seconds_per_click: mean time from click to mask.
    """

    case: str
    structure: str
    dice: tuple[float, ...]
    clicks_placed: int
    harmful_clicks: int
    seconds_per_click: float

    @property
    def clicks_to_good(self) -> int | None:
        """Clicks until ``GOOD_DICE`` is reached; None if it never is."""
        return next((n for n, value in enumerate(self.dice) if value >= GOOD_DICE), None)


def simulate_user(
    case: str,
    session: Session,
    volume: Volume,
    target: NDArray[np.bool_],
    structure: str,
    *,
    is_automatic: bool,
    max_clicks: int,
) -> CaseResult:
    """Let a user correct one structure: each click goes to the middle of the largest error.

    The user starts from the automatic mask where the model has one (``is_automatic``), else
    from nothing.
    """
    labels = LabelMap(volume.geometry.shape)
    if is_automatic:
        _apply(labels, session.segment(structure))
    clicks: list[Click] = []
    by_clicks = [dice(labels.mask(1), target)]
    seconds: list[float] = []
    harmful = 0
    for _ in range(max_clicks):
        mask = labels.mask(1)
        click = click_in_largest_error(target, mask, volume.geometry.spacing_kji_mm)
        if click is None:
            by_clicks.append(by_clicks[-1])
            continue
        clicks.append(_click_at(click.index_kji, volume.geometry, structure, click.is_foreground))
        proposal = session.respond(ClickRequest(structure, tuple(clicks), mask))
        seconds.append(proposal.seconds.total)
        _apply(labels, proposal)
        by_clicks.append(dice(labels.mask(1), target))
        harmful += by_clicks[-1] < by_clicks[-2] - LOWERED
    mean_seconds = statistics.fmean(seconds) if seconds else 0.0
    return CaseResult(case, structure, tuple(by_clicks), len(clicks), harmful, mean_seconds)


def _apply(labels: LabelMap, proposal: MaskProposal) -> None:
    edit = labels.edit_to(proposal.mask, 1, box=proposal.box)
    if edit is not None:
        labels.apply(edit)


def _click_at(
    index_kji: tuple[int, int, int], geometry: VolumeGeometry, structure: str, is_foreground: bool
) -> Click:
    x, y, z = (float(mm) for mm in geometry.index_to_lps(index_kji))
    return Click((x, y, z), structure, is_foreground)


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """The results of all cases, and their summary at the numbers of clicks asked for."""

    model: str
    engine: str
    results: tuple[CaseResult, ...]
    click_counts: tuple[int, ...]

    def as_json(self) -> dict[str, object]:
        """The form that ``maskwright evaluate --json`` writes."""
        return {
            "model": self.model,
            "engine": self.engine,
            "cases": [
                {
                    "case": result.case,
                    "structure": result.structure,
                    "dice": {str(n): round(result.dice[n], 4) for n in self.click_counts},
                    "clicks_to_0.90": result.clicks_to_good,
                    "clicks_placed": result.clicks_placed,
                    "harmful_clicks": result.harmful_clicks,
                    "seconds_per_click": round(result.seconds_per_click, 3),
                }
                for result in self.results
            ],
            "summary": {name: self._summary(name) for name in self._structures()},
        }

    def as_text(self) -> str:
        """A table for people, one line a structure and number of clicks."""
        lines = [f"model {self.model}, {self.engine}, {len(self.results)} case(s)", ""]
        lines.append(f"{'structure':<24}{'clicks':>7}{'mean':>8}{'median':>8}{'worst':>8}")
        for name in self._structures():
            for n in self.click_counts:
                values = self._dice(name, n)
                lines.append(
                    f"{name:<24}{n:>7}{statistics.fmean(values):>8.3f}"
                    f"{statistics.median(values):>8.3f}{min(values):>8.3f}"
                )
            summary = self._summary(name)
            reached = summary["clicks_to_0.90"]
            lines.append(
                f"{name}: {reached if reached is not None else 'no case'} clicks to a Dice of "
                f"{GOOD_DICE:.2f} (mean of the cases that reach it), "
                f"harmful clicks {summary['harmful_click_share']:.1%}"
            )
        return "\n".join(lines)

    def _structures(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(result.structure for result in self.results))

    def _dice(self, structure: str, clicks: int) -> list[float]:
        return [r.dice[clicks] for r in self.results if r.structure == structure]

    def _summary(self, structure: str) -> dict[str, object]:
        results = [result for result in self.results if result.structure == structure]
        placed = sum(result.clicks_placed for result in results)
        harmful = sum(result.harmful_clicks for result in results)
        reached = [r.clicks_to_good for r in results if r.clicks_to_good is not None]
        after = {}
        for n in self.click_counts:
            values = self._dice(structure, n)
            after[str(n)] = {
                "mean": round(statistics.fmean(values), 4),
                "median": round(statistics.median(values), 4),
                "min": round(min(values), 4),
            }
        return {
            "dice": after,
            "clicks_to_0.90": round(statistics.fmean(reached), 2) if reached else None,
            "cases_that_reach_0.90": len(reached),
            "harmful_click_share": round(harmful / placed, 4) if placed else 0.0,
        }


def pair_cases(images: Path, labels: Path) -> tuple[Sequence[EvaluationCase], Sequence[str]]:
    """CTs and label files of the same name in two folders, and the names that have no partner.

    ``_0000`` at the end of a CT's name (nnU-Net) and ``_seg``, ``_label`` or ``_labels`` at the
    end of a label file's are not part of the name.
    """
    label_files = {_stem(path, ("_seg", "_label", "_labels")): path for path in _volumes(labels)}
    cases, lonely = [], []
    for image in _volumes(images):
        name = _stem(image, ("_0000",))
        if name in label_files:
            cases.append(EvaluationCase(name, image, label_files[name]))
        else:
            lonely.append(image.name)
    return cases, lonely


VOLUME_ENDINGS = (".nii.gz", ".nii", ".nrrd", ".mha", ".mhd")


def _volumes(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.name.endswith(VOLUME_ENDINGS) and not path.name.startswith(".")
    )


def _stem(path: Path, suffixes: tuple[str, ...]) -> str:
    ending = next(ending for ending in VOLUME_ENDINGS if path.name.endswith(ending))
    name = path.name.removesuffix(ending)
    for suffix in suffixes:
        name = name.removesuffix(suffix)
    return name
