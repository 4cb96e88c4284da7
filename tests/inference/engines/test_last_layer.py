"""Logits counted from background: the same classes, and in bfloat16 more of them right."""

import numpy as np
import pytest

pytest.importorskip("openvino")

from inference.engines.last_layer import count_from_background
from inference.engines.openvino import has_bf16, load_openvino

openvino = load_openvino()
SHAPE = (1, 4, 12, 10, 8)


def convolution(given, classes, seed, *, is_half=False):
    from openvino import opset13

    weights = np.random.default_rng(seed).normal(size=(classes, SHAPE[1], 1, 1, 1))
    stored = opset13.constant(weights.astype(np.float16 if is_half else np.float32))
    if is_half:
        stored = opset13.convert(stored, np.float32)
    return opset13.convolution(given, stored, [1] * 3, [0] * 3, [0] * 3, [1] * 3)


def make_model(kind="plain", classes=3):
    from openvino import opset13

    given = opset13.parameter(SHAPE, np.float32)
    bias = opset13.constant(np.arange(20.0, 20 + classes).reshape(1, -1, 1, 1, 1).astype("f4"))
    layer = convolution(given, classes, 1, is_half=kind == "half")
    if kind == "residual":
        layer = opset13.add(layer, convolution(given, classes, 2))
    last = opset13.add(layer, bias)
    if kind == "behind a ReLU":
        last = opset13.relu(last)
    if kind == "added to what it was given":
        last = opset13.add(convolution(given, SHAPE[1], 1), given)
    return openvino.Model([last], [given])


def answer(model, precision="f32"):
    inputs = np.random.default_rng(3).normal(size=SHAPE).astype(np.float32)
    options = {"INFERENCE_PRECISION_HINT": precision}
    return openvino.Core().compile_model(model, "CPU", options)([inputs])[0]


@pytest.mark.parametrize("kind", ["plain", "half", "residual"])
def test_only_what_all_classes_share_is_taken_off(kind):
    expected = answer(make_model(kind))
    model = make_model(kind)
    assert count_from_background(model)
    counted = answer(model)
    assert not counted[:, 0].any()
    np.testing.assert_allclose(counted, expected - expected[:, :1], atol=1e-4)
    assert len(np.unique(counted.argmax(axis=1))) == 3


@pytest.mark.parametrize("kind", ["behind a ReLU", "added to what it was given"])
def test_another_end_stays_as_it_is(kind):
    expected = answer(make_model(kind))
    model = make_model(kind)
    assert not count_from_background(model)
    np.testing.assert_array_equal(answer(model), expected)


def test_a_single_class_has_no_background_to_count_from():
    model = make_model(classes=1)
    assert not count_from_background(model)
    assert answer(model).any()


@pytest.mark.skipif(not has_bf16(), reason="the processor has no bfloat16")
def test_in_bfloat16_more_voxels_get_the_right_class():
    right = answer(make_model()).argmax(axis=1)
    as_it_was = answer(make_model(), "bf16").argmax(axis=1)
    model = make_model()
    count_from_background(model)
    counted = answer(model, "bf16").argmax(axis=1)
    assert (counted != right).sum() < (as_it_was != right).sum()
