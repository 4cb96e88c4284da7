"""Makes complete MONAI bundles with trial weights, to compare Maskwright with MONAI on.

    .venv/bin/python packaging/trial_bundles.py DIR --ct CT.nii

DIR then holds the shipped bundles `spleen_deepedit`, `spleen_unet` and `pancreas_dints` at full
size with the weights of `training/trial_weights.py`; CT.nii is a synthetic patient whom they have
not seen. A call that is cut off goes on where it was. What to do with them is at the top of
`docs/parity.md`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from monai.bundle import ConfigParser
from numpy.typing import NDArray

from imaging.phantom import make_phantom
from imaging.structures import structure_by_name
from imaging.writers.volume_file import write_volume_file
from inference.guidance import guidance_channel
from inference.preprocessing import scale_intensity
from inference.ras import RasAxes
from training.bundles.folder import BundleFolder, copy_bundle
from training.trial_weights import Draw, Example, TrialRecipe, crop, learn, widen

CT_SEED = 0
CT_SHAPE = (100, 512, 512)
CT_SPACING_MM = (3.0, 0.8, 0.8)
"""The CT to compare on: what BUNDLES of the Model Zoo were first timed with."""

SQUEEZED = 0.9, 1.1
"""How much larger or smaller than in that CT the voxels of DeepEdit's box are in training."""

MOST_CLICKS = 3
"""Of each kind, in half of DeepEdit's crops; the others have none."""

STEPS_TO_A_LINE = 25

ARENA = {"MALLOC_MMAP_THRESHOLD_": str(2**32), "MALLOC_TRIM_THRESHOLD_": str(2**33)}
"""Keeps freed tensors in the process: PyTorch's steps take half as long."""

SKIP = 0
FLAT_KERNELS = (2, 3, 4)
"""Cell operations of DiNTS: none, and the three that are thin in one direction."""

DEEPEST = 9
"""The connection of a DiNTS block that stays at the lowest resolution."""

SKIPPING_BLOCKS = (1, 4, 7, 10)


@dataclass(frozen=True, slots=True)
class Trial:
    """How a bundle's weights are made.

    Attributes:
        patients: seeds of the synthetic patients that it learns from.
        ct_shape: of each patient's CT on the network's grid (k, j, i); None for all of it.
        crop_ras: what a step sees, along R, A, S.
        part, narrow: what the configuration says about the network that learns, and where.
    """

    recipe: TrialRecipe
    patients: Sequence[int]
    ct_shape: tuple[int, int, int] | None
    crop_ras: tuple[int, int, int]
    part: str
    narrow: Mapping[str, object]


