"""The last layer of a network, so that few digits do not move the border of a mask.

Where two classes are equal, both logits may be large, and bfloat16 rounds each of them by more
than they differ. With background's weights taken off those of every class the layer gives the
differences themselves, of which rounding keeps the sign. Softmax and the winning class stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inference.engines.constants import fold_constants

if TYPE_CHECKING:
    from openvino import Model, Node

LEAST_CLASSES = 2


def count_from_background(model: Model) -> bool:
    """Change the last layer in place; False for a network that does not end in convolutions."""
    from openvino import opset13

    fold_constants(model)
    parts = _parts_of_sum(model.get_results()[0].input_value(0).get_node())
    if parts is None:
        return False
    for part in parts:
        is_bias = part.get_type_name() == "Constant"
        table = _numbers(part if is_bias else part.input_value(1).get_node())
        assert table is not None  # see ``_parts_of_sum``
        axis = 1 if is_bias else 0
        changed = opset13.constant(table - table.take([0], axis)).output(0)
        if is_bias:
            for user in list(part.output(0).get_target_inputs()):
                user.replace_source_output(changed)
        else:
            part.input(1).replace_source_output(changed)
    model.validate_nodes_and_infer_types()
    return True


def _parts_of_sum(node: Node) -> list[Node] | None:
    """Convolutions and biases whose sum a node is; None if there is anything else in it."""
    kind = node.get_type_name()
    if kind == "Add":
        sums = [_parts_of_sum(node.input_value(place).get_node()) for place in (0, 1)]
        first, second = sums
        return None if first is None or second is None else first + second
    if kind == "Convolution":
        weights = _numbers(node.input_value(1).get_node())
        is_used_once = len(node.output(0).get_target_inputs()) == 1
        return [node] if is_used_once and _has_classes(weights, 0) else None
    if kind == "Constant":
        return [node] if _has_classes(_numbers(node), 1) else None
    return None


def _has_classes(table: NDArray[np.float32] | None, axis: int) -> bool:
    return table is not None and table.ndim > axis and table.shape[axis] >= LEAST_CLASSES


def _numbers(node: Node) -> NDArray[np.float32] | None:
    """A constant's values; None for other nodes."""
    return np.array(node.data, np.float32) if node.get_type_name() == "Constant" else None
