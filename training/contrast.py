"""Contrast agent added to a native CT: the phases that a lone native case cannot show."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

PORTAL_GAIN_HU: Mapping[str, float] = {
    "spleen": 75, "liver": 58, "pancreas": 55, "kidney": 140, "aorta": 105, "vena cava": 95,
    "portal vein": 125, "adrenal gland": 45, "duodenum": 25, "small bowel": 20, "stomach": 12,
    "colon": 10, "autochthon": 10, "iliopsoas": 10, "gluteus": 10, "iliac artery": 100,
    "iliac vena": 70,
}  # fmt: skip
"""What a structure gains from native to portal venous, typical of abdominal CT at 120 kV: the
differences of the phantom's table (``imaging.phantom.patient``), and like ones for the rest."""

ARTERIAL_GAIN_HU: Mapping[str, float] = {
    "spleen": 85, "liver": 15, "pancreas": 68, "kidney": 145, "aorta": 265, "vena cava": 40,
    "portal vein": 80, "adrenal gland": 40, "duodenum": 25, "small bowel": 20, "stomach": 12,
    "iliac artery": 260, "iliac vena": 10,
}  # fmt: skip

ARTERIAL_SHARE = 0.25
STRENGTHS = (0.4, 1.4)
"""Dose, timing and tube voltage, as a factor."""

OWN_SPREAD_HU = 8.0
BORDER_BLUR_VOXELS = 0.7


def add_contrast(
    hu: NDArray[np.float32],
    labels: NDArray[np.int16],
    names: Mapping[int, str],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """The HU of a native patch as if contrast agent had been given; shape as ``hu``."""
    gains = ARTERIAL_GAIN_HU if rng.random() < ARTERIAL_SHARE else PORTAL_GAIN_HU
    strength = rng.uniform(*STRENGTHS)
    by_label = np.zeros(max(names, default=0) + 1, np.float32)
    for value, name in names.items():
        gain = next((hu_gain for part, hu_gain in gains.items() if part in name), None)
        if gain is not None:
            by_label[value] = gain * strength + rng.normal(0, OWN_SPREAD_HU)
    added = gaussian_filter(by_label[labels], BORDER_BLUR_VOXELS)
    # Gas and fat inside a mask take no contrast agent.
    added[hu < -60] = 0
    enhanced: NDArray[np.float32] = hu + added
    return enhanced
