"""A trained network as an ONNX file: half-precision weights, single-precision arithmetic."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from training.steady_norms import write_norms_out

OPSET = 18
AXIS_NAMES = ("k", "j", "i")


def export_onnx(
    network: torch.nn.Module,
    path: Path,
    example_shape: Sequence[int],
    *,
    has_free_sides: bool,
    metadata: dict[str, str],
    is_half: bool = True,
) -> None:
    """Write ``network`` to ``path``; input ``"input"`` (1, c, k, j, i), output ``"logits"``.

    Weights are stored as float16 and widened when the file is loaded, which halves the file
    and costs no time later; with ``is_half`` False they stay as they are, for networks that must
    answer like the originals. With ``has_free_sides`` the three sides may change from call to
    call, in whole multiples of what the network's strides ask for.
    """
    network = network.cpu().eval().float()
    axes = {2 + n: name for n, name in enumerate(AXIS_NAMES)} if has_free_sides else {}
    with tempfile.TemporaryDirectory() as folder:
        traced = Path(folder) / "traced.onnx"
        with warnings.catch_warnings():
            # The tracing exporter is deprecated; the new one fixes the sides of this network.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network,
                (torch.zeros(*example_shape),),
                str(traced),
                input_names=["input"],
                output_names=["logits"],
                dynamic_axes={"input": axes, "logits": axes} if axes else None,
                opset_version=OPSET,
                dynamo=False,
            )
        model = onnx.load(str(traced))
    write_norms_out(model)
    if is_half:
        _store_weights_as_half(model)
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _store_weights_as_half(model: onnx.ModelProto) -> None:
    """Replace float initializers of more than a few numbers by float16 ones and a Cast."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        if values.size < 16:
            continue
        name = tensor.name
        half = numpy_helper.from_array(values.astype(np.float16), f"{name}.half")
        tensor.CopyFrom(half)
        casts.append(helper.make_node("Cast", [half.name], [name], to=TensorProto.FLOAT))
    for number, cast in enumerate(casts):
        model.graph.node.insert(number, cast)
