"""What a seed decides about a synthetic patient and the scan: sizes, shapes, phase, noise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from imaging.phantom.fields import WaveField


class ContrastPhase(Enum):
    """When the scan was taken after the contrast agent was injected."""

    NATIVE = "native"
    ARTERIAL = "arterial"
    PORTAL_VENOUS = "portal venous"


@dataclass(frozen=True, slots=True)
class TissueHu:
    """Mean HU of the tissues whose value depends on the phase."""

    aorta: float
    inferior_vena_cava: float
    portal_vein: float
    liver: float
    spleen: float
    pancreas: float
    kidney_cortex: float
    kidney_medulla: float
    bowel_wall: float
    adrenal: float
    heart: float
    muscle: float


HU_BY_PHASE = {
    ContrastPhase.NATIVE: TissueHu(42, 40, 41, 58, 49, 40, 34, 31, 38, 32, 41, 54),
    ContrastPhase.ARTERIAL: TissueHu(310, 85, 125, 72, 132, 108, 190, 75, 75, 68, 270, 57),
    ContrastPhase.PORTAL_VENOUS: TissueHu(150, 140, 165, 110, 120, 102, 185, 175, 88, 75, 150, 60),
}
"""Typical values of abdominal CT at 120 kV."""


@dataclass(frozen=True, slots=True)
class Patient:
    """One synthetic patient.

    ``scale`` stretches the standard body along x, y and z; ``sizes`` stretch single organs and
    ``shifts_mm`` move them, both by name.
    """

    scale: tuple[float, float, float]
    offset_lps: tuple[float, float, float]
    tilt_deg: tuple[float, float, float]
    fat_mm: float
    phase: ContrastPhase
    hu: TissueHu
    noise_hu: float
    sizes: dict[str, float]
    shifts_mm: dict[str, tuple[float, float, float]]
    gas_level_mm: float
    marrow_hu: float
    slice_mm: float
    top_mm: float
    length_mm: float
    warps: tuple[tuple[WaveField, float], ...]
    fine_warps: tuple[tuple[WaveField, float], ...]
    texture: WaveField
    lobules: WaveField
    bowel: WaveField
    streaks: WaveField
    vessels: tuple[WaveField, WaveField]
    noise_seed: int


_SIZE_RANGES = {
    "spleen": (0.86, 1.37),
    "pancreas": (1.06, 1.26),
    "liver": (0.93, 1.06),
    "kidney": (0.9, 1.08),
    "stomach": (0.75, 1.1),
    "gallbladder": (0.7, 1.2),
    "vessel": (0.88, 1.15),
}
"""Linear factors; the spleen's give about 70 to 480 mL, the pancreas's about 45 to 125 mL."""

_SHIFT_MM = {"spleen": 4.0, "left kidney": 6.0, "right kidney": 6.0, "stomach": 4.0}


def draw_patient(seed: int) -> Patient:
    """The patient of a seed; seed 0 is an average one in the portal venous phase."""
    rng = np.random.default_rng([seed, 0xAB])
    is_sample = seed == 0
    spread = 0.35 if is_sample else 1.0
    size = 1 + 0.07 * spread * rng.uniform(-1, 1)
    x, y, z = size * (1 + 0.05 * spread * rng.uniform(-1, 1, 3))
    draw = float(rng.uniform())
    if is_sample or draw < 0.6:
        phase = ContrastPhase.PORTAL_VENOUS
    else:
        phase = ContrastPhase.ARTERIAL if draw < 0.8 else ContrastPhase.NATIVE
    sizes = {
        name: float(1 + (rng.uniform(low, high) - 1) * spread)
        for name, (low, high) in _SIZE_RANGES.items()
    }
    shifts = {}
    for name, reach_mm in _SHIFT_MM.items():
        dx, dy, dz = reach_mm * spread * rng.uniform(-1, 1, 3)
        shifts[name] = (float(dx), float(dy), float(dz))
    tilt = tuple(float(v) for v in rng.uniform([2, 1, 1], [6, 4, 4]) * rng.choice([-1, 1], 3))
    cut_top = 0.0 if is_sample or rng.uniform() < 0.6 else float(rng.uniform(15, 45))
    cut_bottom = 0.0 if is_sample or rng.uniform() < 0.6 else float(rng.uniform(20, 60))
    top_mm = 150.0 - cut_top
    return Patient(
        scale=(float(x), float(y), float(z)),
        offset_lps=(float(rng.uniform(-8, 8)), float(rng.uniform(-190, -150)), -420.0),
        tilt_deg=(tilt[0], tilt[1], tilt[2]),
        fat_mm=18.0 if is_sample else float(rng.uniform(7, 32)),
        phase=phase,
        hu=HU_BY_PHASE[phase],
        noise_hu=11.0 if is_sample else float(rng.uniform(7, 18)),
        sizes=sizes,
        shifts_mm=shifts,
        gas_level_mm=float(rng.uniform(-62, -40)),
        marrow_hu=float(rng.uniform(130, 220)),
        slice_mm=3.0 if is_sample else float(rng.choice([2.0, 2.5, 3.0, 4.0, 5.0])),
        top_mm=top_mm,
        length_mm=top_mm + 125.0 - cut_bottom,
        warps=_warp(rng, (110, 220), 10, 4.0),
        fine_warps=_warp(rng, (28, 60), 24, 0.8),
        texture=WaveField.random(rng, (7, 30), 40),
        lobules=WaveField.random(rng, (8, 14), 40),
        bowel=WaveField.random(rng, (44, 52), 40),
        streaks=WaveField.random(rng, (9, 24), 40),
        vessels=(WaveField.random(rng, (22, 45), 40), WaveField.random(rng, (22, 45), 40)),
        noise_seed=int(rng.integers(2**32)),
    )


def _warp(
    rng: np.random.Generator, wavelengths_mm: tuple[float, float], waves: int, reach_mm: float
) -> tuple[tuple[WaveField, float], ...]:
    return tuple((WaveField.random(rng, wavelengths_mm, waves), reach_mm) for _ in range(3))
