import numpy as np
import onnx
import pytest
from onnx import TensorProto

import resources
from inference.engines.half_precision import to_half
from inference.engines.onnx_runtime import OnnxRuntimeEngine
from inference.engines.self_test import agreement
from inference.engines.trial_input import input_for


@pytest.fixture(scope="module", params=["small", "clicks"])
def network(request, small_network):
    shipped = resources.path("models/abdomen_click_small/clicks.onnx")
    return small_network if request.param == "small" else shipped


@pytest.fixture(scope="module")
def half(network, tmp_path_factory):
    path = tmp_path_factory.mktemp("half") / "half.onnx"
    onnx.save(to_half(onnx.load(network)), path)
    return path


def test_it_answers_as_the_network_that_it_was_made_of(network, half):
    before = OnnxRuntimeEngine(network, may_use_gpu=False)
    after = OnnxRuntimeEngine(half, may_use_gpu=False)
    assert after.input_shape == before.input_shape
    inputs = input_for((1, before.input_shape[1], 32, 32, 32))
    agreed = agreement(after.run(inputs), before.run(inputs))
    assert agreed.dice > 0.997
    assert agreed.largest_difference < 0.05


def test_convolutions_are_half_and_norms_single(half):
    graph = onnx.load(half).graph
    types = {one.name: one.data_type for one in graph.initializer}
    for node in graph.node:
        weights = [types[name] for name in node.input[1:] if name in types]
        if node.op_type == "Conv":
            assert set(weights) == {TensorProto.FLOAT16}
        if node.op_type == "InstanceNormalization":
            assert set(weights) == {TensorProto.FLOAT}


def test_a_network_with_two_outputs_is_refused(small_network):
    model = onnx.load(small_network)
    model.graph.output.append(model.graph.output[0])
    with pytest.raises(ValueError, match="one input and one output"):
        to_half(model)


def test_weights_beyond_half_precision_are_clipped_not_infinite(small_network):
    model = onnx.load(small_network)
    weight = next(one for one in model.graph.initializer if one.name == "w1")
    array = onnx.numpy_helper.to_array(weight).copy()
    array[0, 0, 0, 0, 0] = 1e6
    weight.CopyFrom(onnx.numpy_helper.from_array(array, "w1"))
    stored = {one.name: onnx.numpy_helper.to_array(one) for one in to_half(model).graph.initializer}
    assert stored["w1_half"].dtype == np.float16
    assert np.isfinite(stored["w1_half"]).all()
