"""The shipped model, from open data to package, in one call and from one seed."""

from __future__ import annotations

import logging
from pathlib import Path

import torch

from imaging.errors import MaskwrightError
from inference.model_package import ModelPackage
from training.click_recipe import ClickRecipe, ClickTrainer
from training.click_samples import ClickSampler
from training.open_data import phantom_cases, real_cases
from training.package_writer import PackageText, write_package

logger = logging.getLogger(__name__)

PHANTOM_SEEDS = range(1000, 1030)
"""Patients that no test and no sample case uses."""

PHANTOM_SHARE = 0.45
REAL_SHARES = {"totalseg_nifti": 0.37, "totalseg_dicom": 0.18}
"""How often each source is drawn; the CT with 57 structures more often than the short one."""

TEXT = PackageText(
    id="abdomen_click_small",
    version="0.2.0",
    title="Abdomen, clicks on any organ, automatic spleen (small)",
    licence="Apache-2.0",
    sources=(
        "Automatic network: Project-MONAI/tutorials, commit 11445c9aaca1, Apache-2.0",
        "Click network: training/shipped_model.py, begun from the weights of version 0.1.0",
    ),
    training_data=(
        "TotalSegmentator example CT (wasserth/TotalSegmentator, commit 0e65a448d557) with masks "
        "(commit 5de6e4dcf702), Apache-2.0; data set CC BY 4.0",
        "TotalSegmentator example DICOM series with its label map, the same source and licence",
        f"Maskwright phantoms, seeds {PHANTOM_SEEDS.start} to {PHANTOM_SEEDS.stop - 1}",
        "Medical Segmentation Decathlon Task09 (spleen), CC BY-SA 4.0: the automatic network",
    ),
)

AUTOMATIC_WEIGHTS = Path("models") / "spleen_unet_small" / "spleen_unet_small_state_dict.pt"


def train_shipped_model(
    data: Path,
    runs: Path,
    package_folder: Path,
    recipe: ClickRecipe,
    *,
    device: str = "cpu",
    start: Path | None = None,
    left_out: str | None = None,
) -> ModelPackage:
    """Train the click network on the open data under ``data`` and write the package.

    Checkpoints go to ``runs``; a second call with the same folder resumes. ``start`` is a file
    of weights to begin with, ``left_out`` the name of a real case not to train on.

    Raises:
        MaskwrightError: if a file of the open data is missing, torch lacks the device, or no
            case has the name ``left_out``.
    """
    _check_device(device)
    weights = data / AUTOMATIC_WEIGHTS
    if not weights.exists():
        raise MaskwrightError(
            f"{data.name} has no {AUTOMATIC_WEIGHTS.as_posix()}. Name the folder of the open data."
        )
    real = real_cases(data)
    chosen = [(case, REAL_SHARES[case.name]) for case in real if case.name != left_out]
    if left_out is not None and len(chosen) == len(real):
        names = ", ".join(case.name for case in real)
        raise MaskwrightError(f"No case is called {left_out}. There are: {names}.")
    phantoms = phantom_cases(PHANTOM_SEEDS)
    chosen += [(phantom, PHANTOM_SHARE / len(phantoms)) for phantom in phantoms]
    cases, shares = zip(*chosen, strict=True)
    sampler = ClickSampler(cases, shares, recipe.spacing_mm)
    trained = ClickTrainer(recipe, sampler, runs, device, start).run()
    return write_package(package_folder, TEXT, weights, trained, recipe)


def _check_device(device: str) -> None:
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:  # the second where torch was built for CPUs
        raise MaskwrightError(
            f"torch cannot train on {device!r} here. Use cpu, or cuda where there is an NVIDIA GPU "
            "and a torch that was built for it."
        ) from error
