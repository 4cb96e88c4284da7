"""Plain torch as an engine: the yardstick of benchmarks, and what a bare GPU machine has.

It runs the operators that segmentation networks are made of, straight from the ONNX file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
import torch
import torch.nn.functional as F  # noqa: N812 - everybody's name for it
from numpy.typing import NDArray
from onnx import numpy_helper

from imaging.errors import EngineError
from inference.engines.engine import (
    IsCancelled,
    cancelled,
    cannot_load,
    cannot_run,
    check_shape,
    finite,
    never,
)

Values = dict[str, torch.Tensor]
Attributes = dict[str, Any]
Operator = Callable[[Sequence[Any], Attributes], torch.Tensor]


class TorchEngine:
    """An ONNX network in torch, eagerly, operator by operator; see ``Engine``."""

    def __init__(
        self,
        path: Path,
        device: Literal["cpu", "cuda"] = "cpu",
        precision: Literal["f32", "f16"] = "f32",
    ) -> None:
        """Load ``path``; half precision is for the GPU.

        Raises:
            EngineError: the file is no network, or has operators that are not known here.
        """
        try:
            graph = onnx.load(path).graph
        except Exception as error:  # a damaged file raises what the parser likes
            raise cannot_load(path.name, error) from error
        unknown = sorted({node.op_type for node in graph.node} - set(_OPERATORS))
        if unknown:
            raise EngineError(
                f"The network {path.name} cannot be run in plain torch: it uses "
                f"{', '.join(unknown)}. Use another engine."
            )
        self._device = torch.device(device)
        self._float = torch.float16 if precision == "f16" else torch.float32
        self._nodes = [
            (node.op_type, list(node.input), node.output[0], _attributes(node))
            for node in graph.node
        ]
        self._weights = {
            tensor.name: self._placed(torch.from_numpy(numpy_helper.to_array(tensor).copy()))
            for tensor in graph.initializer
        }
        self._input, self._output = graph.input[0], graph.output[0].name

    @property
    def name(self) -> str:
        """torch, its version and the precision where that is not single."""
        return f"torch {torch.__version__.partition('+')[0]}{' fp16' if self._is_half else ''}"

    @property
    def device(self) -> str:
        """The CPU with its threads, or the card by name."""
        if self._device.type == "cuda":
            return f"NVIDIA GPU ({torch.cuda.get_device_name(self._device)})"
        return f"CPU, {torch.get_num_threads()} threads"

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """What the network takes; see ``Engine``."""
        sizes = self._input.type.tensor_type.shape.dim
        return tuple(size.dim_value or None for size in sizes)

    @torch.inference_mode()
    def run(
        self, inputs: NDArray[np.float32], is_cancelled: IsCancelled = never
    ) -> NDArray[np.float32]:
        """Logits for one input; see ``Engine.run``."""
        check_shape(inputs.shape, self.input_shape, self.device)
        try:
            given = self._placed(torch.from_numpy(np.ascontiguousarray(inputs)))
            values: Values = {**self._weights, self._input.name: given}
            for operator, names, output, attributes in self._nodes:
                if is_cancelled():
                    raise cancelled()
                arguments = [values[name] if name else None for name in names]
                values[output] = self._placed(_OPERATORS[operator](arguments, attributes))
            logits = values[self._output].float().cpu().numpy()
        except RuntimeError as error:
            raise cannot_run(self.device, error) from error
        return finite(logits, self.device)

    def close(self) -> None:
        """Give the weights' memory back."""
        self._weights.clear()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    @property
    def _is_half(self) -> bool:
        return self._float is torch.float16

    def _placed(self, tensor: torch.Tensor) -> torch.Tensor:
        """Real numbers in the engine's precision and on its device; whole ones stay."""
        if not tensor.is_floating_point():
            return tensor
        return tensor.to(self._device, self._float)


def _attributes(node: onnx.NodeProto) -> Attributes:
    return {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}


def _conv(arguments: Sequence[Any], a: Attributes) -> torch.Tensor:
    weight = arguments[1]
    sides = weight.dim() - 2
    pads = a.get("pads", [0] * 2 * sides)
    function = (F.conv1d, F.conv2d, F.conv3d)[sides - 1]
    return function(
        F.pad(arguments[0], _torch_pads(pads)) if pads[:sides] != pads[sides:] else arguments[0],
        weight,
        arguments[2] if len(arguments) > 2 else None,
        stride=a.get("strides", [1] * sides),
        padding=pads[:sides] if pads[:sides] == pads[sides:] else 0,
        dilation=a.get("dilations", [1] * sides),
        groups=a.get("group", 1),
    )


