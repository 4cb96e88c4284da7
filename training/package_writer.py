"""Trained networks as a model package: ONNX files, weights, manifest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from inference.model_package import MANIFEST, ModelPackage, load_package
from training.automatic_network import CUBE_SIDE, build_automatic_network
from training.click_network import ClickNetworkShape, build_click_network
from training.click_recipe import ClickRecipe
from training.onnx_export import export_onnx

AUTOMATIC_FILE = "automatic.onnx"
CLICK_FILE = "clicks.onnx"
CLICK_WEIGHTS_FILE = "clicks.safetensors"
EXAMPLE_SIDE = 64
MAX_SIDE = 128
"""Sides of the click network's box in voxels: 256 mm hold any spleen, and memory stays small."""

SIDE_MULTIPLE = 16
"""Four times the network halves its grid."""


@dataclass(frozen=True, slots=True)
class PackageText:
    """What a manifest says in words."""

    id: str
    version: str
    title: str
    licence: str
    sources: tuple[str, ...]
    training_data: tuple[str, ...]


def write_package(
    folder: Path,
    text: PackageText,
    automatic_weights: Path,
    click_weights: Path,
    recipe: ClickRecipe,
) -> ModelPackage:
    """Export both networks into ``folder`` and describe them in its manifest.

    ``automatic_weights`` is a state_dict file that ``torch.load(weights_only=True)`` reads,
    ``click_weights`` the averaged weights of a ``ClickTrainer``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    metadata = {"package": text.id, "version": text.version, "licence": text.licence}

    automatic = build_automatic_network()
    automatic.load_state_dict(torch.load(automatic_weights, map_location="cpu", weights_only=True))
    cube = (1, 1, CUBE_SIDE, CUBE_SIDE, CUBE_SIDE)
    export_onnx(automatic, folder / AUTOMATIC_FILE, cube, has_free_sides=False, metadata=metadata)

    shape = ClickNetworkShape()
    clicks = build_click_network(shape)
    weights = load_file(click_weights)
    clicks.load_state_dict(weights)
    example = (1, shape.in_channels, EXAMPLE_SIDE, EXAMPLE_SIDE, EXAMPLE_SIDE)
    export_onnx(clicks, folder / CLICK_FILE, example, has_free_sides=True, metadata=metadata)
    save_file(
        {name: value.half().contiguous() for name, value in weights.items()},
        folder / CLICK_WEIGHTS_FILE,
        metadata=metadata,
    )

    manifest = {
        "schema_version": 1,
        **asdict(text),
        "automatic": {
            "network": _entry(folder, AUTOMATIC_FILE),
            "structures": ["spleen"],
            "size": CUBE_SIDE,
            "low_hu": -57,
            "high_hu": 164,
            "extents_mm": [0, 280, 400],
            "shifts_hu": [40, -40, 20, -20, 80, -80],
        },
        "clicks": {
            "network": _entry(folder, CLICK_FILE),
            "weights": _entry(folder, CLICK_WEIGHTS_FILE),
            "architecture": {"name": "BasicUNet", **shape.as_json()},
            "structures": ["spleen", "pancreas"],
            "channels": ["image", "mask", "foreground", "background"],
            "spacing_mm": recipe.spacing_mm,
            "low_hu": recipe.low_hu,
            "high_hu": recipe.high_hu,
            "guidance_sigma_voxels": recipe.guidance_sigma_voxels,
            "side_multiple": SIDE_MULTIPLE,
            "max_side": MAX_SIDE,
        },
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return load_package(folder)


def _entry(folder: Path, name: str) -> dict[str, str]:
    return {"file": name, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
