"""Trained weights of an imported network as a model package: the base's with another number."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from imaging.errors import ModelError
from imaging.structures import STRUCTURES, structure_by_name
from imaging.writers.atomic_folder import whole_folder
from inference.engines.trial_input import SPACING_KEY, spacing_text
from inference.model_package import MANIFEST, ModelPackage, load_package
from inference.model_versions import file_hashes
from inference.network_specs import SlidingWindowSpec, WholeVolumeSpec
from training.conversion.network_check import check_onnx
from training.conversion.weights_file import ALIASES
from training.fine_tuning.candidate import SpoiltWeightsError, hashed, with_origin
from training.fine_tuning.network_base import NetworkBase, Weights
from training.onnx_export import export_onnx


def write_network_candidate(
    base: NetworkBase, weights: Weights, version: str, learned_from: str, place: Path
) -> ModelPackage:
    """Write the package to ``place``, whole or not at all, after trying its network.

    Raises:
        SpoiltWeightsError: the weights are of no use.
        WriteError: the package could not be written.
    """
    if not all(torch.isfinite(table).all() for table in weights.values()):
        raise SpoiltWeightsError("its weights are not finite numbers")
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    package = base.package
    entry = base.manifest[base.part]
    network_name, weights_name = entry["network"]["file"], entry["weights"]["file"]
    metadata = {"package": package.id, "version": version, "licence": package.licence}
    if isinstance(base.spec, SlidingWindowSpec):
        metadata[SPACING_KEY] = spacing_text(base.spec.spacing_ras_mm)
    with whole_folder(place) as part:
        for name, _ in file_hashes(base.manifest):
            if name not in (network_name, weights_name):
                shutil.copyfile(package.folder / name, part / name)
        save_file(weights, part / weights_name, metadata={ALIASES: json.dumps(base.aliases)})
        network = base.empty()
        base.fill(network, weights)
        shape = (1, base.in_channels, *base.sides)
        export_onnx(
            network,
            part / network_name,
            shape,
            has_free_sides=False,
            metadata=metadata,
            is_half=False,
        )
        _try(network, part / network_name, shape)
        manifest = _manifest(base, version, learned_from, part)
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (part / MANIFEST).write_text(text, encoding="utf-8")
    return load_package(place)


def _manifest(base: NetworkBase, version: str, learned_from: str, folder: Path) -> dict[str, Any]:
    manifest = with_origin(deepcopy(base.manifest), base.package, version, learned_from)
    entry = manifest[base.part]
    entry["outputs"] = list(base.spec.outputs)
    if isinstance(base.spec, WholeVolumeSpec):
        entry["inputs"] = list(base.spec.inputs)
    entry["architecture"] = base.architecture
    for part in ("network", "weights"):
        entry[part] = hashed(folder / entry[part]["file"])
    table = {structure.name for structure in STRUCTURES}
    custom = [name for name in base.added if name not in table]
    if custom:
        manifest["custom_structures"] = [
            *manifest.get("custom_structures", ()),
            *({"name": n, "label_value": structure_by_name(n).label_value} for n in custom),
        ]
    return manifest


def _try(network: torch.nn.Module, file: Path, shape: tuple[int, ...]) -> None:
    """Compare the exported network with its origin on noise."""
    inputs = np.random.default_rng(0).random(shape, np.float32)
    with torch.inference_mode():
        expected = network.eval()(torch.from_numpy(inputs)).numpy()
    try:
        check_onnx(file, inputs, expected)
    except ModelError as error:
        raise SpoiltWeightsError(
            "its exported network answers otherwise than the trained one"
        ) from error