def _conv_transpose(arguments: Sequence[Any], a: Attributes) -> torch.Tensor:
    sides = arguments[1].dim() - 2
    return (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[sides - 1](
        arguments[0],
        arguments[1],
        arguments[2] if len(arguments) > 2 else None,
        stride=a.get("strides", [1] * sides),
        padding=a.get("pads", [0] * sides)[:sides],
        output_padding=a.get("output_padding", [0] * sides),
        groups=a.get("group", 1),
        dilation=a.get("dilations", [1] * sides),
    )


def _prelu(arguments: Sequence[Any], _: Attributes) -> torch.Tensor:
    return F.prelu(arguments[0], arguments[1].reshape(-1))


def _batch_norm(arguments: Sequence[Any], a: Attributes) -> torch.Tensor:
    x, scale, bias, mean, variance = arguments
    return F.batch_norm(x, mean, variance, scale, bias, eps=a.get("epsilon", 1e-5))


def _max_pool(arguments: Sequence[Any], a: Attributes) -> torch.Tensor:
    sides = len(a["kernel_shape"])
    pads = a.get("pads", [0] * 2 * sides)[:sides]
    return F.max_pool3d(arguments[0], a["kernel_shape"], a.get("strides"), pads)


def _average_pool(arguments: Sequence[Any], a: Attributes) -> torch.Tensor:
    sides = len(a["kernel_shape"])
    pads = a.get("pads", [0] * 2 * sides)[:sides]
    return F.avg_pool3d(
        arguments[0],
        a["kernel_shape"],
        a.get("strides", [1] * sides),
        pads,
        count_include_pad=bool(a.get("count_include_pad", 0)),
    )


def _mean(arguments: Sequence[Any], a: Attributes) -> torch.Tensor:
    x: torch.Tensor = arguments[0]
    return x.mean(arguments[1].tolist(), keepdim=bool(a.get("keepdims", 1)))


def _resize(arguments: Sequence[Any], a: Attributes) -> torch.Tensor:
    """Linear or nearest, by factors or to a size."""
    scales = arguments[2] if len(arguments) > 2 else None
    is_linear = a.get("mode") == b"linear"
    corners = a.get("coordinate_transformation_mode") == b"align_corners"
    if scales is not None and scales.numel():
        sizes = [int(n * float(f)) for n, f in zip(arguments[0].shape[2:], scales[2:], strict=True)]
    else:
        sizes = [int(size) for size in arguments[3][2:]]
    return F.interpolate(
        arguments[0],
        size=sizes,
        mode="trilinear" if is_linear else "nearest",
        align_corners=corners if is_linear else None,
    )


def _pad(arguments: Sequence[Any], a: Attributes) -> torch.Tensor:
    x: torch.Tensor = arguments[0]
    pads = [int(pad) for pad in arguments[1]]
    if not any(pads):
        return x
    modes = {b"edge": "replicate", b"constant": "constant", b"reflect": "reflect"}
    inner = len(pads) // 2
    axes = [*pads[2:inner], *pads[inner + 2 :]]  # neither over cases nor over channels
    return F.pad(x, _torch_pads(axes), mode=modes[a.get("mode", b"constant")])


def _torch_pads(pads: Sequence[int]) -> list[int]:
    """ONNX names all starts, then all ends; torch names pairs, last axis first."""
    sides = len(pads) // 2
    return [pad for axis in reversed(range(sides)) for pad in (pads[axis], pads[axis + sides])]


def _slice(arguments: Sequence[Any], _: Attributes) -> torch.Tensor:
    x: torch.Tensor = arguments[0]
    starts, ends = arguments[1].tolist(), arguments[2].tolist()
    axes = arguments[3].tolist() if len(arguments) > 3 else list(range(len(starts)))
    steps = arguments[4].tolist() if len(arguments) > 4 else [1] * len(starts)
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        indices = range(x.shape[axis])[start:end:step]  # torch has no negative steps
        x = x.index_select(axis, torch.tensor(list(indices), device=x.device, dtype=torch.int64))
    return x


def _filled(arguments: Sequence[Any], a: Attributes) -> torch.Tensor:
    value = numpy_helper.to_array(a["value"]) if "value" in a else np.zeros(1, np.float32)
    return torch.full(tuple(arguments[0].tolist()), value.item(), dtype=_dtype(value.dtype))


def _cast(arguments: Sequence[Any], a: Attributes) -> torch.Tensor:
    dtype: torch.dtype = _dtype(onnx.helper.tensor_dtype_to_np_dtype(a["to"]))
    x: torch.Tensor = arguments[0]
    return x.to(dtype)


def _dtype(dtype: np.dtype[Any]) -> torch.dtype:
    return torch.from_numpy(np.zeros(1, dtype)).dtype


_OPERATORS: dict[str, Operator] = {
    "Add": lambda x, _: x[0] + x[1],
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_norm,
    "Cast": _cast,
    "Concat": lambda x, a: torch.cat([one for one in x if one is not None], a["axis"]),
    "Constant": lambda _, a: torch.from_numpy(numpy_helper.to_array(a["value"]).copy()),
    "ConstantOfShape": _filled,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "Div": lambda x, _: x[0] / x[1],
    "Identity": lambda x, _: x[0],
    "InstanceNormalization": lambda x, a: F.instance_norm(
        x[0],
        weight=x[1],
        bias=x[2],
        eps=a.get("epsilon", 1e-5),
    ),
    "LeakyRelu": lambda x, a: F.leaky_relu(x[0], a.get("alpha", 0.01)),
    "MaxPool": _max_pool,
    "Mul": lambda x, _: x[0] * x[1],
    "PRelu": _prelu,
    "Pad": _pad,
    "ReduceMean": _mean,
    "Relu": lambda x, _: F.relu(x[0]),
    "Reshape": lambda x, _: x[0].reshape(tuple(x[1].tolist())),
    "Resize": _resize,
    "Slice": _slice,
    "Sqrt": lambda x, _: torch.sqrt(x[0]),
    "Sub": lambda x, _: x[0] - x[1],
    "Transpose": lambda x, a: x[0].permute(a["perm"]),
}
