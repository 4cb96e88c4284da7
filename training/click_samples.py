"""What one training step of the click network sees: an image, a wrong mask, clicks, the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from training.contrast import add_contrast
from training.corrupted_masks import corrupt_mask, signed_depth, smooth_noise
from training.patches import Patch, TrainingCase, cut_field_of_view, cut_patch, vary_appearance
from training.simulated_clicks import SimulatedClick, click_in_largest_error

FAVOURITES = {"spleen": 0.3, "pancreas": 0.25}
"""How often these are the target where a case has them; otherwise any structure is."""

CONTRAST_SHARE = 0.7
"""How often a native CT is shown as if contrast agent had been given."""

EMPTY_START_SHARE = 0.35
"""How often there is no mask yet, as for a structure that nothing segments automatically."""

MIN_TARGET_VOXELS = 60
"""A target of fewer voxels (half a mL at 2 mm) teaches nothing."""

MAX_CLICKS = 10
BORDER_CLICK_SHARE = 0.15
CLICK_JITTER_VOXELS = 0.8
"""Real users miss the middle; borders and near misses are part of training."""

NEAR_BACKGROUND_VOXELS = 8.0
"""Background clicks of earlier rounds lie within this distance of the structure."""


@dataclass(frozen=True, slots=True)
class Variety:
    """How far samples stray from their cases; the defaults are for a model for every site.

    Attributes:
        blobs: how often the target is an invented lesion-like blob.
        cuts: how often the CT ends within the patch, as short stacks do.
        appearance: how often grey values are changed.
    """

    blobs: float = 0.1
    cuts: float = 0.15
    appearance: float = 1.0


EVERY_SITE = Variety()


@dataclass(slots=True)
class ClickSample:
    """One target with its image, the mask before and the clicks so far (grown in training).

    ``newest`` is the click that the mask does not answer yet, None where there is none;
    ``rounds`` counts the answers that the network gave.
    """

    hu: NDArray[np.float32]
    target: NDArray[np.bool_]
    mask: NDArray[np.float32]
    foreground: list[NDArray[np.float64]] = field(default_factory=list)
    background: list[NDArray[np.float64]] = field(default_factory=list)
    newest: NDArray[np.float64] | None = None
    rounds: int = 0

    def add(self, click: SimulatedClick | None, rng: np.random.Generator) -> None:
        """Place a click, a little beside where it was meant; None adds nothing."""
        if click is None:
            return
        at = np.array(click.index_kji) + rng.normal(0, CLICK_JITTER_VOXELS, 3)
        last = np.array(self.target.shape) - 1
        at = np.clip(at, 0, last)
        if self.target[tuple(np.round(at).astype(int))] != click.is_foreground:
            at = np.array(click.index_kji, float)
        (self.foreground if click.is_foreground else self.background).append(at)
        self.newest = at


class ClickSampler:
    """Draws training samples from labelled cases."""

    def __init__(
        self,
        cases: Sequence[TrainingCase],
        weights: Sequence[float],
        spacing_mm: float,
        variety: Variety = EVERY_SITE,
    ) -> None:
        self._cases = cases
        self._weights = np.array(weights, float) / np.sum(weights)
        self._spacing_mm = spacing_mm
        self._variety = variety
        self._voxels = [_voxels_by_structure(case) for case in cases]

    def draw(self, shape: tuple[int, int, int], rng: np.random.Generator) -> ClickSample:
        """A new sample; tries places until the target is really in the patch."""
        while True:
            number = int(rng.choice(len(self._cases), p=self._weights))
            case = self._cases[number]
            value = _choose_structure(case, self._voxels[number], rng)
            points = self._voxels[number][value]
            center = points[rng.integers(len(points))].astype(float)
            center = 0.5 * center + 0.5 * points.mean(axis=0) + rng.normal(0, 4, 3)
            patch = cut_patch(case, center, shape, self._spacing_mm, rng)
            if case.is_native and rng.random() < CONTRAST_SHARE:
                patch = Patch(add_contrast(patch.hu, patch.labels, case.names, rng), patch.labels)
            if rng.random() < self._variety.cuts:
                patch = cut_field_of_view(patch, rng)
            target = patch.labels == value
            if rng.random() < self._variety.blobs:
                patch, target = _with_blob(patch, rng)
            if int(target.sum()) >= MIN_TARGET_VOXELS:
                # Nothing is drawn where it is sure, so that a seed means what it always meant.
                if self._variety.appearance >= 1 or rng.random() < self._variety.appearance:
                    patch = vary_appearance(patch, rng)
                return _sample(patch, target, rng)


def _voxels_by_structure(case: TrainingCase) -> dict[int, NDArray[np.int32]]:
    found = {value: np.argwhere(case.labels == value).astype(np.int32) for value in case.names}
    return {value: voxels for value, voxels in found.items() if len(voxels) >= MIN_TARGET_VOXELS}


def _choose_structure(
    case: TrainingCase, voxels: dict[int, NDArray[np.int32]], rng: np.random.Generator
) -> int:
    draw = rng.random()
    for value in voxels:
        share = FAVOURITES.get(case.names[value], 0.0)
        if draw < share:
            return value
        draw -= share
    return int(rng.choice(list(voxels)))


def _with_blob(patch: Patch, rng: np.random.Generator) -> tuple[Patch, NDArray[np.bool_]]:
    """Put a lesion-like blob into the tissue around the patch's middle."""
    shape = patch.hu.shape
    middle = np.array(shape) / 2 + rng.normal(0, 5, 3)
    radii = rng.uniform(4, 14, 3)
    grids = np.ogrid[tuple(slice(0, n) for n in shape)]
    distance = sum(((g - m) / r) ** 2 for g, m, r in zip(grids, middle, radii, strict=True))
    ragged = smooth_noise((shape[0], shape[1], shape[2]), float(rng.uniform(2, 5)), rng)
    blob = (distance + 0.3 * ragged < 1) & (patch.hu > -200)
    share = gaussian_filter(blob.astype(np.float32), 0.6)
    hu = patch.hu + share * np.float32(rng.choice([-1, 1]) * rng.uniform(15, 70))
    return Patch(hu, patch.labels), blob


