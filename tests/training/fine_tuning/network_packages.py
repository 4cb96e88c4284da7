"""Packages with tiny networks of MONAI, as an import leaves them; their weights are random."""

import hashlib
import json

import torch
from safetensors.torch import save_file

from inference.model_package import load_package
from training.conversion.network_builder import build_network
from training.onnx_export import export_onnx

SIDE = 16

DYNUNET = {
    "name": "DynUNet",
    "spatial_dims": 3,
    "in_channels": 3,
    "out_channels": 2,
    "kernel_size": [3, 3, 3],
    "strides": [1, 2, [2, 2, 1]],
    "upsample_kernel_size": [2, [2, 2, 1]],
    "filters": [6, 8, 8],
    "norm_name": "instance",
    "deep_supervision": False,
    "res_block": True,
}
UNET = {
    "name": "UNet",
    "spatial_dims": 3,
    "in_channels": 1,
    "out_channels": 2,
    "channels": [4, 8, 8],
    "strides": [2, 2],
    "num_res_units": 2,
    "norm": "batch",
}


def dints(found):
    """The architecture of a search's result, as ``bundles_of_monai.architecture`` makes it."""
    codes = [found["arch_code_a"].tolist(), found["arch_code_c"].tolist()]
    return {
        "name": "DiNTS",
        "in_channels": 1,
        "num_classes": 2,
        "use_downsample": True,
        "node_a": found["node_a"].tolist(),
        "dints_space": {
            "channel_mul": 0.125,
            "num_blocks": 2,
            "num_depths": 2,
            "use_downsample": True,
            "arch_code": codes,
        },
    }


def write_network_package(folder, architecture, structure="spleen"):
    """A package of one network; it takes clicks where it has channels for them."""
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    network = build_network(architecture)
    tables, aliases, names = {}, {}, {}
    for name, table in network.state_dict().items():
        first = names.setdefault((table.data_ptr(), table.shape), name)
        if first == name or not table.numel():
            tables[name] = table.contiguous().clone()
        else:
            aliases[name] = first
    weights, onnx = folder / "network.safetensors", folder / "network.onnx"
    save_file(tables, weights, metadata={"aliases": json.dumps(aliases)})
    channels = architecture["in_channels"]
    shape = (1, channels, SIDE, SIDE, SIDE)
    export_onnx(network, onnx, shape, has_free_sides=False, metadata={}, is_half=False)
    part = {
        "network": _entry(onnx),
        "weights": _entry(weights),
        "architecture": architecture,
        "outputs": ["background", structure],
        "low_hu": -175.0,
        "high_hu": 250.0,
    }
    if channels > 1:
        kind = "whole_volume"
        part |= {
            "inputs": ["image", structure, "background"],
            "size_ras": [SIDE] * 3,
            "guidance_sigma_voxels": 2.0,
        }
    else:
        kind = "sliding_window"
        part |= {
            "spacing_ras_mm": [4.0] * 3,
            "window_ras": [SIDE] * 3,
            "overlap": 0.25,
            "blending": "constant",
            "batch": 1,
        }
    manifest = {
        "schema_version": 1,
        "id": folder.name,
        "version": "1.0.0",
        "title": "A tiny network",
        "licence": "Apache-2.0",
        "sources": ["made by a test"],
        "training_data": [],
        kind: part,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return load_package(folder)


def _entry(file):
    return {"file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
