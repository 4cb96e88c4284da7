"""What every engine that this machine has must do."""

import numpy as np
import pytest

from imaging.errors import CancelledError, EngineError
from inference.engines.catalog import KINDS, REFERENCE, kind_named
from inference.engines.self_test import NEEDED_DICE, agreement
from inference.engines.trial_input import input_for

LEAST_DICE = {"openvino-bf16": 0.995}
"""A bare threshold feels the rounding of the input more than trained weights do; others: 0.999."""


@pytest.fixture(scope="module", params=[kind.id for kind in KINDS])
def engine(request, small_network, engine_cache):
    kind = kind_named(request.param)
    missing = kind.why_not()
    if missing is not None:
        pytest.skip(f"{kind.title}: {missing}")
    engine = kind.open(small_network, engine_cache)
    yield engine
    engine.close()


@pytest.fixture
def least_dice(request):
    return LEAST_DICE.get(request.node.callspec.params["engine"], NEEDED_DICE)


@pytest.fixture(scope="module")
def reference(small_network, engine_cache):
    return kind_named(REFERENCE).open(small_network, engine_cache)


def test_it_agrees_with_the_reference(engine, reference, least_dice):
    inputs = input_for(reference.input_shape)
    agreed = agreement(engine.run(inputs), reference.run(inputs))
    assert agreed.dice >= least_dice
    assert agreed.largest_difference < 0.1


def test_sizes_may_change_from_call_to_call(engine, reference):
    rng = np.random.default_rng(5)
    for shape in ((1, 2, 16, 24, 8), (1, 2, 8, 8, 40), (1, 2, 16, 24, 8)):
        inputs = rng.random(shape, np.float32)
        logits = engine.run(inputs)
        assert logits.dtype == np.float32
        assert logits.shape == shape
        expected = reference.run(inputs)
        np.testing.assert_allclose(logits - logits[:, :1], expected - expected[:, :1], atol=0.1)


def test_an_answer_is_not_overwritten_by_the_next(engine):
    rng = np.random.default_rng(6)
    first = engine.run(rng.random((1, 2, 8, 8, 8), np.float32))
    kept = first.copy()
    engine.run(rng.random((1, 2, 8, 8, 8), np.float32))
    np.testing.assert_array_equal(first, kept)


def test_the_same_input_has_the_same_answer(engine):
    inputs = np.random.default_rng(7).random((1, 2, 16, 16, 16), np.float32)
    answers = [engine.run(inputs).tobytes() for _ in range(10)]
    assert len(set(answers)) == 1


def test_inputs_need_not_be_contiguous(engine):
    inputs = np.random.default_rng(8).random((1, 2, 8, 16, 24), np.float32)
    turned = np.ascontiguousarray(inputs.transpose(0, 1, 4, 3, 2)).transpose(0, 1, 4, 3, 2)
    np.testing.assert_array_equal(engine.run(turned), engine.run(inputs))


def test_a_wrong_number_of_channels_is_refused_in_a_sentence(engine):
    with pytest.raises(EngineError, match="it takes 1 x 2 x any x any x any numbers") as caught:
        engine.run(np.zeros((1, 3, 8, 8, 8), np.float32))
    assert "\n" not in str(caught.value)


def test_cancelled_work_ends_without_an_answer_and_the_next_is_right(engine):
    inputs = np.random.default_rng(9).random((1, 2, 96, 96, 96), np.float32)
    with pytest.raises(CancelledError):
        engine.run(inputs, is_cancelled=lambda: True)
    assert np.isfinite(engine.run(inputs[..., :16])).all()


def test_it_says_what_it_is_and_where_it_runs(engine):
    assert engine.name
    assert engine.device.startswith(("CPU, ", "NVIDIA GPU"))
    assert engine.input_shape == (1, 2, None, None, None)


def test_closing_twice_is_allowed(small_network, engine_cache):
    for kind in KINDS:
        if kind.why_not() is None:
            opened = kind.open(small_network, engine_cache)
            opened.close()
            opened.close()


def test_numbers_that_are_none_are_an_error_and_no_mask(root_network, engine_cache):
    inputs = np.full((1, 2, 3, 4, 5), 4, np.float32)
    inputs[0, 1, 2, 3, 4] = -1
    for kind in KINDS:
        if kind.why_not() is None:
            with pytest.raises(EngineError, match="mask is unchanged"):
                kind.open(root_network, engine_cache).run(inputs)


def test_a_file_that_is_no_network_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"no network")
    for kind in KINDS:
        if kind.why_not() is None:
            with pytest.raises(
                EngineError, match=r"broken\.onnx cannot be loaded.*Install the model again"
            ):
                kind.open(path, tmp_path)
