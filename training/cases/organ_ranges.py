"""What is usual for an organ in an adult's CT: volume, mean HU, side of the body.

A value outside asks for a second look and proves nothing: the ranges are the published ones,
widened by a factor of two to four for disease, children and parts that are cut off.

Volumes of spleen, liver, kidneys, pancreas and adrenal glands: Geraghty, Boone, McGahan and Jain,
"Normal organ volume assessment from abdominal CT", Abdominal Imaging 29 (2004) 482-490 (means from
4.4 mL for an adrenal gland to 1,710 mL for the liver); spleen also Prassopoulos and others,
European Radiology 7 (1997) 246-248 (107 to 315 mL). No such series is behind the other structures:
theirs is the anatomy's order of magnitude, more widely bounded.

HU: unenhanced soft tissue lies at 20 to 65 (Lamba and others, American Journal of Roentgenology
203 (2014) 1013-1020); fat infiltration brings liver and pancreas below, contrast agent organs to
about 200 and vessels and kidneys to about 400.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum


class Side(Enum):
    """On which side of the body's middle an organ's centre lies."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class OrganRange:
    """What is usual for one structure.

    Attributes:
        volume_ml: smallest and largest; the smallest counts only where the organ is whole.
        mean_hu: lowest and highest mean.
        side: None for an organ in the middle, or one that may lie on either side.
        is_often_cut: it runs through the field of view, so that being cut off is no finding.
        is_one_piece: several parts of it are a finding.
    """

    volume_ml: tuple[float, float]
    mean_hu: tuple[float, float]
    side: Side | None = None
    is_often_cut: bool = False
    is_one_piece: bool = True


ORGAN_RANGES: dict[str, OrganRange] = {
    "spleen": OrganRange((40, 1500), (20, 220), Side.LEFT),
    "pancreas": OrganRange((15, 250), (-20, 180)),
    "pancreas tumour": OrganRange((0.1, 500), (-20, 200), is_one_piece=False),
    "liver": OrganRange((500, 4000), (-10, 200), Side.RIGHT),
    "left kidney": OrganRange((40, 500), (-10, 350), Side.LEFT),
    "right kidney": OrganRange((40, 500), (-10, 350), Side.RIGHT),
    "stomach": OrganRange((30, 3000), (-700, 300)),
    "gallbladder": OrganRange((2, 250), (-20, 200), Side.RIGHT),
    "aorta": OrganRange((10, 600), (20, 600), is_often_cut=True),
    "inferior vena cava": OrganRange((10, 300), (20, 400), is_often_cut=True),
    "esophagus": OrganRange((2, 150), (-500, 200), is_often_cut=True),
    "duodenum": OrganRange((10, 300), (-300, 250)),
    "portal and splenic vein": OrganRange((3, 150), (20, 350), is_one_piece=False),
    "left adrenal gland": OrganRange((1, 30), (-30, 180), Side.LEFT),
    "right adrenal gland": OrganRange((1, 30), (-30, 180), Side.RIGHT),
}
"""By the structure's name in the organ table."""

NOTHING_KNOWN = OrganRange(
    (0, math.inf), (-math.inf, math.inf), is_often_cut=True, is_one_piece=False
)
"""For a structure that a model brought: nothing about it is unusual."""
