"""Makes complete MONAI bundles with trial weights, to compare Maskwright with MONAI on.

    .venv/bin/python packaging/trial_bundles.py DIR --ct CT.nii

DIR then holds the shipped bundles `spleen_deepedit`, `spleen_unet` and `pancreas_dints` at full
size with the weights of `training/trial_weights.py`; CT.nii is a synthetic patient whom they have
not seen. What to do with them is at the top of `docs/parity.md`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from monai.bundle import ConfigParser
from numpy.typing import NDArray

from imaging.phantom import Phantom, make_phantom
from imaging.structures import structure_by_name
from imaging.writers.volume_file import write_volume_file
from inference.axis_weights import area_weights, resample
from inference.guidance import guidance_channel
from inference.preprocessing import scale_intensity
from inference.ras import RasAxes
from training.bundles.folder import BundleFolder, copy_bundle
from training.trial_weights import Example, settle_and_fit

BUNDLES = ("spleen_deepedit", "spleen_unet", "pancreas_dints")
PATIENTS = (11, 12)
"""Seeds of the synthetic patients that weights are fitted to."""

CT_SEED = 0
CT_SHAPE = (100, 512, 512)
CT_SPACING_MM = (3.0, 0.8, 0.8)
"""The CT to compare on: what BUNDLES of the Model Zoo were first timed with."""

WINDOWS_ELSEWHERE = 2
"""Of each patient, beside the one around the structure: what is none of it."""

SKIP = 0
FLAT_KERNELS = (2, 3, 4)
"""Cell operations of DiNTS: none, and the three that are thin in one direction."""

DEEPEST = 9
"""The connection of a DiNTS block that stays at the lowest resolution."""

SKIPPING_BLOCKS = (1, 4, 7, 10)


def main() -> None:
    """Make the bundles that DIR lacks, and the CT."""
    parser = argparse.ArgumentParser(description="Makes MONAI bundles with trial weights.")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--ct", type=Path, required=True, metavar="FILE", help="The CT to write.")
    parser.add_argument("--only", choices=BUNDLES, action="append", help="Make this one only.")
    parser.add_argument(
        "--shape", type=int, nargs=3, default=CT_SHAPE, metavar=("K", "J", "I"), help="Of the CT."
    )
    options = parser.parse_args()
    k, j, i = options.shape
    if not options.ct.exists():
        ct = make_phantom(
            CT_SEED, shape=(k, j, i), spacing_kji_mm=CT_SPACING_MM, oblique=False
        ).volume
        write_volume_file(options.ct, ct)
    for name in options.only or BUNDLES:
        if not (options.folder / name / "models" / "model.pt").exists():
            started = time.perf_counter()
            way, parameters = make_bundle(name, options.folder / name)
            seconds = time.perf_counter() - started
            line = f"{name}: {parameters / 1e6:.1f} M parameters, {way}, {seconds:.0f} s"
            sys.stdout.write(f"{line}\n")


def make_bundle(name: str, folder: Path) -> tuple[str, int]:
    """A copy of a shipped bundle with trial weights; how they were made, and how many."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    bundle = BundleFolder.at(folder) if folder.exists() else copy_bundle(name, folder)
    search_code = bundle.root / "models" / "search_code.pt"
    if search_code.exists():
        _thin_out(search_code)
    config = ConfigParser()
    config.read_config(bundle.root / bundle.config("inference"))
    config["bundle_root"] = str(bundle.root)
    torch.manual_seed(0)
    network = config.get_parsed_content("network_def")
    labels = {one: value for one, value in config["label_names"].items() if value}
    hu_range = (float(config["low_hu"]), float(config["high_hu"]))
    examples = [
        example
        for seed in PATIENTS
        for example in (
            _squeezed(seed, tuple(config["spatial_size"]), labels, hu_range)
            if "spatial_size" in config
            else _windows(
                seed, tuple(config["spacing_mm"]), tuple(config["patch_size"]), labels, hu_range
            )
        )
    ]
    way = settle_and_fit(network, examples)
    bundle.weights.parent.mkdir(exist_ok=True)
    torch.save(network.state_dict(), bundle.weights)
    return way, sum(table.numel() for table in network.parameters())


def _squeezed(
    seed: int,
    size_ras: tuple[int, int, int],
    labels: Mapping[str, int],
    hu_range: tuple[float, float],
) -> Iterator[Example]:
    """A whole patient in the network's box, without clicks and with some."""
    patient = make_phantom(seed, shape=(100, 256, 256), spacing_kji_mm=(3, 1.6, 1.6), oblique=False)
    axes = RasAxes.of(patient.volume.geometry)
    shape_ras = axes.shape_ras(patient.volume.geometry.shape)
    weights = axes.weights_kji(
        [area_weights(size, length) for size, length in zip(size_ras, shape_ras, strict=True)]
    )
    image = scale_intensity(axes.to_ras(resample(patient.volume.array, weights)), *hu_range)
    nearest = [
        (np.arange(size) * length // size) for size, length in zip(size_ras, shape_ras, strict=True)
    ]
    classes = axes.to_ras(_classes(patient, labels))[np.ix_(*nearest)]
    rng = np.random.default_rng(seed)
    channels = (*labels.values(), 0)
    for clicks in (0, 2):
        guidance = np.zeros((len(channels), *size_ras), np.float32)
        for channel, value in enumerate(channels):
            at = np.argwhere(classes == value)
            if clicks:
                chosen = at[rng.choice(len(at), clicks)].astype(np.float64)
                guidance[channel] = guidance_channel(chosen, size_ras, 3.0)
        yield Example(np.concatenate([image[None], guidance]).astype(np.float32), classes)


def _windows(
    seed: int,
    spacing_ras_mm: tuple[float, float, float],
    window: tuple[int, int, int],
    labels: Mapping[str, int],
    hu_range: tuple[float, float],
) -> Iterator[Example]:
    """Windows of a patient on the network's grid: one around the structure, others elsewhere."""
    patient = make_phantom(seed, spacing_kji_mm=spacing_ras_mm[::-1], oblique=False)
    axes = RasAxes.of(patient.volume.geometry)
    classes = axes.to_ras(_classes(patient, labels))
    image = scale_intensity(
        axes.to_ras(patient.volume.array).astype(np.float32), hu_range[0], hu_range[1]
    )
    rng = np.random.default_rng(seed)
    last = np.array(image.shape) - window
    middle = np.argwhere(classes).mean(axis=0) - np.array(window) / 2
    corners = [middle, *(rng.uniform(0.2, 0.8, 3) * last for _ in range(WINDOWS_ELSEWHERE))]
    for corner in corners:
        start = np.clip(corner, 0, last).astype(int)
        box = tuple(slice(a, a + side) for a, side in zip(start, window, strict=True))
        yield Example(np.ascontiguousarray(image[box])[None], np.ascontiguousarray(classes[box]))


def _thin_out(search_code: Path) -> None:
    """Make a DiNTS topology of half the shipped one's size, about that of published searches."""
    codes = torch.load(search_code, weights_only=True)
    operations = codes["arch_code_c"]
    for block, row in enumerate(operations):
        row[:] = FLAT_KERNELS[block % len(FLAT_KERNELS)]
    operations[list(SKIPPING_BLOCKS), DEEPEST] = SKIP
    torch.save(codes, search_code)


def _classes(patient: Phantom, labels: Mapping[str, int]) -> NDArray[np.uint8]:
    classes = np.zeros(patient.labels.shape, np.uint8)
    for name, value in labels.items():
        classes[patient.labels == structure_by_name(name).label_value] = value
    return classes


if __name__ == "__main__":
    main()
