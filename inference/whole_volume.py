"""A CT squeezed into a DeepEdit network's box, resident: clicks in, class probabilities out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.volume import Volume
from inference.axis_weights import (
    ClassBox,
    Matrices,
    area_weights,
    resample,
    stretched_weights,
    winning_classes,
)
from inference.guidance import guidance_channel
from inference.monai_clicks import monai_click_index
from inference.network_specs import BACKGROUND, WholeVolumeSpec
from inference.preprocessing import scale_intensity
from inference.ras import RasAxes


class SqueezedVolume:
    """One CT for one network: its image channel is made once, clicks are drawn beside it.

    With ``is_exact`` clicks fall where MONAI puts them and probabilities go back as MONAI's
    ``Invertd`` carries them (by area: blocks of equal value); else both are right: clicks fall
    into the voxel that holds them, probabilities are interpolated.
    """

    def __init__(self, volume: Volume, spec: WholeVolumeSpec, *, is_exact: bool = False) -> None:
        self._geometry = volume.geometry
        self._spec = spec
        self._is_exact = is_exact
        self._axes = RasAxes.of(volume.geometry)
        ras_shape = self._axes.shape_ras(volume.geometry.shape)
        sizes = list(zip(spec.size_ras, ras_shape, strict=True))
        there = [area_weights(size, length) for size, length in sizes]
        image = resample(
            volume.array,
            self._axes.weights_kji(there),
            lambda hu: scale_intensity(hu, spec.low_hu, spec.high_hu),
        )
        self._inputs = np.zeros((1, len(spec.inputs), *spec.size_ras), np.float32)
        self._inputs[0, 0] = self._axes.to_ras(image)
        back = area_weights if is_exact else stretched_weights
        self._back: Matrices = self._axes.weights_kji([back(n, size) for size, n in sizes])
        self._used: set[int] = set()

    def inputs(self, clicks: Sequence[Click]) -> NDArray[np.float32]:
        """The network's channels for these clicks; the same array each time, overwritten."""
        by_channel: dict[str, list[Click]] = {}
        for click in clicks:
            name = click.structure if click.is_foreground else BACKGROUND
            by_channel.setdefault(name, []).append(click)
        for channel, name in enumerate(self._spec.inputs[1:], start=1):
            own = by_channel.get(name, [])
            if own:
                self._inputs[0, channel] = self._guidance(own)
                self._used.add(channel)
            elif channel in self._used:
                self._inputs[0, channel] = 0
                self._used.discard(channel)
        return self._inputs

    def classes(
        self, probabilities_ras: NDArray[np.float32], wanted: Sequence[int]
    ) -> ClassBox | None:
        """The winning classes on the CT's own grid; see ``winning_classes``."""
        return winning_classes(self._axes.from_ras(probabilities_ras), self._back, wanted)

    def _guidance(self, clicks: Sequence[Click]) -> NDArray[np.float32]:
        points_lps = np.array([click.point_lps for click in clicks], np.float64)
        size_ras, sigma = self._spec.size_ras, self._spec.guidance_sigma_voxels
        if self._is_exact:
            at = monai_click_index(points_lps, self._geometry, size_ras)
            return guidance_channel(at, size_ras, sigma)
        shape = self._geometry.shape
        index_ras = self._axes.ras_index(self._geometry.lps_to_index(points_lps), shape)
        scale = np.divide(size_ras, self._axes.shape_ras(shape))
        return guidance_channel((index_ras + 0.5) * scale - 0.5, size_ras, sigma)
