"""Automatic segmentation of a whole CT: several views of one network, the most certain ones kept.

A network that learned from portal-venous CTs of the whole abdomen fails on a native one or on a
short stack: its input looks unlike anything it saw. So the CT is shown to it in several ways, with
soft tissue made brighter or darker and short stacks padded to a usual height, and the answer is
taken from those views in which it is most certain, among the answers that lie where the organ
usually does. On three open CTs (native, 40 mm high, arterial) the single view reaches a spleen Dice
of 0.13 to 0.24, the most certain of the views above 0.8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cc3d
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from imaging.errors import CancelledError
from imaging.labels import Box, bounding_box
from imaging.measures import MM3_PER_ML, dice
from inference.engines.engine import Engine
from inference.grids import interpolate
from inference.messages import IsCancelled, ReportProgress
from inference.network_specs import AutomaticSpec
from inference.preprocessing import scale_intensity
from inference.ras import canonical_from_ras, ras_from_canonical
from inference.usual_places import is_in_usual_place, likeliest_component

SOFT_TISSUE_HU = -30.0
"""Only what is denser is shifted: fat and air are the same in every contrast phase."""

CERTAIN_ENOUGH = 0.90
"""At this mean probability no other view is tried."""

WIDE_SHIFTS = 2
"""The first shifts of a package are tried always, the others only next to the best so far."""

USUAL_VIEWS = 9
"""How many views are looked at, more or less; for the progress bar."""

ALIKE_SCORE = 0.03
"""Views that are at most this much less certain than the best one are averaged with it."""

ALIKE_DICE = 0.6
"""... if they also mean the same organ."""

SUPPORT = 0.01
"""How much each view that finds the same organ adds to an answer's score."""

FAINT_THRESHOLDS = (0.5, 0.3, 0.15)

UNUSUAL_PLACE = 0.5
"""What an answer's score is worth where the organ does not usually lie: enough if all lie there."""

SMALLEST_ORGAN_ML = 5.0
"""A component below this is noise, however certain."""


ShowProbability = Callable[[NDArray[np.float32]], None]

WHOLE: Box = (slice(None), slice(None), slice(None))
"""What is looked at where nothing is dense enough to be a body."""


@dataclass(frozen=True, slots=True)
class View:
    """One way to show the CT: padded to a height (0 for as it is), soft tissue shifted."""

    extent_mm: float
    shift_hu: float


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    view: View
    probability: NDArray[np.float32]
    mask: NDArray[np.bool_]
    score: float


class WorkingGrid(Protocol):
    """What is looked at: HU along S, P, L at about 2 mm, such as a ``PreparedVolume``."""

    @property
    def array(self) -> NDArray[np.float32]:
        """HU, axes (S, P, L)."""

    @property
    def spacing_mm(self) -> NDArray[np.float64]:
        """Of ``array``, along S, P, L."""


class AutomaticSegmenter:
    """Segments one structure in a prepared CT."""

    def __init__(self, spec: AutomaticSpec, engine: Engine) -> None:
        self._spec = spec
        self._engine = engine

    def probability(
        self,
        prepared: WorkingGrid,
        structure: str,
        report_progress: ReportProgress,
        is_cancelled: IsCancelled,
        show: ShowProbability = lambda _probability: None,
    ) -> NDArray[np.float32]:
        """Probability of ``structure`` on the working grid, zero outside one component.

        ``show`` is given the best answer so far, likewise, each time when a view betters it.

        Raises:
            CancelledError: if asked to, between two views or while the network runs.
        """
        channel = 1 + self._spec.structures.index(structure)
        box = bounding_box(prepared.array > self._spec.low_hu) or WHOLE
        body_hu = prepared.array[box]
        height_mm = body_hu.shape[0] * prepared.spacing_mm[0]
        voxel_ml = float(np.prod(prepared.spacing_mm)) / MM3_PER_ML
        answers: dict[View, _Answer] = {}

        def look(view: View) -> None:
            if view in answers or (answers and _best(answers).score >= CERTAIN_ENOUGH):
                return
            if is_cancelled():
                raise CancelledError("Cancelled: the segmentation is unchanged.")
            report_progress(min(len(answers) / USUAL_VIEWS, 0.95), f"Looking for the {structure}")
            probability = self._look(body_hu, prepared.spacing_mm, view, channel, is_cancelled)
            answers[view] = answer = _judged(view, probability, structure, voxel_ml)
            if answer.mask.any() and _best(answers) is answer:
                so_far = np.zeros(prepared.array.shape, np.float32)
                so_far[box] = np.where(answer.mask, answer.probability, np.float32(0))
                show(so_far)

        extents = [mm for mm in self._spec.extents_mm if mm == 0 or mm > height_mm] or [0.0]
        for extent_mm in extents:
            look(View(extent_mm, 0.0))
        extent_mm = _best(answers).view.extent_mm
        for shift_hu in self._spec.shifts_hu[:WIDE_SHIFTS]:
            look(View(extent_mm, shift_hu))
        ladder = sorted({0.0, *self._spec.shifts_hu})
        climbed: float | None = None
        while climbed != (climbed := _best(answers).view.shift_hu):
            rung = ladder.index(climbed)
            for shift_hu in ladder[max(rung - 1, 0) : rung + 2]:
                look(View(extent_mm, shift_hu))
        for extent_mm in extents:
            look(View(extent_mm, climbed))
        report_progress(1.0, f"Looking for the {structure}")
        whole = np.zeros(prepared.array.shape, np.float32)
        whole[box] = _combined(answers, structure)
        return whole

    def _look(
        self,
        hu: NDArray[np.float32],
        spacing_mm: NDArray[np.float64],
        view: View,
        channel: int,
        is_cancelled: IsCancelled,
    ) -> NDArray[np.float32]:
        """The network's probabilities for the body's HU, shown in one way."""
        spec = self._spec
        rows = max(hu.shape[0], round(view.extent_mm / spacing_mm[0]))
        above = (rows - hu.shape[0]) // 2
        if view.shift_hu:
            shifted = np.maximum(hu + np.float32(view.shift_hu), np.float32(SOFT_TISSUE_HU))
            hu = np.where(hu > SOFT_TISSUE_HU, shifted, hu).astype(np.float32, copy=False)
        image = scale_intensity(hu, spec.low_hu, spec.high_hu)
        size = spec.size
        padded = np.pad(image, ((above, rows - hu.shape[0] - above), (0, 0), (0, 0)))
        cube = interpolate(padded, [_stretched(size, n) for n in padded.shape])
        logits = self._engine.run(ras_from_canonical(cube)[None, None], is_cancelled)
        probability = canonical_from_ras(_softmax(logits[0], channel))
        back = interpolate(
            np.ascontiguousarray(probability), [_stretched(n, size) for n in padded.shape]
        )
        return back[above : above + hu.shape[0]]


