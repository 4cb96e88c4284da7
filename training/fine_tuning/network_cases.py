"""Cases as an imported network sees them: the CT and its classes on the network's own grid."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.volume import Volume
from imaging.writers.atomic_folder import whole_folder
from inference.axis_weights import Matrices, area_weights, linear_weights, resample
from inference.guidance import guidance_channel
from inference.network_specs import BACKGROUND, SlidingWindowSpec, WholeVolumeSpec
from inference.preprocessing import scale_intensity
from inference.ras import RasAxes

Spec = WholeVolumeSpec | SlidingWindowSpec
Sides = tuple[int, int, int]

BRIGHTNESS = 0.05
CONTRAST = 0.1
NOISE = 0.02
"""How far intensities are changed at most, in units of the network's range."""

AROUND_SHARE = 0.7
"""Of the windows, that lie around a voxel of a structure; the others lie anywhere."""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkCase:
    """A labelled CT on a network's grid, axes (R, A, S).

    Attributes:
        image: float32, scaled to 0..1.
        classes: uint8, same shape; the number of the network's output.
        labelled: the outputs that somebody looked for; others may be there without a label.
    """

    image: NDArray[np.float32]
    classes: NDArray[np.uint8]
    labelled: tuple[int, ...]


def network_case(
    volume: Volume, labels: NDArray[np.uint8], values: Mapping[int, str], spec: Spec
) -> NetworkCase:
    """Bring a CT and its label map (k, j, i) to the grid of a network.

    The image is what inference shows to it; each voxel has the class that fills most of it.
    ``values`` are the label values of the structures that somebody looked for.
    """
    axes = RasAxes.of(volume.geometry)
    there = axes.weights_kji(_weights(volume, axes, spec))
    if isinstance(spec, WholeVolumeSpec):  # squeezed after it was scaled, as in inference
        image = resample(
            volume.array, there, lambda hu: scale_intensity(hu, spec.low_hu, spec.high_hu)
        )
    else:
        image = scale_intensity(resample(volume.array, there), spec.low_hu, spec.high_hu)
    classes = np.zeros(image.shape, np.uint8)
    share = np.full(image.shape, 0.5, np.float32)
    labelled = []
    for value, name in values.items():
        number = spec.outputs.index(name)
        labelled.append(number)
        filled = resample((labels == value).astype(np.int16), there)
        wins = filled >= share
        classes[wins] = number
        share[wins] = filled[wins]
    return NetworkCase(
        np.ascontiguousarray(axes.to_ras(image), np.float32),
        np.ascontiguousarray(axes.to_ras(classes)),
        tuple(labelled),
    )


def _weights(volume: Volume, axes: RasAxes, spec: Spec) -> Matrices:
    """From the CT to the network's grid, along R, A, S."""
    lengths = axes.shape_ras(volume.geometry.shape)
    if isinstance(spec, WholeVolumeSpec):
        r, a, s = (
            area_weights(n, length) for n, length in zip(spec.size_ras, lengths, strict=True)
        )
        return r, a, s
    own_mm = volume.geometry.spacing_kji_mm[list(axes.order)]
    ratios = np.array(spec.spacing_ras_mm) / own_mm
    counts = np.round((np.array(lengths) - 1) / ratios + 1).astype(int)
    r, a, s = (
        linear_weights(np.arange(count) * float(ratio), length)
        for count, ratio, length in zip(counts, ratios, lengths, strict=True)
    )
    return r, a, s


def save_network_case(case: NetworkCase, place: Path) -> None:
    """Write a case to a folder, whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with whole_folder(place) as part:
        np.save(part / "image.npy", case.image, allow_pickle=False)
        np.save(part / "classes.npy", case.classes, allow_pickle=False)
        about = json.dumps({"labelled": case.labelled})
        (part / "about.json").write_text(about, encoding="utf-8")


def load_network_case(place: Path) -> NetworkCase:
    """A case whose arrays stay on the disk."""
    about = json.loads((place / "about.json").read_text(encoding="utf-8"))
    return NetworkCase(
        np.load(place / "image.npy", mmap_mode="r", allow_pickle=False),
        np.load(place / "classes.npy", mmap_mode="r", allow_pickle=False),
        tuple(about["labelled"]),
    )


class NetworkSampler:
    """Draws what the network sees at once from labelled cases."""

    def __init__(self, cases: Sequence[NetworkCase]) -> None:
        self._cases = cases
        self._voxels = [
            {number: np.flatnonzero(case.classes == number) for number in case.labelled}
            for case in cases
        ]

    def draw(self, sides: Sides, rng: np.random.Generator) -> NetworkCase:
        """A piece of a random case, intensities a little changed."""
        number = int(rng.integers(len(self._cases)))
        case = self._cases[number]
        there = {c: voxels for c, voxels in self._voxels[number].items() if len(voxels)}
        if there and rng.random() < AROUND_SHARE:
            voxels = there[int(rng.choice(list(there)))]
            middle = np.array(np.unravel_index(int(rng.choice(voxels)), case.classes.shape))
        else:
            middle = rng.integers(case.classes.shape)
        piece = cut_out(case, middle, sides)
        image = piece.image * rng.uniform(1 - CONTRAST, 1 + CONTRAST)
        image += rng.uniform(-BRIGHTNESS, BRIGHTNESS)
        image += rng.normal(0, rng.uniform(0, NOISE), image.shape)
        image = np.clip(image, 0, 1).astype(np.float32)
        return NetworkCase(image, piece.classes, piece.labelled)


def cut_out(case: NetworkCase, middle: NDArray[np.integer], sides: Sides) -> NetworkCase:
    """The piece of ``sides`` around a voxel, as far as the case reaches; air and nothing beyond."""
    parts, pads = [], []
    for at, side, size in zip(middle, sides, case.classes.shape, strict=True):
        start = int(np.clip(at - side // 2, 0, max(size - side, 0)))
        stop = min(start + side, size)
        lacking = side - (stop - start)
        parts.append(slice(start, stop))
        pads.append((lacking // 2, lacking - lacking // 2))
    box = tuple(parts)
    return NetworkCase(
        np.pad(case.image[box], pads), np.pad(case.classes[box], pads), case.labelled
    )


Point = tuple[int, int, int]


def network_inputs(
    image: NDArray[np.float32], clicks: Mapping[str, Collection[Point]], spec: Spec
) -> NDArray[np.float32]:
    """Image and click channels in the order of the network, shape (channels, r, a, s).

    ``clicks`` are voxels by the name of a channel.
    """
    if isinstance(spec, SlidingWindowSpec):
        return image[None]
    shape = (image.shape[0], image.shape[1], image.shape[2])
    channels = [image]
    for name in spec.inputs[1:]:
        points = np.array(list(clicks.get(name, ())))
        channels.append(guidance_channel(points, shape, spec.guidance_sigma_voxels))
    return np.stack(channels)


def click_channel(structure: str, *, is_foreground: bool) -> str:
    """The channel for a click about a structure, as in a click session."""
    return structure if is_foreground else BACKGROUND