TRIALS: Mapping[str, Trial] = {
    "spleen_unet": Trial(
        TrialRecipe(1500),
        range(11, 14),
        None,
        (80, 80, 80),
        "network_def",
        {"channels": [4, 8, 16, 32, 64]},
    ),
    "spleen_deepedit": Trial(
        TrialRecipe(2700, learning_rate=3e-3),
        range(11, 15),
        (128, 128, 128),
        (64, 64, 64),
        "network_def",
        {"filters": [4, 8, 16, 32, 40, 40]},
    ),
    "pancreas_dints": Trial(
        TrialRecipe(4200),
        range(11, 17),
        None,
        (64, 64, 64),
        "dints_space",
        {"channel_mul": 0.125},
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A patient on a network's grid: the image scaled to 0..1, and the classes; axes R, A, S."""

    image: NDArray[np.float32]
    classes: NDArray[np.uint8]


def main() -> None:
    """Make the bundles that DIR lacks, and the CT."""
    if not ARENA.keys() <= os.environ.keys():  # read when a process starts
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ARENA)
    parser = argparse.ArgumentParser(description="Makes MONAI bundles with trial weights.")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--ct", type=Path, required=True, metavar="FILE", help="The CT to write.")
    parser.add_argument("--only", choices=TRIALS, action="append", help="Make this one only.")
    parser.add_argument(
        "--shape", type=int, nargs=3, default=CT_SHAPE, metavar=("K", "J", "I"), help="Of the CT."
    )
    parser.add_argument(
        "--minutes", type=float, metavar="N", help="Train each network no longer than that."
    )
    options = parser.parse_args()
    k, j, i = options.shape
    if not options.ct.exists():
        ct = make_phantom(
            CT_SEED, shape=(k, j, i), spacing_kji_mm=CT_SPACING_MM, oblique=False
        ).volume
        write_volume_file(options.ct, ct)
    for name in options.only or TRIALS:
        if not (options.folder / name / "models" / "model.pt").exists():
            make_bundle(name, options.folder, options.minutes)


def make_bundle(name: str, root: Path, minutes: float | None) -> None:
    """A copy of a shipped bundle under ``root`` with trial weights."""
    root.mkdir(parents=True, exist_ok=True)
    folder = root / name
    bundle = BundleFolder.at(folder) if folder.exists() else copy_bundle(name, folder)
    search_code = bundle.root / "models" / "search_code.pt"
    if search_code.exists():
        _thin_out(search_code)
    trial = TRIALS[name]
    torch.manual_seed(0)
    config = _config(bundle)
    network = config.get_parsed_content("network_def")
    narrow_config = _config(bundle)
    narrow_config[trial.part].update(trial.narrow)
    narrow = narrow_config.get_parsed_content("network_def")
    labels = {one: value for one, value in config["label_names"].items() if value}
    cases = [_case(config, seed, labels, trial.ct_shape, root) for seed in trial.patients]
    seconds = None if minutes is None else 60 * minutes
    recipe = replace(trial.recipe, seconds=seconds)
    draw = _draw(cases, trial.crop_ras, labels, takes_clicks="spatial_size" in config)
    started = time.perf_counter()
    losses: list[float] = []
    for loss in learn(narrow, draw, recipe, root / f"{name}.pt"):
        losses.append(loss)
        if len(losses) % STEPS_TO_A_LINE == 0:
            mean = sum(losses[-STEPS_TO_A_LINE:]) / STEPS_TO_A_LINE
            seconds = time.perf_counter() - started
            _say(f"{name}: step {len(losses)}, loss {mean:.3f}, {seconds:.0f} s")
    widen(narrow, network)
    bundle.weights.parent.mkdir(exist_ok=True)
    torch.save(network.state_dict(), bundle.weights)
    parameters = sum(table.numel() for table in network.parameters())
    _say(f"{name}: {parameters / 1e6:.1f} M parameters, {len(losses)} steps")


def _config(bundle: BundleFolder) -> ConfigParser:
    config = ConfigParser()
    config.read_config(bundle.root / bundle.config("inference"))
    config["bundle_root"] = str(bundle.root)
    return config


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _case(
    config: ConfigParser,
    seed: int,
    labels: Mapping[str, int],
    shape: tuple[int, int, int] | None,
    root: Path,
) -> Case:
    """A patient on the network's grid, drawn there; kept in ``root`` for the next call."""
    if "spatial_size" in config:
        scale = np.random.default_rng(seed).uniform(*SQUEEZED)
        of_the_ct = np.array(CT_SPACING_MM) * CT_SHAPE / np.array(config["spatial_size"])[::-1]
        spacing_mm = scale * of_the_ct
    else:
        spacing_mm = np.array(config["spacing_mm"], np.float64)[::-1]
    grid = "x".join(f"{mm:.3f}" for mm in spacing_mm)
    size = "x".join(str(n) for n in shape or ("all",))
    file = root / f"patient-{seed}-{grid}-{size}.npz"
    if not file.exists():
        patient = make_phantom(seed, shape=shape, spacing_kji_mm=spacing_mm, oblique=False)
        axes = RasAxes.of(patient.volume.geometry)
        hu, found = axes.to_ras(patient.volume.array), axes.to_ras(patient.labels)
        np.savez_compressed(file, hu=hu, labels=found)
        _say(f"synthetic patient {seed}, {found.shape}")
    with np.load(file) as kept:
        hu, found = kept["hu"], kept["labels"]
    classes = np.zeros(found.shape, np.uint8)
    for structure, value in labels.items():
        classes[found == structure_by_name(structure).label_value] = value
    image = scale_intensity(
        hu.astype(np.float32), float(config["low_hu"]), float(config["high_hu"])
    )
    return Case(image, classes)


def _draw(
    cases: Sequence[Case],
    size: tuple[int, int, int],
    labels: Mapping[str, int],
    *,
    takes_clicks: bool,
) -> Draw:
    """What a step sees of these patients."""

    def draw(rng: np.random.Generator) -> Example:
        case = cases[int(rng.integers(len(cases)))]
        example = crop(case.image, case.classes, size, rng)
        if not takes_clicks:
            return example
        clicks = rng.integers(1, MOST_CLICKS + 1) if rng.random() < 0.5 else 0
        guidance = []
        for value in (*labels.values(), 0):
            at = np.argwhere(example.classes == value)
            chosen = at[rng.choice(len(at), min(clicks, len(at)), replace=False)]
            guidance.append(guidance_channel(chosen, size))
        return Example(np.concatenate([example.inputs, np.stack(guidance)]), example.classes)

    return draw


def _thin_out(search_code: Path) -> None:
    """Make a DiNTS topology of half the shipped one's size, about that of published searches."""
    codes = torch.load(search_code, weights_only=True)
    operations = codes["arch_code_c"]
    for block, row in enumerate(operations):
        row[:] = FLAT_KERNELS[block % len(FLAT_KERNELS)]
    operations[list(SKIPPING_BLOCKS), DEEPEST] = SKIP
    torch.save(codes, search_code)


if __name__ == "__main__":
    main()
