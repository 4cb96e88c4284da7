"""Norms written out become OpenVINO's own again, and answer the same."""

import numpy as np
import pytest
import torch

pytest.importorskip("openvino")

from inference.engines.norms import join_written_norms
from inference.engines.openvino import OpenVinoEngine, has_bf16, load_openvino
from training.onnx_export import export_onnx

openvino = load_openvino()
SHAPE = (1, 3, 48, 40, 40)


class Normed(torch.nn.Module):
    """Two norms, one of them beside what goes round it."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv3d(3, 4, 1)
        self.norm = torch.nn.InstanceNorm3d(4, affine=True, eps=1e-2)
        self.second = torch.nn.Conv3d(4, 4, 1, bias=False)
        self.other_norm = torch.nn.InstanceNorm3d(4, affine=True)
        for norm in (self.norm, self.other_norm):
            torch.nn.init.normal_(norm.weight)
            torch.nn.init.normal_(norm.bias)

    def forward(self, x):
        x = self.norm(self.first(x))
        return x + self.other_norm(self.second(x.relu()))


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    torch.manual_seed(3)
    path = tmp_path_factory.mktemp("norms") / "network.onnx"
    export_onnx(Normed(), path, SHAPE, has_free_sides=False, metadata={}, is_half=False)
    return path


@pytest.fixture(scope="module")
def image():
    # Far from zero, as behind a ReLU: there a rounded mean costs most.
    return np.random.default_rng(4).normal(5, 1, SHAPE).astype(np.float32)


def answer(model, image, precision="f32"):
    options = {"INFERENCE_PRECISION_HINT": precision}
    return openvino.Core().compile_model(model, "CPU", options)([image])[0]


def test_joined_norms_answer_the_same(exported, image):
    model = openvino.Core().read_model(str(exported))
    expected = answer(model.clone(), image)
    assert join_written_norms(model) == 2
    kinds = [one.get_type_name() for one in model.get_ops()]
    assert kinds.count("MVN") == 2
    assert "AvgPool" not in kinds
    np.testing.assert_allclose(answer(model, image), expected, atol=2e-4)


def test_a_model_without_such_norms_is_left():
    from openvino import opset13

    given = opset13.parameter(SHAPE, np.float32)
    model = openvino.Model([opset13.subtract(given, np.float32(1))], [given])
    assert join_written_norms(model) == 0


def test_a_norm_of_another_form_stays_as_it_is(exported, image):
    model = openvino.Core().read_model(str(exported))
    expected = answer(model.clone(), image)
    for node in model.get_ordered_ops():
        if node.get_type_name() == "Subtract":
            node.set_friendly_name("no norm of ours")
    assert join_written_norms(model) == 0
    np.testing.assert_array_equal(answer(model, image), expected)


@pytest.mark.skipif(not has_bf16(), reason="the processor has no bfloat16")
def test_bfloat16_comes_nearer_to_single_precision_with_them(exported, image):
    written = openvino.Core().read_model(str(exported))
    right = answer(written.clone(), image)
    as_written = np.abs(answer(written, image, "bf16") - right).mean()
    joined = np.abs(OpenVinoEngine(exported, "bf16").run(image) - right).mean()
    assert joined < as_written
