"""Transposed convolutions as ordinary ones, which OpenVINO runs faster where channels are few.

A transposed convolution that doubles a grid gives each of the eight fine voxels in a coarse one
its own small convolution. Written as one convolution with eight times the channels, followed by
moving channels to their voxels, the numbers are the same. OpenVINO has no transposed convolution
in bfloat16, and its own one pads two channels to sixteen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inference.engines.constants import fold_constants

if TYPE_CHECKING:
    from openvino import Model, Node

TRANSPOSED = "ConvolutionBackpropData"
AXES = 3


def write_out_upsampling(model: Model, most_channels: int) -> int:
    """Replace what has at most so many output channels, in place; returns how many were."""
    from openvino import opset13

    if all(node.get_type_name() != TRANSPOSED for node in model.get_ops()):
        return 0
    fold_constants(model)
    replaced = 0
    for node in model.get_ordered_ops():
        upsampling = _upsampling(node)
        if upsampling is None or upsampling.weights.shape[1] > most_channels:
            continue
        fine = opset13.convolution(
            node.input_value(0),
            opset13.constant(upsampling.phases()),
            [1] * AXES,
            list(upsampling.pads_begin),
            list(upsampling.pads_end),
            [1] * AXES,
        )
        moved = opset13.depth_to_space(fine, "depth_first", upsampling.factor)
        moved.set_friendly_name(node.get_friendly_name())
        for user in node.output(0).get_target_inputs():
            user.replace_source_output(moved.output(0))
        replaced += 1
    if replaced:
        model.validate_nodes_and_infer_types()
    return replaced


@dataclass(frozen=True, slots=True, eq=False)
class _Upsampling:
    """A transposed convolution that makes a grid ``factor`` times as fine along each axis.

    Attributes:
        weights: (channels in, channels out, k, j, i).
        factor: of all axes.
        pads: cut off at the beginning of each axis.
    """

    weights: NDArray[np.float32]
    factor: int
    pads: tuple[int, ...]

    @property
    def pads_begin(self) -> tuple[int, ...]:
        """Of the convolution that stands for it."""
        return tuple(-min(0, *(far for _, far in self._taps(axis))) for axis in range(AXES))

    @property
    def pads_end(self) -> tuple[int, ...]:
        """Of the convolution that stands for it."""
        return tuple(max(0, *(far for _, far in self._taps(axis))) for axis in range(AXES))

    def phases(self) -> NDArray[np.float32]:
        """Weights of that convolution: (channels out x voxels, channels in, k, j, i)."""
        into, out = self.weights.shape[:2]
        begins = self.pads_begin
        sizes = [1 + begin + end for begin, end in zip(begins, self.pads_end, strict=True)]
        factor = self.factor
        phases = np.zeros((out, factor, factor, factor, into, *sizes), np.float32)
        for taps in product(*(self._taps(axis).items() for axis in range(AXES))):
            k, j, i = (phase for (phase, _), _ in taps)
            at_k, at_j, at_i = (far + b for ((_, far), _), b in zip(taps, begins, strict=True))
            from_k, from_j, from_i = (place for _, place in taps)
            part = self.weights[:, :, from_k, from_j, from_i]
            phases[:, k, j, i, :, at_k, at_j, at_i] = part.T
        return phases.reshape(out * factor**AXES, into, *sizes)

    def _taps(self, axis: int) -> Mapping[tuple[int, int], int]:
        """Which weight a fine voxel takes from a coarse one: (its phase, how far) to index."""
        size = self.weights.shape[2 + axis]
        return {
            (phase, far): phase + self.pads[axis] - self.factor * far
            for phase in range(self.factor)
            for far in range(-size, size + 1)
            if 0 <= phase + self.pads[axis] - self.factor * far < size
        }


def _upsampling(node: Node) -> _Upsampling | None:
    """What a node does, if it is one that can be written out."""
    if node.get_type_name() != TRANSPOSED or node.get_input_size() != 2:
        return None
    stored = node.input_value(1).get_node()
    if stored.get_type_name() != "Constant" or len(stored.get_output_shape(0)) != 2 + AXES:
        return None
    told = node.get_attributes()
    strides, begins, ends = (list(told[key]) for key in ("strides", "pads_begin", "pads_end"))
    more = list(told["output_padding"]) or [0] * AXES
    sizes = list(stored.get_output_shape(0))[2:]
    factor = strides[0]
    fits = all(
        size - begin - end + extra == factor
        for size, begin, end, extra in zip(sizes, begins, ends, more, strict=True)
    )
    is_plain = set(strides) == {factor} and set(told["dilations"]) == {1}
    if factor < 2 or not fits or not is_plain or told["auto_pad"] != "explicit":
        return None
    weights = np.asarray(stored.get_data(), np.float32)
    return _Upsampling(weights, factor, tuple(begins))
