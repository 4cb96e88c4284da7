"""The model that a fine-tuning begins with: its network's shape, weights and recipe."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from imaging.errors import ModelError
from inference.model_package import MANIFEST, ModelPackage
from training.click_network import ClickNetworkShape, build_click_network
from training.click_recipe import ClickRecipe

NETWORK = "BasicUNet"


@dataclass(frozen=True, slots=True, eq=False)
class BaseModel:
    """A package whose click network can be trained further.

    ``key`` is the hash of the weights, float32 in ``weights``.
    """

    package: ModelPackage
    manifest: dict[str, Any]
    shape: ClickNetworkShape
    weights: dict[str, torch.Tensor]
    key: str

    def recipe(self) -> ClickRecipe:
        """The recipe of the shipped model on this model's grid and intensities."""
        clicks = self.manifest["clicks"]
        return ClickRecipe(
            spacing_mm=clicks["spacing_mm"],
            low_hu=clicks["low_hu"],
            high_hu=clicks["high_hu"],
            guidance_sigma_voxels=clicks["guidance_sigma_voxels"],
        )


def base_model(package: ModelPackage) -> BaseModel:
    """Read what is needed to train a package's click network.

    Raises:
        ModelError: it has no click network that can be trained here, or is damaged.
    """
    manifest = json.loads((package.folder / MANIFEST).read_text(encoding="utf-8"))
    clicks = manifest.get("clicks")
    if clicks is None or "weights" not in clicks or "architecture" not in clicks:
        raise ModelError(
            f"{package.id} cannot be fine-tuned: its package has no click network with weights. "
            "Choose a model that answers clicks in a box, such as the shipped one, or an imported "
            "bundle with weights."
        )
    architecture = dict(clicks["architecture"])
    if architecture.pop("name", None) != NETWORK:
        raise ModelError(f"{package.id} cannot be fine-tuned: its network is no {NETWORK}.")
    file = package.folder / clicks["weights"]["file"]
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        if digest != clicks["weights"]["sha256"]:
            raise ModelError(
                f"The weights of {package.id} {package.version} have changed since they were "
                "installed. Roll back, or install the model again."
            )
        shape = ClickNetworkShape(**{k: _frozen(v) for k, v in architecture.items()})
        weights = {name: value.float() for name, value in load_file(file).items()}
        build_click_network(shape).load_state_dict(weights)
    except (OSError, SafetensorError, TypeError, RuntimeError) as error:
        raise ModelError(
            f"The weights of {package.id} {package.version} cannot be read. Install it again."
        ) from error
    return BaseModel(package, manifest, shape, weights, digest)


def _frozen(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    return tuple(value) if isinstance(value, list) else value
