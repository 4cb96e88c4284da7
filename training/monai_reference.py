"""Requests to MONAI's bundles, done MONAI's own way: the masks and times to compare ours with.

The transforms are those of the bundles' inference configurations, with the values of a manifest.
Nothing is kept between two requests, as nothing is kept there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
import torch
from monai.apps.deepedit.transforms import (
    AddGuidanceFromPointsDeepEditd,
    AddGuidanceSignalDeepEditd,
    ResizeGuidanceMultipleLabelDeepEditd,
)
from monai.data import ImageReader, decollate_batch, list_data_collate
from monai.inferers import SlidingWindowInferer
from monai.transforms import (
    Activationsd,
    AsDiscreted,
    Compose,
    EnsureChannelFirstd,
    EnsureTyped,
    Invertd,
    LoadImaged,
    Orientationd,
    Resized,
    ScaleIntensityRanged,
    Spacingd,
)
from numpy.typing import NDArray

from imaging.sitk_bridge import geometry_from_sitk
from inference.network_specs import SlidingWindowSpec, WholeVolumeSpec
from inference.ras import file_affine_ras_mm

Network = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class MonaiAnswer:
    """One request's classes on the CT's own grid, uint8 (k, j, i), and its seconds by stage."""

    classes: NDArray[np.uint8]
    seconds: Mapping[str, float]

    @property
    def total_s(self) -> float:
        """All stages together."""
        return sum(self.seconds.values())


class ReorientClicks:
    """Clicks of the file's voxels as voxels of the reoriented image, as the bundle does it."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Change the click lists of a copy of ``data``."""
        result = dict(data)
        meta = result["image"].meta
        move = np.linalg.inv(meta["affine"].numpy()) @ np.asarray(meta["original_affine"])
        for name in self._names:
            clicks = result.get(name, ())
            if len(clicks):
                ones = np.ones((len(clicks), 1))
                moved = move @ np.concatenate([np.asarray(clicks, np.float64), ones], axis=1).T
                result[name] = moved.T[:, :3]
        return result


class ItkFileReader(ImageReader):  # type: ignore[misc]  # MONAI has no types
    """Gives what MONAI's ``ITKReader``, which the bundle names, gives of one file.

    The package `itk`, which that reader needs, takes 1.5 GB; SimpleITK is the same library.
    """

    def verify_suffix(self, _filename: object) -> bool:
        """Any file is tried."""
        return True

    def read(self, data: Sequence[object], **_options: object) -> sitk.Image:
        """The file's image."""
        names = [data] if isinstance(data, (str, Path)) else list(data)
        return sitk.ReadImage(str(names[0]))

    def get_data(self, image: sitk.Image) -> tuple[NDArray[Any], dict[str, Any]]:
        """Voxels (i, j, k), and the affine to RAS millimetres."""
        affine = file_affine_ras_mm(geometry_from_sitk(image))
        voxels = sitk.GetArrayFromImage(image).T
        return voxels, {
            "affine": affine,
            "original_affine": affine.copy(),
            "space": "RAS",
            "spatial_shape": np.array(voxels.shape),
            "original_channel_dim": float("nan"),
        }


