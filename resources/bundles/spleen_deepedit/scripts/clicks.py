"""Clicks: from a file to the network's grid, and from there to its input channels."""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.data import MetaTensor
from monai.transforms import MapTransform, Transform

from .data_set import Case, images_to_segment

NOT_STRUCTURES = frozenset({"image", "frame"})
KERNEL_REACH = 4
"""The Gaussian ends after so many standard deviations, as in MONAI."""


def cases_with_clicks(
    dataset_dir: str, image: str, clicks: str, use_click: bool, label_names: Mapping[str, int]
) -> list[Case]:
    """What to segment; with ``use_click`` each case has the clicks of the file.

    The file is JSON: ``{"spleen": [[i, j, k], ...], "background": [...]}``, voxels of the CT file,
    i fastest; with ``"frame": "lps"`` millimetres in the patient. It may name its ``"image"``.
    """
    if not use_click:
        return images_to_segment(dataset_dir, image)
    if not clicks:
        raise ValueError("--use_click true needs the clicks: --clicks FILE.")
    path = Path(clicks)
    entries = json.loads(path.read_text(encoding="utf-8"))
    unknown = set(entries) - NOT_STRUCTURES - set(label_names)
    if unknown:
        raise ValueError(
            f"{path.name} has clicks for {', '.join(sorted(unknown))}; this bundle segments "
            f"{', '.join(label_names)}."
        )
    if not image and "image" in entries:
        image = str(path.parent / entries["image"])
    cases = images_to_segment(dataset_dir, image)
    if len(cases) > 1:
        raise ValueError(f"{path.name} has clicks for one CT. Say which: --image FILE.")
    frame = entries.get("frame", "voxel")
    if frame not in ("voxel", "lps"):
        raise ValueError(f'{path.name}: "frame" can be "voxel" or "lps", not {frame!r}.')
    points = {name: entries.get(name, []) for name in label_names}
    return [{**cases[0], "clicks": points, "click_frame": frame}]


class PlaceClicksd(Transform):
    """Turn ``clicks`` into ``guidance``: for each channel, voxels of the image's present grid.

    A click goes through the patient's millimetres, so it stays at its place whatever was done to
    the image: reoriented, its axes exchanged, resized. MONAI's own transforms round down twice on
    the way, and are wrong where axes were exchanged.
    """

    def __init__(self, image: str, label_names: Mapping[str, int]) -> None:
        self._image = image
        self._names = tuple(label_names)

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Return the data with ``guidance``; a case without clicks has empty lists."""
        found = dict(data)
        image: MetaTensor = found[self._image]
        clicks = found.pop("clicks", {})
        to_ras = np.asarray(image.meta["original_affine"], dtype=np.float64)
        if found.pop("click_frame", "voxel") == "lps":
            to_ras = np.diag([-1.0, -1.0, 1.0, 1.0])
        to_voxel = np.linalg.inv(np.asarray(image.affine, dtype=np.float64)) @ to_ras
        found["guidance"] = {
            name: [_voxel(point, to_voxel, image.shape[1:]) for point in clicks.get(name, [])]
            for name in self._names
        }
        return found


def _voxel(
    point: Sequence[float], to_voxel: np.ndarray, shape: Sequence[int]
) -> tuple[int, int, int]:
    place = to_voxel[:3, :3] @ np.asarray(point, dtype=np.float64) + to_voxel[:3, 3]
    nearest = np.rint(place).astype(int)
    if np.any(nearest < 0) or np.any(nearest >= np.asarray(shape)):
        raise ValueError(f"The click {list(point)} lies outside of the CT.")
    return tuple(int(index) for index in nearest)


class DrawClicksd(MapTransform):
    """Draw ``guidance`` as Gaussians behind the image's first channel, a channel for each label.

    The same numbers as MONAI's AddGuidanceSignalDeepEditd, in milliseconds: only the
    neighbourhood of each click is computed. Channels that were there before are replaced.
    """

    def __init__(
        self,
        keys: str,
        label_names: Mapping[str, int],
        sigma: float = 3,
        number_intensity_ch: int = 1,
    ) -> None:
        super().__init__(keys)
        self._names = tuple(label_names)
        self._taps = gaussian_taps(sigma)
        self._image_channels = number_intensity_ch

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Return the data with click channels; a label without clicks has zeros."""
        found = dict(data)
        guidance = found["guidance"]
        for key in self.key_iterator(found):
            image: MetaTensor = found[key]
            channels = torch.zeros((len(self._names), *image.shape[1:]), dtype=torch.float32)
            for channel, name in zip(channels, self._names, strict=True):
                _draw(channel, _points(guidance.get(name, [])), self._taps)
            plain = torch.as_tensor(np.asarray(image)[: self._image_channels])
            found[key] = MetaTensor(
                torch.cat([plain.to(torch.float32), channels]),
                meta=image.meta,
                applied_operations=image.applied_operations,
            )
        return found


def gaussian_taps(sigma: float) -> torch.Tensor:
    """The Gaussian integrated over each voxel, from the click outwards on both sides."""
    reach = int(sigma * KERNEL_REACH + 0.5)
    places = torch.arange(-reach, reach + 1, dtype=torch.float32)
    scale = 1 / (math.sqrt(2) * sigma)
    return 0.5 * (torch.erf(scale * (places + 0.5)) - torch.erf(scale * (places - 0.5)))


def _points(guidance: str | np.ndarray | Sequence[Sequence[int]]) -> set[tuple[int, ...]]:
    """Voxels, each once; MONAI's transforms leave text, arrays, and -1 where there is no click."""
    entries = json.loads(guidance) if isinstance(guidance, str) else guidance
    points = (tuple(int(index) for index in list(entry)[-3:]) for entry in entries)
    return {point for point in points if min(point) >= 0}


def _draw(channel: torch.Tensor, points: set[tuple[int, ...]], taps: torch.Tensor) -> None:
    """Add the Gaussians to a channel of zeros and scale it to [0, 1]."""
    if not points:
        return
    reach = len(taps) // 2
    for point in points:
        inside = [min(index, side - 1) for index, side in zip(point, channel.shape, strict=True)]
        starts = [max(index - reach, 0) for index in inside]
        stops = [
            min(index + reach + 1, side) for index, side in zip(inside, channel.shape, strict=True)
        ]
        parts = [
            taps[start - index + reach : stop - index + reach]
            for index, start, stop in zip(inside, starts, stops, strict=True)
        ]
        box = tuple(slice(start, stop) for start, stop in zip(starts, stops, strict=True))
        channel[box] += torch.einsum("i,j,k->ijk", *parts)
    channel -= channel.min()
    channel /= channel.max()
