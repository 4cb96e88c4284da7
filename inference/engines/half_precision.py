"""An ONNX network in half precision, written out type by type, as TensorRT wants it.

Norms stay in single precision: the sum of squares of a large volume is beyond half precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

SINGLE_OPERATORS = frozenset({"InstanceNormalization", "BatchNormalization", "Softmax"})
"""Computed in single precision, with a cast before and after."""

SINGLE_PREFIX = "steady_norm."
"""So begin the names of nodes that are a norm written out; they are computed so, too."""

SHAPE_INPUTS = {"Resize": (1, 2, 3), "Upsample": (1,), "Pad": (1,), "Slice": (1, 2, 3, 4)}
"""Inputs that say where or how much, and keep their type."""

LARGEST = 65504.0


def to_half(model: ModelProto) -> ModelProto:
    """A copy whose convolutions run in float16; inputs and outputs stay float32.

    Raises:
        ValueError: the network has several inputs or outputs, or parts that hold networks.
    """
    import onnx

    half = onnx.ModelProto()
    half.CopyFrom(model)
    graph = half.graph
    if len(graph.input) != 1 or len(graph.output) != 1:
        raise ValueError("only networks with one input and one output are known")
    if any(one.type == onnx.AttributeProto.GRAPH for n in graph.node for one in n.attribute):
        raise ValueError("networks with parts that hold networks are not known")
    weights = _Weights(graph)
    nodes: list[NodeProto] = [_cast(graph.input[0].name, "given_half", is_half=True)]
    renamed = {graph.input[0].name: "given_half"}
    wanted = graph.output[0].name
    widened: set[str] = set()
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in weights.arrays and weights.is_real(node):
            weights.arrays[node.output[0]] = weights.arrays[node.input[0]].astype(np.float32)
            continue
        if node.op_type == "Constant" and weights.take_constant(node):
            continue
        kept = SHAPE_INPUTS.get(node.op_type, ())
        is_single = node.op_type in SINGLE_OPERATORS or node.name.startswith(SINGLE_PREFIX)
        before: list[NodeProto] = []
        for place, name in enumerate(node.input):
            if name in weights.arrays:
                node.input[place] = weights.stored(name, is_half=not (is_single or place in kept))
            elif is_single and place not in kept:
                if name not in widened:
                    before.append(_cast(renamed.get(name, name), f"{name}_single", is_half=False))
                    widened.add(name)
                node.input[place] = f"{name}_single"
            else:
                node.input[place] = renamed.get(name, name)
        nodes += before
        nodes.append(node)
        if is_single:
            output = node.output[0]
            node.output[0] = f"{output}_wide"
            nodes.append(_cast(node.output[0], output, is_half=True))
    last = "logits_half"
    for node in nodes:
        node.output[:] = [last if name == wanted else name for name in node.output]
        node.input[:] = [last if name == wanted else name for name in node.input]
    nodes.append(_cast(last, wanted, is_half=False))
    _replace(graph, nodes, weights.used())
    onnx.checker.check_model(half)
    return half


class _Weights:
    """The network's constants, each stored once in the precision that its user needs."""

    def __init__(self, graph: GraphProto) -> None:
        from onnx import numpy_helper

        self.arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        self._stored: dict[str, np.ndarray] = {}

    def is_real(self, node: NodeProto) -> bool:
        """Whether a cast only changes the precision of a constant."""
        import onnx

        reals = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16)
        return self.arrays[node.input[0]].dtype.kind == "f" and node.attribute[0].i in reals

    def take_constant(self, node: NodeProto) -> bool:
        """Take a node of real numbers over as a constant; False for other ones."""
        from onnx import numpy_helper

        if node.attribute[0].name != "value":
            return False
        array = numpy_helper.to_array(node.attribute[0].t)
        if array.dtype.kind != "f":
            return False
        self.arrays[node.output[0]] = array.astype(np.float32)
        return True

    def stored(self, name: str, *, is_half: bool) -> str:
        """The name under which a constant is stored in that precision."""
        array = self.arrays[name]
        if array.dtype.kind != "f":
            self._stored[name] = array
            return name
        stored = f"{name}_{'half' if is_half else 'single'}"
        clipped = np.clip(array.astype(np.float32), -LARGEST, LARGEST)
        self._stored[stored] = clipped.astype(np.float16 if is_half else np.float32)
        return stored

    def used(self) -> dict[str, np.ndarray]:
        """What was asked for."""
        return self._stored


def _cast(name: str, output: str, *, is_half: bool) -> NodeProto:
    from onnx import TensorProto, helper

    to = TensorProto.FLOAT16 if is_half else TensorProto.FLOAT
    return helper.make_node("Cast", [name], [output], to=to)


def _replace(graph: GraphProto, nodes: Sequence[NodeProto], arrays: dict[str, np.ndarray]) -> None:
    from onnx import numpy_helper

    copies = []
    for node in nodes:
        copy = type(node)()
        copy.CopyFrom(node)
        copies.append(copy)
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(copies)
    graph.initializer.extend(numpy_helper.from_array(a, name) for name, a in arrays.items())