def deepedit_answer(
    spec: WholeVolumeSpec,
    network: Network,
    ct: Path,
    clicks_ijk: Mapping[str, Sequence[Sequence[int]]],
) -> MonaiAnswer:
    """What MONAI's DeepEdit bundle answers to clicks, by channel name, in voxels of the file."""
    values = {name: spec.outputs.index(name) for name in spec.inputs[1:]}
    load = LoadImaged(keys="image", reader=ItkFileReader())
    before = Compose(
        [
            load,
            EnsureChannelFirstd(keys="image"),
            Orientationd(keys="image", axcodes="RAS", labels=None),
            ScaleIntensityRanged(
                keys="image", a_min=spec.low_hu, a_max=spec.high_hu, b_min=0, b_max=1, clip=True
            ),
            ReorientClicks(spec.inputs[1:]),
            AddGuidanceFromPointsDeepEditd(
                ref_image="image", guidance="guidance", label_names=values
            ),
            Resized(keys="image", spatial_size=spec.size_ras, mode="area"),
            ResizeGuidanceMultipleLabelDeepEditd(guidance="guidance", ref_image="image"),
            AddGuidanceSignalDeepEditd(
                keys="image",
                guidance="guidance",
                sigma=spec.guidance_sigma_voxels,
                number_intensity_ch=1,
            ),
            EnsureTyped(keys="image"),
        ]
    )
    data = {"image": str(ct), **{name: list(clicks_ijk.get(name, ())) for name in values}}
    return _answer(before, network, data)


class SampledNetwork:
    """A network that really runs at every so-manieth call only; the others get zeros.

    For the time of pipelines that call it hundreds of times, at a share of that time. The first
    call does not count, because it warms up.
    """

    def __init__(
        self,
        network: Network,
        every: int,
        classes: int,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._network = network
        self._every = every
        self._classes = classes
        self._clock = clock
        self._calls = 0
        self._seconds: list[float] = []

    def __call__(self, image: torch.Tensor) -> torch.Tensor:
        """Logits, or zeros of their shape."""
        self._calls += 1
        if self._calls > 1 and self._calls % self._every:
            return torch.zeros(image.shape[0], self._classes, *image.shape[2:])
        started = self._clock()
        logits = self._network(image)
        self._seconds.append(self._clock() - started)
        return logits

    @property
    def saved_s(self) -> float:
        """How much longer all calls together would have taken, by the mean of those that ran."""
        counted = self._seconds[1:] or self._seconds
        left_out = self._calls - len(self._seconds)
        return left_out * sum(counted) / len(counted) if counted else 0.0


def sliding_window_answer(spec: SlidingWindowSpec, network: Network, ct: Path) -> MonaiAnswer:
    """What a sliding-window bundle of MONAI answers."""
    before = Compose(
        [
            LoadImaged(keys="image"),
            EnsureChannelFirstd(keys="image"),
            Orientationd(keys="image", axcodes="RAS", labels=None),
            Spacingd(keys="image", pixdim=spec.spacing_ras_mm, mode="bilinear"),
            ScaleIntensityRanged(
                keys="image", a_min=spec.low_hu, a_max=spec.high_hu, b_min=0, b_max=1, clip=True
            ),
            EnsureTyped(keys="image"),
        ]
    )
    inferer = SlidingWindowInferer(
        roi_size=spec.window_ras, sw_batch_size=spec.batch, overlap=spec.overlap, mode=spec.blending
    )
    return _answer(before, lambda image: inferer(image, network), {"image": str(ct)})


def _answer(before: Compose, network: Network, data: Mapping[str, Any]) -> MonaiAnswer:
    after = Compose(
        [
            Activationsd(keys="pred", softmax=True),
            Invertd(
                keys="pred",
                transform=before,
                orig_keys="image",
                nearest_interp=False,
                to_tensor=True,
            ),
            AsDiscreted(keys="pred", argmax=True),
        ]
    )
    started = time.perf_counter()
    # Only the image: click lists that are empty cannot be taken apart again.
    batch = list_data_collate([{"image": before(data)["image"]}])
    prepared = time.perf_counter()
    with torch.no_grad():
        batch["pred"] = network(batch["image"])
    answered = time.perf_counter()
    (item,) = [after(one) for one in decollate_batch(batch)]
    classes_ijk = np.asarray(item["pred"][0]).astype(np.uint8)
    finished = time.perf_counter()
    return MonaiAnswer(
        np.ascontiguousarray(classes_ijk.transpose(2, 1, 0)),
        {
            "prepare": prepared - started,
            "network": answered - prepared,
            "map_back": finished - answered,
        },
    )
