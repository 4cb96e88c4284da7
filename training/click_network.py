"""The click network: a small U-Net that mends a mask where it is clicked."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from monai.networks.nets import BasicUNet


@dataclass(frozen=True, slots=True)
class ClickNetworkShape:
    """Size of the network; written into its package so that it can be built again."""

    in_channels: int = 4
    """Image, mask so far, foreground guidance, background guidance."""
    out_channels: int = 2
    """Background, structure."""
    features: tuple[int, int, int, int, int, int] = (16, 24, 40, 56, 64, 16)

    def as_json(self) -> dict[str, object]:
        """For the package's manifest."""
        return asdict(self)


def build_click_network(shape: ClickNetworkShape | None = None) -> torch.nn.Module:
    """MONAI's ``BasicUNet`` with instance normalisation; input sides must be multiples of 16."""
    shape = shape or ClickNetworkShape()
    network: torch.nn.Module = BasicUNet(
        spatial_dims=3,
        in_channels=shape.in_channels,
        out_channels=shape.out_channels,
        features=shape.features,
        norm=("instance", {"affine": True}),
        upsample="nontrainable",
    )
    return network
