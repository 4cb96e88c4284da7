"""Norms that were written out for single precision, as one operation again for bfloat16.

Written out (see ``training/steady_norms.py``), a mean is rounded to the precision of the layers
before it is taken from them: in bfloat16 that loses more than the sum of squares did. OpenVINO's
own operation keeps single precision inside, and passes over the volume fewer times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inference.engines.half_precision import SINGLE_PREFIX

if TYPE_CHECKING:
    from openvino import Model, Node, Output

VOLUME_AXES = (2, 3, 4)


def join_written_norms(model: Model) -> int:
    """Replace norms that were written out, in place; returns how many were.

    Those of another form stay as they are.
    """
    from openvino import opset13

    joined = 0
    for centred in model.get_ordered_ops():
        written = _written_norm(centred)
        if written is None:
            continue
        norm = opset13.mvn(
            centred.input_value(0),
            opset13.constant(np.array(VOLUME_AXES, np.int64)),
            normalize_variance=True,
            eps=written.epsilon,
            eps_mode="inside_sqrt",
        )
        written.scaled.input(0).replace_source_output(norm.output(0))
        written.scaled.input(1).replace_source_output(written.scale)
        joined += 1
    if joined:
        model.validate_nodes_and_infer_types()
    return joined


@dataclass(frozen=True, slots=True)
class _WrittenNorm:
    """``scaled`` multiplies centred voxels by ``scale`` over their deviation."""

    scaled: Node
    scale: Output
    epsilon: float


def _written_norm(centred: Node) -> _WrittenNorm | None:
    """The norm that a difference is the first step of; None for any other node."""
    is_named = centred.get_friendly_name().startswith(SINGLE_PREFIX)
    if centred.get_type_name() != "Subtract" or not is_named:
        return None
    for user in centred.output(0).get_target_inputs():
        scaled = user.get_node()
        if scaled.get_type_name() != "Multiply":
            continue
        for place in (0, 1):
            factor = scaled.input_value(place).get_node()
            if factor.get_type_name() == "Divide":
                epsilon = _epsilon(factor.input_value(1).get_node())
                if epsilon is not None:
                    return _WrittenNorm(scaled, factor.input_value(0), epsilon)
    return None


def _epsilon(deviation: Node) -> float | None:
    """What is added to a variance before its root is taken; None for no deviation."""
    if deviation.get_type_name() != "Sqrt":
        return None
    variance = deviation.input_value(0).get_node()
    for place in range(variance.get_input_size()):
        node = variance.input_value(place).get_node()
        if variance.get_type_name() == "Add" and node.get_type_name() == "Constant":
            return float(node.data.item())
    return None
