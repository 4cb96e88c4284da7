"""Says in one sentence why the mask that a model made by itself may lie on something else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from imaging.labels import Box, box_of_value
from imaging.structures import Structure
from imaging.volume import Volume
from training.cases.quality_checks import Check, check_labels

SHELL_MM = (3.0, 7.0)
"""How far outside of the mask its surroundings are looked at: beyond the border's blur."""

ALIKE_HU = 25.0
"""Surroundings that differ by less from the mask's mean may be the same organ."""

MAX_ALIKE = 0.4
"""Eight true organs of the open CTs of the tests have 0.06 to 0.27 of such surroundings, a
"spleen" that was found inside the liver of a mirrored CT 0.55."""

STEP_MM = 2.0
"""Fine enough for the surroundings, and quick on a large organ."""

_CHECKS = (Check.SIDE, Check.VOLUME, Check.HU)
"""The first that finds something is told."""


def doubt_about(labels: NDArray[np.uint8], volume: Volume, structure: Structure) -> str | None:
    """The gravest doubt about a structure's place, size or density; None without one.

    Takes a second on a large CT; runs on any thread. ``labels`` have the CT's shape.
    """
    box = box_of_value(labels, structure.label_value)
    if box is None:
        return None
    alone = np.zeros_like(labels)
    alone[box] = np.where(labels[box] == structure.label_value, structure.label_value, 0)
    findings = [one for one in check_labels(alone, volume) if one.check in _CHECKS]
    if findings:
        return min(findings, key=lambda one: _CHECKS.index(one.check)).sentence
    if _share_alike(alone, volume, box) > MAX_ALIKE:
        return (
            f"{structure.title}: much around the mask looks like what is in it. It may lie inside "
            "a larger organ, or the CT's header mirrors left and right."
        )
    return None


def _share_alike(alone: NDArray[np.uint8], volume: Volume, box: Box) -> float:
    """How much of the surroundings has about the mask's mean HU."""
    spacing_mm = np.array(volume.geometry.spacing_kji_mm)
    margins = np.ceil((SHELL_MM[1] + STEP_MM) / spacing_mm).astype(int)
    steps = np.maximum(1, np.round(STEP_MM / spacing_mm).astype(int))
    around = tuple(
        slice(max(0, part.start - margin), part.stop + margin, step)
        for part, margin, step in zip(box, margins, steps, strict=True)
    )
    mask, hu = alone[around] > 0, volume.array[around]
    distance_mm = distance_transform_edt(~mask, sampling=spacing_mm * steps)
    shell = (distance_mm > SHELL_MM[0]) & (distance_mm < SHELL_MM[1])
    if not mask.any() or not shell.any():
        return 0.0
    mean_hu = float(hu[mask].mean(dtype=np.float64))
    return float((np.abs(hu[shell] - mean_hu) < ALIKE_HU).mean())
