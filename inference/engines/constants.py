"""Constants of an OpenVINO network, worked out before they are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openvino import Model


def fold_constants(model: Model) -> None:
    """Make constants of weights that are stored in half precision, and of reshaped biases."""
    from openvino.passes import ConstantFolding, Manager

    folding = Manager()
    folding.register_pass(ConstantFolding())
    folding.run_passes(model)
