import os
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from imaging.errors import EngineError
from inference.engines.cores import usable_cores
from inference.engines.onnx_runtime import OnnxRuntimeEngine, load_cuda_libraries

SHAPE = (1, 2, 3, 4, 5)


@pytest.fixture
def square_root(tmp_path):
    """A network that takes the square root of every voxel: NaN for what is negative."""
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, SHAPE) for n in ("input", "logits")]
    node = helper.make_node("Sqrt", ["input"], ["logits"])
    graph = helper.make_graph([node], "g", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 9  # older versions of ONNX Runtime refuse the newest
    path = tmp_path / "root.onnx"
    onnx.save(model, path)
    return OnnxRuntimeEngine(path)


def test_a_network_answers_with_numbers_of_single_precision(square_root):
    answer = square_root.run(np.full(SHAPE, 9, np.float32))
    assert answer.dtype == np.float32
    assert answer.shape == SHAPE
    assert (answer == 3).all()


def test_numbers_that_are_none_are_an_error_and_no_mask(square_root):
    inputs = np.full(SHAPE, 4, np.float32)
    inputs[0, 1, 2, 3, 4] = -1
    with pytest.raises(EngineError, match="mask is unchanged"):
        square_root.run(inputs)


def test_an_input_of_another_shape_is_refused_in_one_line(square_root):
    with pytest.raises(EngineError, match="could not be run on CPU") as caught:
        square_root.run(np.zeros((1, 2, 3, 4, 6), np.float32))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_network_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(
        EngineError, match=r"broken\.onnx cannot be loaded.*Install the model again"
    ):
        OnnxRuntimeEngine(path)


def test_the_engine_says_on_how_many_cores_it_runs(square_root):
    if not square_root.device.startswith("CPU"):
        pytest.skip("it runs on a GPU")
    assert square_root.device.startswith(f"CPU, {usable_cores()} thread")


def test_a_system_without_affinity_counts_all_cores(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert usable_cores() == (os.cpu_count() or 1)


def test_what_the_cuda_libraries_lack_goes_to_the_log_only(monkeypatch, caplog, capsys):
    monkeypatch.setattr(onnxruntime, "preload_dlls", lambda: sys.stdout.write("Failed to load x"))
    with caplog.at_level("DEBUG"):
        load_cuda_libraries()
    assert "Failed to load x" in caplog.text
    assert capsys.readouterr().out == ""
