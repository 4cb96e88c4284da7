"""The network that finds the spleen in a whole CT; its weights are MONAI's, pretrained."""

from __future__ import annotations

import torch
from monai.networks.nets import UNet

CUBE_SIDE = 224
"""The body is squeezed into a cube of this many voxels, as in its training."""


def build_automatic_network() -> torch.nn.Module:
    """The architecture of the pretrained small spleen network (479,202 parameters)."""
    network: torch.nn.Module = UNet(
        spatial_dims=3,
        in_channels=1,
        out_channels=2,
        channels=(8, 16, 32, 32, 64),
        strides=(2, 2, 2, 2),
        num_res_units=2,
        norm="batch",
    )
    return network
