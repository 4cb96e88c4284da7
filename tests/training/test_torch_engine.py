import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

torch = pytest.importorskip("torch")

import resources  # noqa: E402 - only with torch
from imaging.errors import CancelledError, EngineError  # noqa: E402
from inference.engines.onnx_runtime import OnnxRuntimeEngine  # noqa: E402
from inference.engines.self_test import agreement  # noqa: E402
from inference.engines.trial_input import input_for  # noqa: E402
from training.torch_engine import TorchEngine  # noqa: E402

CLICKS = resources.path("models/abdomen_click_small/clicks.onnx")


@pytest.fixture(scope="module")
def engine():
    return TorchEngine(CLICKS)


@pytest.mark.parametrize("shape", [(1, 4, 16, 16, 32), (1, 4, 32, 16, 16)])
def test_the_shipped_network_answers_as_in_the_reference(engine, shape):
    inputs = input_for(shape)
    agreed = agreement(engine.run(inputs), OnnxRuntimeEngine(CLICKS, may_use_gpu=False).run(inputs))
    assert agreed.is_enough
    assert agreed.largest_difference < 1e-3


def test_a_wrong_number_of_channels_is_refused(engine):
    with pytest.raises(EngineError, match="it takes 1 x 4 x any"):
        engine.run(np.zeros((1, 3, 16, 16, 16), np.float32))


def test_it_stops_between_two_operators(engine):
    with pytest.raises(CancelledError):
        engine.run(np.zeros((1, 4, 16, 16, 16), np.float32), is_cancelled=lambda: True)


def test_an_operator_that_it_does_not_know_is_named(tmp_path):
    ends = [
        helper.make_tensor_value_info(n, TensorProto.FLOAT, (1, 1, 2, 2, 2))
        for n in ("input", "logits")
    ]
    graph = helper.make_graph(
        [helper.make_node("Erf", ["input"], ["logits"])], "g", *([e] for e in ends)
    )
    path = tmp_path / "odd.onnx"
    onnx.save(helper.make_model(graph), path)
    with pytest.raises(EngineError, match="it uses Erf"):
        TorchEngine(path)


def test_a_file_that_is_no_network_is_refused(tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(EngineError, match="cannot be loaded"):
        TorchEngine(path)
