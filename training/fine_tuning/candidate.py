"""Trained weights as a model package: the base's, with another click network and number."""

from __future__ import annotations

import hashlib
import json
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from imaging.errors import ModelError
from imaging.writers.atomic_folder import whole_folder
from inference.engines.onnx_runtime import OnnxRuntimeEngine
from inference.model_package import MANIFEST, ModelPackage, load_package
from inference.model_versions import file_hashes
from training.click_network import build_click_network
from training.fine_tuning.base_model import BaseModel
from training.onnx_export import export_onnx

EXAMPLE_SIDE = 32

LARGEST_DEVIATION = 0.05
"""Between torch's logits and those of the exported network, whose weights have half the bits."""


class SpoiltWeightsError(ModelError):
    """Weights that are no numbers, or whose exported network answers otherwise than they do."""


def write_candidate(
    base: BaseModel, weights: dict[str, torch.Tensor], version: str, learned_from: str, place: Path
) -> ModelPackage:
    """Write the package to ``place``, whole or not at all, after trying its network.

    ``learned_from`` is a sentence for the manifest's list of training data.

    Raises:
        SpoiltWeightsError: the weights are of no use.
        WriteError: the package could not be written.
    """
    if not all(torch.isfinite(value).all() for value in weights.values()):
        raise SpoiltWeightsError("its weights are not finite numbers")
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    package = base.package
    metadata = {"package": package.id, "version": version, "licence": package.licence}
    clicks = base.manifest["clicks"]
    network_name, weights_name = clicks["network"]["file"], clicks["weights"]["file"]
    with whole_folder(place) as part:
        for name, _ in file_hashes(base.manifest):
            if name not in (network_name, weights_name):
                shutil.copyfile(package.folder / name, part / name)
        halves = {name: value.half().contiguous() for name, value in weights.items()}
        save_file(halves, part / weights_name, metadata=metadata)
        network = build_click_network(base.shape)
        network.load_state_dict({name: value.float() for name, value in halves.items()})
        example = (1, base.shape.in_channels, *(EXAMPLE_SIDE,) * 3)
        export_onnx(network, part / network_name, example, has_free_sides=True, metadata=metadata)
        _try(network, part / network_name, example)
        manifest = _manifest(base, version, learned_from, part)
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (part / MANIFEST).write_text(text, encoding="utf-8")
    return load_package(place)


def _manifest(base: BaseModel, version: str, learned_from: str, folder: Path) -> dict[str, Any]:
    manifest = with_origin(deepcopy(base.manifest), base.package, version, learned_from)
    for part in ("network", "weights"):
        manifest["clicks"][part] = hashed(folder / manifest["clicks"][part]["file"])
    return manifest


def with_origin(
    manifest: dict[str, Any], base: ModelPackage, version: str, learned_from: str
) -> dict[str, Any]:
    """A manifest that says what version it is, and what it was made of."""
    manifest.pop("measured", None)  # that was another network
    manifest["version"] = version
    kind = "Click network" if base.clicks is not None else "Network"
    manifest["sources"] = [
        *manifest["sources"],
        f"{kind} {version}: fine-tuned from {base.version} in a project",
    ]
    manifest["training_data"] = [*manifest["training_data"], learned_from]
    return manifest


def hashed(file: Path) -> dict[str, str]:
    """A manifest's entry for a file."""
    return {"file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}


def _try(network: torch.nn.Module, file: Path, shape: tuple[int, ...]) -> None:
    """Compare the exported network with its origin on noise."""
    inputs = np.random.default_rng(0).random(shape, np.float32)
    engine = OnnxRuntimeEngine(file, may_use_gpu=False)
    answer = engine.run(inputs)
    engine.close()
    with torch.no_grad():
        expected = network.eval()(torch.from_numpy(inputs)).numpy()
    scale = max(1.0, float(np.abs(expected).max()))
    if float(np.abs(answer - expected).max()) > LARGEST_DEVIATION * scale:
        raise SpoiltWeightsError("its exported network answers otherwise than the trained one")
