"""A bundle's transforms and inferer, understood: what happens to a CT before and after the net.

The order of the steps is held too: a known transform in an unknown place means something else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from imaging.errors import ModelError
from inference.bundles.archive import shown
from inference.bundles.components import Component, Opaque, UnknownCodeError, Value
from inference.bundles.transform_rules import GUIDANCE, POST, PRE, READS_CLICKS, TransformRule

DEFAULT_SIGMA_VOXELS = 3.0
"""Of AddGuidanceSignalDeepEditd."""

DEFAULT_OVERLAP = 0.25
"""Of SlidingWindowInferer."""

MIN_SIDE, MAX_SIDE = 8, 512


@dataclass(frozen=True, slots=True)
class WholeVolumePipeline:
    """The whole CT, resized to a box; ``click_labels`` are names and values, in order."""

    size_ras: tuple[int, int, int]
    low_hu: float
    high_hu: float
    click_labels: tuple[tuple[str, int], ...]
    guidance_sigma_voxels: float

    @property
    def box_ras(self) -> tuple[int, int, int]:
        """What the network sees at once, in voxels."""
        return self.size_ras


@dataclass(frozen=True, slots=True)
class SlidingWindowPipeline:
    """Windows on a resampled CT."""

    spacing_ras_mm: tuple[float, float, float]
    low_hu: float
    high_hu: float
    window_ras: tuple[int, int, int]
    overlap: float
    blending: Literal["constant", "gaussian"]
    batch: int

    @property
    def box_ras(self) -> tuple[int, int, int]:
        """What the network sees at once, in voxels."""
        return self.window_ras


Pipeline = WholeVolumePipeline | SlidingWindowPipeline


def read_pipeline(preprocessing: Value, inferer: Value, postprocessing: Value) -> Pipeline:
    """What the configuration does with a CT.

    Raises:
        UnknownCodeError: it uses a transform that is not known here.
        ModelError: a known one with parameters, or in an order, that is not.
    """
    steps = _Steps(_transforms(preprocessing, "preprocessing"), PRE)
    _Steps(_transforms(postprocessing, "postprocessing"), POST)
    for needed in ("Orientationd", "ScaleIntensityRanged"):
        if needed not in steps:
            raise ModelError(
                f"The bundle's preprocessing has no {needed}, so what the network needs is unclear."
            )
    low_hu, high_hu = _range_hu(steps["ScaleIntensityRanged"])
    kind = inferer.name if isinstance(inferer, Component) else None
    if kind == "SimpleInferer":
        return _whole_volume(steps, low_hu, high_hu)
    if kind == "SlidingWindowInferer":
        return _sliding_window(steps, inferer.arguments, low_hu, high_hu)
    raise ModelError(
        f"The bundle's inferer {shown(kind)} is not known here: SimpleInferer and "
        "SlidingWindowInferer are."
    )


def _transforms(composed: Value, place: str) -> list[Component]:
    """The parts of a Compose, or of a plain list."""
    parts = composed
    if isinstance(composed, Component) and composed.name == "Compose":
        parts = composed.arguments.get("transforms")
    if not isinstance(parts, list) or not all(isinstance(part, Component) for part in parts):
        raise ModelError(f"The bundle's {place} is no list of transforms.")
    return parts


class _Steps:
    """Transforms by name, after their order and parameters were held against the rules."""

    def __init__(self, transforms: Sequence[Component], rules: dict[str, TransformRule]) -> None:
        self._by_name: dict[str, Component] = {}
        reached = 0
        for step in transforms:
            rule = rules.get(step.name)
            if rule is None:
                raise UnknownCodeError(f"the transform {shown(step.name)}", step.where)
            for name, value in step.arguments.items():
                fault = rule.fault(name, value)
                if fault is not None:
                    raise ModelError(f"{step.name} with {shown(name)} = {fault}")
            if rule.rank is None:
                continue
            if rule.rank < reached or step.name in self._by_name:
                raise ModelError(
                    f"{step.name} stands in an order of transforms that is not known here."
                )
            reached = rule.rank
            self._by_name[step.name] = step

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> dict[str, Value]:
        return self._by_name[name].arguments

    def guidance(self) -> dict[str, Value] | None:
        """The arguments of the step that makes click channels; None if there is none."""
        found = [name for name in GUIDANCE if name in self._by_name]
        return self._by_name[found[0]].arguments if found else None

    def label_names(self) -> tuple[tuple[str, int], ...]:
        """The labels that clicks belong to, with their values, in the order of their channels."""
        for name in READS_CLICKS:
            step = self._by_name.get(name)
            labels = step.arguments.get("label_names") if step else None
            if isinstance(labels, dict) and all(type(value) is int for value in labels.values()):
                return tuple(labels.items())
        return ()


def _whole_volume(steps: _Steps, low_hu: float, high_hu: float) -> WholeVolumePipeline:
    if "Resized" not in steps or "Spacingd" in steps:
        raise ModelError(
            "The bundle gives its network a CT of any size at once. Only networks that see the CT "
            "resized to a box, or in windows, can be used."
        )
    resized = steps["Resized"]
    if resized.get("mode", "area") != "area":
        raise ModelError(f"Resized with mode {shown(resized['mode'])} is not known here, area is.")
    guidance = steps.guidance()
    sigma = DEFAULT_SIGMA_VOXELS
    if guidance is not None:
        sigma = _number(guidance.get("sigma", DEFAULT_SIGMA_VOXELS), "sigma")
        if guidance.get("number_intensity_ch", 1) != 1:
            raise ModelError("A network with more than one image channel cannot be used.")
        if not 0 < sigma <= 100:
            raise ModelError(f"AddGuidanceSignalDeepEditd with sigma {sigma} makes no sense.")
    return WholeVolumePipeline(
        size_ras=_sides(resized.get("spatial_size"), "spatial_size"),
        low_hu=low_hu,
        high_hu=high_hu,
        click_labels=steps.label_names() if guidance is not None else (),
        guidance_sigma_voxels=sigma,
    )


def _sliding_window(
    steps: _Steps, inferer: dict[str, Value], low_hu: float, high_hu: float
) -> SlidingWindowPipeline:
    if "Spacingd" not in steps or "Resized" in steps or steps.guidance() is not None:
        raise ModelError(
            "The bundle slides windows over a CT without resampling it to a fixed spacing "
            "(Spacingd), which is not known here."
        )
    spacing = steps["Spacingd"].get("pixdim")
    if not isinstance(spacing, list) or len(spacing) != 3:
        raise ModelError(f"Spacingd with pixdim = {shown(spacing)} is not three numbers.")
    r_mm, a_mm, s_mm = (_number(value, "pixdim") for value in spacing)
    if not all(0.1 <= value <= 20 for value in (r_mm, a_mm, s_mm)):
        raise ModelError(f"Spacingd with pixdim = {shown(spacing)} is no spacing of a CT in mm.")
    overlap = _number(inferer.get("overlap", DEFAULT_OVERLAP), "overlap")
    if not 0 <= overlap < 1:
        raise ModelError(f"SlidingWindowInferer with overlap {overlap} is not from 0 up to 1.")
    batch = inferer.get("sw_batch_size", 1)
    if not isinstance(batch, int) or not 1 <= batch <= 64:
        raise ModelError(f"SlidingWindowInferer with sw_batch_size {shown(batch)} is not 1 to 64.")
    mode = inferer.get("mode", "constant")
    if mode not in ("constant", "gaussian"):
        raise ModelError(f"SlidingWindowInferer with mode {shown(mode)} is not known here.")
    for name, usual in (("sigma_scale", 0.125), ("padding_mode", "constant"), ("cval", 0)):
        if inferer.get(name, usual) != usual:
            raise ModelError(
                f"SlidingWindowInferer with {name} = {shown(inferer[name])} is not known."
            )
    return SlidingWindowPipeline(
        spacing_ras_mm=(r_mm, a_mm, s_mm),
        low_hu=low_hu,
        high_hu=high_hu,
        window_ras=_sides(inferer.get("roi_size"), "roi_size"),
        overlap=overlap,
        blending=mode,
        batch=batch,
    )


def _range_hu(scale: dict[str, Value]) -> tuple[float, float]:
    if (scale.get("b_min"), scale.get("b_max"), scale.get("clip")) != (0, 1, True):
        raise ModelError(
            "ScaleIntensityRanged must map to 0 to 1 and clip (b_min 0, b_max 1, clip true)."
        )
    low, high = (_number(scale.get(name), name) for name in ("a_min", "a_max"))
    if not -5000 <= low < high <= 10_000:
        raise ModelError(f"ScaleIntensityRanged from {low} to {high} is no range of HU.")
    return low, high


def _sides(value: Value, name: str) -> tuple[int, int, int]:
    sides = [value] * 3 if isinstance(value, int) else value
    if (
        not isinstance(sides, list)
        or len(sides) != 3
        or not all(type(side) is int and MIN_SIDE <= side <= MAX_SIDE for side in sides)
    ):
        raise ModelError(f"{name} = {shown(value)} is not three sides of {MIN_SIDE} to {MAX_SIDE}.")
    r, a, s = sides
    return r, a, s


def _number(value: Value, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        what = value.text if isinstance(value, Opaque) else value
        raise ModelError(f"{name} = {shown(what)} is no number.")
    return value