def _sample(patch: Patch, target: NDArray[np.bool_], rng: np.random.Generator) -> ClickSample:
    if rng.random() < EMPTY_START_SHARE:
        mask = np.zeros_like(target)
    else:
        mask = corrupt_mask(target, (patch.labels > 0) & ~target, rng)
    soft = mask.astype(np.float32)
    if rng.random() < 0.5:
        soft = gaussian_filter(soft, 0.5)
    sample = ClickSample(patch.hu, target, soft)
    number = _number_of_earlier_clicks(rng)
    if number:
        depth = signed_depth(target)
        for _ in range(number):
            sample.add(_earlier_click(depth, rng), rng)
        if (
            sample.newest is not None
            and mask[tuple(np.round(sample.newest).astype(int))]
            == (target[tuple(np.round(sample.newest).astype(int))])
        ):
            sample.newest = None  # the mask answers it already
    needs_click = not (mask.any() or sample.foreground)
    if needs_click or rng.random() < 0.7:
        sample.add(click_in_largest_error(target, mask, np.ones(3), rng), rng)
    return sample


def _number_of_earlier_clicks(rng: np.random.Generator) -> int:
    """None half of the time, otherwise up to ``MAX_CLICKS``, few more often than many."""
    if rng.random() < 0.5:
        return 0
    return int(min(rng.geometric(0.3), MAX_CLICKS))


def _earlier_click(depth: NDArray[np.float32], rng: np.random.Generator) -> SimulatedClick | None:
    """A click of an earlier round: in the structure, in what is near it, or at its border.

    ``depth`` is the structure's signed depth in voxels.
    """
    if rng.random() < 0.6:
        wanted = (depth > 0) & (depth < 2) if rng.random() < BORDER_CLICK_SHARE else depth > 1.5
        is_foreground = True
    else:
        wanted = (depth < -0.5) & (depth > -NEAR_BACKGROUND_VOXELS)
        is_foreground = False
    candidates = np.flatnonzero(wanted)
    if candidates.size == 0:
        return None
    k, j, i = np.unravel_index(int(rng.choice(candidates)), depth.shape)
    return SimulatedClick((int(k), int(j), int(i)), is_foreground)
