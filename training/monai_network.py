"""A package's network in plain PyTorch, as MONAI would run it."""

from __future__ import annotations

import json
from typing import Any

from safetensors import safe_open

from imaging.errors import ModelError
from inference.model_package import MANIFEST, ModelPackage
from training.conversion.network_builder import build_network, load_weights
from training.conversion.weights_file import ALIASES
from training.monai_reference import Network

PARTS = ("whole_volume", "sliding_window")


def torch_network(package: ModelPackage) -> Network:
    """The network of an imported bundle, on the CPU, for inference.

    Raises:
        ModelError: the package has no weights for PyTorch, or they do not fit.
    """
    manifest = json.loads((package.folder / MANIFEST).read_text(encoding="utf-8"))
    part: dict[str, Any] = next((manifest[name] for name in PARTS if name in manifest), {})
    if not {"weights", "architecture"} <= part.keys():
        raise ModelError(
            f"The model {package.id} has no weights for PyTorch, so MONAI cannot run it. "
            "Choose an imported bundle."
        )
    network = build_network(part["architecture"])
    with safe_open(package.folder / part["weights"]["file"], framework="pt") as file:
        tables = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict
        aliases = json.loads((file.metadata() or {}).get(ALIASES, "{}"))
    load_weights(network, tables, aliases)
    network.eval()
    return network
