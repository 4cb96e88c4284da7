"""Checkpoints of the DeepEdit tutorial: weights alone, of networks that its script builds."""

from __future__ import annotations

import hashlib
from pathlib import Path

from imaging.errors import ModelError
from inference.bundles.archive import shown
from inference.bundles.bundle_reader import ReadingOptions, id_from, is_known_class
from inference.bundles.components import SavedFile, UnknownCodeError, Value
from inference.bundles.config_text import parse_config
from inference.bundles.config_tree import ConfigTree
from inference.bundles.imported_model import ImportedModel, ModelText, click_channels
from inference.bundles.limits import MAX_CONFIG_BYTES
from inference.bundles.network_spec import NetworkSpec, network_spec
from inference.bundles.pipeline import WholeVolumePipeline

TUTORIAL_SIDE = 128
TUTORIAL_LOW_HU, TUTORIAL_HIGH_HU = -175.0, 250.0
TUTORIAL_SIGMA_VOXELS = 3.0
"""As the tutorial's script has them."""

TUTORIAL_NETWORKS = ("dynunet", "unetr")


def read_checkpoint_of_tutorial(
    checkpoint: Path, network: str, size: int | None, options: ReadingOptions
) -> ImportedModel:
    """A model from a checkpoint; ``network`` is a name of the tutorial's, or a file that tells.

    The file is a configuration like a bundle's: a ``network_def`` with ``_target_`` and literal
    arguments. ``size`` is the side of the box that the CT is resized to, 128 by default.

    Raises:
        ModelError: the network is not known.
    """
    labels = options.labels or ("spleen",)
    side = size or TUTORIAL_SIDE
    spec = (
        _tutorial_network(network, len(labels) + 1, side)
        if network in TUTORIAL_NETWORKS
        else _described_network(Path(network))
    )
    values = tuple((label, number) for number, label in enumerate(labels, start=1))
    inputs, outputs = click_channels((*values, ("background", 0)), options.click_order)
    with checkpoint.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return ImportedModel(
        suggested_id=id_from(checkpoint.stem),
        text=ModelText(
            title=f"DeepEdit of {checkpoint.stem}",
            version="1.0.0",
            licence="not stated",
            sources=(f"Checkpoint {checkpoint.name}, SHA-256 {digest}",),
            training_data=(),
        ),
        network=spec,
        pipeline=WholeVolumePipeline(
            size_ras=(side, side, side),
            low_hu=TUTORIAL_LOW_HU,
            high_hu=TUTORIAL_HIGH_HU,
            click_labels=values,
            guidance_sigma_voxels=TUTORIAL_SIGMA_VOXELS,
        ),
        inputs=inputs,
        outputs=outputs,
        order_is_sure=options.click_order is not None,
        checkpoint=checkpoint,
    )


def _tutorial_network(name: str, label_count: int, side: int) -> NetworkSpec:
    channels = {"in_channels": label_count + 1, "out_channels": label_count}
    architectures: dict[str, dict[str, Value]] = {
        "dynunet": {
            "name": "DynUNet",
            "spatial_dims": 3,
            **channels,
            "kernel_size": [3] * 6,
            "strides": [1, 2, 2, 2, 2, [2, 2, 1]],
            "upsample_kernel_size": [2, 2, 2, 2, [2, 2, 1]],
            "norm_name": "instance",
            "deep_supervision": False,
            "res_block": True,
        },
        "unetr": {
            "name": "UNETR",
            "spatial_dims": 3,
            **channels,
            "img_size": [side] * 3,
            "feature_size": 64,
            "hidden_size": 1536,
            "mlp_dim": 3072,
            "num_heads": 48,
            "proj_type": "conv",
            "norm_name": "instance",
            "res_block": True,
        },
    }
    return NetworkSpec(architectures[name])


def _described_network(file: Path) -> NetworkSpec:
    if not file.is_file():
        raise ModelError(
            f"There is no network {shown(file.name)}: name dynunet or unetr, or a JSON or YAML "
            "file with a network_def like a bundle's."
        )
    if file.stat().st_size > MAX_CONFIG_BYTES:
        raise ModelError(f"{file.name} is too large for the description of a network.")
    tree = ConfigTree(parse_config(file.name, file.read_bytes()), is_known_class, _no_saved_file)
    try:
        return network_spec(tree.value("network_def"))
    except UnknownCodeError as error:
        raise ModelError(f"{file.name} uses {error.what}, which is not known here.") from error


def _no_saved_file(file: SavedFile, key: str) -> Value:
    raise ModelError(f"The network's description needs {shown(key)} of {shown(file.path)}.")
