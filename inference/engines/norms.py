"""Norms that were written out for single precision, as one operation again for bfloat16.

Written out (see ``training/steady_norms.py``), a mean is rounded to the precision of the layers
before it is taken from them: in bfloat16 that loses more than the sum of squares did. OpenVINO's
own operation keeps single precision inside, and passes over the volume fewer times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inference.engines.half_precision import SINGLE_PREFIX

if TYPE_CHECKING:
    from openvino import Model, Node, Output

VOLUME_AXES = (2, 3, 4)


def join_written_norms(model: Model) -> int:
    """Replace norms that were written out, in place; returns how many were."""
    from openvino import opset13

    joined = 0
    for centred in model.get_ordered_ops():
        if centred.get_type_name() != "Subtract" or not _is_of_norm(centred):
            continue
        scaled, factor = _scaled(centred)
        deviation = factor.input_value(1).get_node()
        epsilon = _constant(deviation.input_value(0).get_node())
        norm = opset13.mvn(
            centred.input_value(0),
            opset13.constant(np.array(VOLUME_AXES, np.int64)),
            normalize_variance=True,
            eps=epsilon,
            eps_mode="inside_sqrt",
        )
        scaled.input(0).replace_source_output(norm.output(0))
        scaled.input(1).replace_source_output(factor.input_value(0))
        joined += 1
    if joined:
        model.validate_nodes_and_infer_types()
    return joined


def _is_of_norm(node: Node) -> bool:
    name: str = node.get_friendly_name()
    return name.startswith(SINGLE_PREFIX)


def _scaled(centred: Node) -> tuple[Node, Node]:
    """Centred voxels times scale over deviation, and that quotient."""
    for user in _users(centred.output(0)):
        if user.get_type_name() == "Multiply":
            factors = [user.input_value(place).get_node() for place in (0, 1)]
            quotients = [one for one in factors if one.get_type_name() == "Divide"]
            if quotients:
                return user, quotients[0]
    raise ValueError(f"{centred.get_friendly_name()} is no norm as it is written out here")


def _users(output: Output) -> list[Node]:
    return [one.get_node() for one in output.get_target_inputs()]


def _constant(variance: Node) -> float:
    """What is added to a variance before its root is taken."""
    for place in (0, 1):
        node = variance.input_value(place).get_node()
        if node.get_type_name() == "Constant":
            return float(node.data.item())
    raise ValueError(f"{variance.get_friendly_name()} adds no constant")
