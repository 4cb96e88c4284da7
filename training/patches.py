"""Training patches: random places, turns and deformations of labelled CTs on the network's grid."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from imaging.volume import Volume
from inference.grids import block_mean, interpolate
from inference.preprocessing import prepare_volume

AIR_HU = -1000.0

MAX_TURN_DEG = 20.0
SCALE_RANGE = (0.8, 1.25)
MAX_BEND_MM = 5.0
"""Amplitude of the smooth deformation; knots lie about 30 mm apart."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingCase:
    """A labelled CT on the working grid.

    Attributes:
        name: for reports.
        hu: float32, axes (S, P, L).
        labels: int16, same shape; 0 is unlabelled.
        names: label value -> structure name.
        spacing_mm: along S, P, L.
        is_native: whether the scan was taken without contrast agent.
    """

    name: str
    hu: NDArray[np.float32]
    labels: NDArray[np.int16]
    names: Mapping[int, str]
    spacing_mm: NDArray[np.float64]
    is_native: bool = False


def only_structures(case: TrainingCase, names: Collection[str]) -> TrainingCase:
    """The case with fewer structures to ask for; the labels of the others stay."""
    return replace(case, names={value: name for value, name in case.names.items() if name in names})


def training_case(
    name: str,
    volume: Volume,
    labels: NDArray[np.integer],
    names: Mapping[int, str],
    *,
    is_native: bool = False,
) -> TrainingCase:
    """Bring a CT and its label map (k, j, i) to the working grid that inference uses.

    Each working voxel takes the label that fills most of it, background where none fills half.
    """
    prepared = prepare_volume(volume)
    canonical = prepared.axes.to_canonical(labels)
    chosen = np.zeros(prepared.array.shape, np.int16)
    share = np.full(prepared.array.shape, 0.5, np.float32)
    present = [value for value in names if (labels == value).any()]
    for value in present:
        filled = block_mean(canonical == value, prepared.factors)
        wins = filled >= share
        chosen[wins] = value
        share[wins] = filled[wins]
    kept = {value: names[value] for value in present}
    return TrainingCase(name, prepared.array, chosen, kept, prepared.spacing_mm, is_native)


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """HU (float32) and labels (int16) of one augmented patch, same shape."""

    hu: NDArray[np.float32]
    labels: NDArray[np.int16]


def cut_patch(
    case: TrainingCase,
    center_index: NDArray[np.float64],
    shape: tuple[int, int, int],
    spacing_mm: float,
    rng: np.random.Generator,
) -> Patch:
    """Sample a patch around an index of the case, randomly turned, scaled and bent."""
    offset_mm = _random_linear_map(rng) @ _offsets_mm(shape, spacing_mm)
    knots = tuple(max(2, round(n * spacing_mm / 30)) for n in shape)
    for axis in range(3):
        bend = rng.uniform(-1, 1, knots) * rng.uniform(0, MAX_BEND_MM)
        offset_mm[axis] += _stretch(bend, shape).ravel()
    return _sampled(case, center_index, offset_mm, shape)


def plain_patch(
    case: TrainingCase,
    center_index: NDArray[np.float64],
    shape: tuple[int, int, int],
    spacing_mm: float,
) -> Patch:
    """Sample a patch around an index of the case as it is."""
    return _sampled(case, center_index, _offsets_mm(shape, spacing_mm), shape)


def _offsets_mm(shape: tuple[int, int, int], spacing_mm: float) -> NDArray[np.float64]:
    """Where the voxels of a patch lie from its middle, shape (3, n)."""
    axes = np.meshgrid(*(np.arange(n) - (n - 1) / 2 for n in shape), indexing="ij")
    offsets: NDArray[np.float64] = np.stack([axis.ravel() for axis in axes]) * spacing_mm
    return offsets


def _sampled(
    case: TrainingCase,
    center_index: NDArray[np.float64],
    offset_mm: NDArray[np.float64],
    shape: tuple[int, int, int],
) -> Patch:
    index = offset_mm / case.spacing_mm[:, None] + np.asarray(center_index)[:, None]
    hu = map_coordinates(case.hu, index, order=1, mode="constant", cval=AIR_HU)
    labels = map_coordinates(case.labels, index, order=0, mode="constant", cval=0)
    return Patch(hu.reshape(shape), labels.reshape(shape))


def _stretch(knots: NDArray[np.float64], shape: tuple[int, int, int]) -> NDArray[np.float32]:
    """Spread a coarse grid of knots over the patch, corner to corner."""
    positions = [np.linspace(0, k - 1, n) for k, n in zip(knots.shape, shape, strict=True)]
    return interpolate(knots.astype(np.float32), positions)


def _random_linear_map(rng: np.random.Generator) -> NDArray[np.float64]:
    """Rotation and anisotropic scaling, mirrored left for right one time in ten."""
    a, b, c = np.deg2rad(rng.uniform(-MAX_TURN_DEG, MAX_TURN_DEG, 3))
    turn_k = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    turn_j = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    turn_i = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    low, high = np.log(SCALE_RANGE)
    scale = np.exp(rng.uniform(low, high) + rng.uniform(-0.1, 0.1, 3))
    if rng.random() < 0.1:
        scale[2] = -scale[2]
    linear: NDArray[np.float64] = turn_k @ turn_j @ turn_i @ np.diag(scale)
    return linear


def cut_field_of_view(patch: Patch, rng: np.random.Generator) -> Patch:
    """A patch in which the CT ends somewhere, above or below: air and no label beyond."""
    hu, labels = patch.hu.copy(), patch.labels.copy()
    kept = int(rng.uniform(0.35, 0.85) * hu.shape[0])
    beyond = slice(kept, None) if rng.random() < 0.5 else slice(None, hu.shape[0] - kept)
    hu[beyond] = AIR_HU
    labels[beyond] = 0
    return Patch(hu, labels)


def vary_appearance(patch: Patch, rng: np.random.Generator) -> Patch:
    """Other contrast phases, scanners and slice thicknesses: HU changed, labels kept.

    One time in three every labelled structure gets a random HU offset of its own, in the manner
    of SynthSeg (Billot et al., 2023), so that shape and clicks must do where grey values mislead.
    """
    hu = patch.hu.copy()
    soft = hu > -30
    if rng.random() < 0.35:
        for value in np.unique(patch.labels):
            if value:
                hu[patch.labels == value] += np.float32(rng.normal(0, 25))
    if rng.random() < 0.6:
        contrast = np.float32(rng.uniform(0.75, 1.25))
        shift = np.float32(rng.uniform(-50, 80))
        hu[soft] = (hu[soft] - 40) * contrast + 40 + shift
    if rng.random() < 0.25:
        thick = [0.0, 0.0, 0.0]
        thick[int(rng.choice(3, p=[0.7, 0.15, 0.15]))] = float(rng.uniform(0.4, 1.6))
        hu = gaussian_filter(hu, thick)
    noise = rng.standard_normal(hu.shape, dtype=np.float32)
    if rng.random() < 0.5:
        noise = gaussian_filter(noise, float(rng.uniform(0.3, 0.7)))
    hu += noise * np.float32(abs(rng.normal(0, 14)))
    return Patch(hu, patch.labels)
