import numpy as np
import pytest

pytest.importorskip("openvino")

from inference.engines.openvino import load_openvino
from inference.engines.upsampling import write_out_upsampling

openvino = load_openvino()
SHAPE = (1, 5, 4, 6, 3)


def upsampling_model(size, stride, pad, extra, *, channels=2, is_half=False, is_any_size=False):
    """A transposed convolution of 5 channels, then a ReLU."""
    from openvino import opset13

    rng = np.random.default_rng(1)
    weights = rng.normal(size=(SHAPE[1], channels, *size)).astype(np.float32)
    stored = opset13.constant(weights.astype(np.float16) if is_half else weights)
    if is_half:
        stored = opset13.convert(stored, np.float32)
    given = opset13.parameter(SHAPE[:2] + (-1,) * 3 if is_any_size else SHAPE, np.float32)
    fine = opset13.convolution_backprop_data(
        given,
        stored,
        [stride] * 3,
        pads_begin=[pad] * 3,
        pads_end=[pad] * 3,
        dilations=[1] * 3,
        auto_pad="explicit",
        output_padding=[extra] * 3,
    )
    return openvino.Model([opset13.relu(fine)], [given])


def answer(model):
    options = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(model, "CPU", options)
    inputs = np.random.default_rng(2).normal(size=SHAPE).astype(np.float32)
    return compiled([inputs])[0]


@pytest.mark.parametrize(
    ("size", "stride", "pad", "extra"),
    [
        ((3, 3, 3), 2, 1, 1),
        ((2, 2, 2), 2, 0, 0),
        ((4, 4, 4), 2, 1, 0),
        ((5, 5, 5), 2, 2, 1),
        ((3, 3, 3), 3, 0, 0),
    ],
)
@pytest.mark.parametrize("stored", [{}, {"is_half": True}, {"is_any_size": True}])
def test_written_out_it_computes_the_same(size, stride, pad, extra, stored):
    expected = answer(upsampling_model(size, stride, pad, extra, **stored))
    model = upsampling_model(size, stride, pad, extra, **stored)
    assert write_out_upsampling(model, most_channels=2) == 1
    assert "ConvolutionBackpropData" not in {op.get_type_name() for op in model.get_ops()}
    np.testing.assert_allclose(answer(model), expected, rtol=1e-4, atol=1e-4)
    assert (expected > 0).any()


@pytest.mark.parametrize(
    ("size", "stride", "pad", "extra", "channels"),
    [
        ((3, 3, 3), 2, 1, 0, 2),  # 2n - 1 voxels: not the grid made finer
        ((3, 3, 3), 1, 1, 0, 2),  # no finer grid
        ((3, 3, 3), 2, 1, 1, 3),  # more channels than asked for
    ],
)
def test_anything_else_stays_as_it_is(size, stride, pad, extra, channels):
    model = upsampling_model(size, stride, pad, extra, channels=channels)
    before = [op.get_type_name() for op in model.get_ordered_ops()]
    assert write_out_upsampling(model, most_channels=2) == 0
    assert [op.get_type_name() for op in model.get_ordered_ops()] == before