def _judged(
    view: View, probability: NDArray[np.float32], structure: str, voxel_ml: float
) -> _Answer:
    """An answer with its mask and how certain it is; a faint organ is better than none.

    Where nothing of an organ's size is probable by half, less will do: the probabilities are
    stretched so that the threshold stays at 0.5, and the score says how faint they were.
    """
    for threshold in FAINT_THRESHOLDS:
        found = probability > threshold
        mask = likeliest_component(found, structure, SMALLEST_ORGAN_ML / voxel_ml)
        if mask.any():
            stretched = np.minimum(probability * np.float32(0.5 / threshold), np.float32(1))
            score = float(probability[mask].mean())
            if not is_in_usual_place(mask, structure):
                score *= UNUSUAL_PLACE
            return _Answer(view, stretched, mask, score)
    return _Answer(view, probability, np.zeros(probability.shape, bool), 0.0)


def largest_component(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest 6-connected part of a mask; the mask itself if it is empty."""
    components = cc3d.connected_components(np.ascontiguousarray(mask), connectivity=6)
    counts = np.bincount(components.ravel())
    if len(counts) < 2:
        return mask
    largest: NDArray[np.bool_] = components == 1 + int(np.argmax(counts[1:]))
    return largest


def _stretched(samples: int, length: int) -> NDArray[np.float64]:
    """Where ``samples`` voxel centres that cover ``length`` voxels lie, as indices of those."""
    centers = np.arange(samples, dtype=np.float64) + 0.5
    positions: NDArray[np.float64] = centers * (length / samples) - 0.5
    return positions


def _softmax(logits: NDArray[np.float32], channel: int) -> NDArray[np.float32]:
    exponent = np.exp(logits - logits.max(axis=0))
    probability: NDArray[np.float32] = exponent[channel] / exponent.sum(axis=0)
    return probability


def _best(answers: dict[View, _Answer]) -> _Answer:
    return max(answers.values(), key=lambda answer: answer.score)


def _combined(answers: dict[View, _Answer], structure: str) -> NDArray[np.float32]:
    """Mean of the most certain answers that agree, cut to one component.

    What several views find counts more than what one finds: a bright heart can look more like a
    spleen in one view than the spleen does in six.
    """
    best = max(answers.values(), key=lambda one: one.score + SUPPORT * _support(one, answers))
    alike = [
        answer.probability
        for answer in answers.values()
        if answer.score >= best.score - ALIKE_SCORE and dice(answer.mask, best.mask) >= ALIKE_DICE
    ]
    mean: NDArray[np.float32] = np.mean(alike, axis=0)
    keep = likeliest_component(np.greater(mean, 0.5), structure)
    # One voxel around the mask keeps its probabilities, so that the border stays smooth.
    near = binary_dilation(keep, np.ones((3, 3, 3), bool))
    mean[~near] = 0
    return mean


def _support(answer: _Answer, answers: dict[View, _Answer]) -> int:
    """How many answers mean the same organ, itself included."""
    return sum(dice(answer.mask, other.mask) >= ALIKE_DICE for other in answers.values())
