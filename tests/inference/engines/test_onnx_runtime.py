import os
import sys

import numpy as np
import onnx
import onnxruntime
import pytest

from imaging.errors import CancelledError
from inference.engines.cores import usable_cores
from inference.engines.onnx_runtime import OnnxRuntimeEngine, load_cuda_libraries


def test_the_engine_says_on_how_many_cores_it_runs(small_network):
    engine = OnnxRuntimeEngine(small_network, may_use_gpu=False)
    assert engine.device.startswith(f"CPU, {usable_cores()} thread")


def test_it_reads_what_the_networks_file_says(small_network, tmp_path):
    assert OnnxRuntimeEngine(small_network, may_use_gpu=False).metadata("package") == ""
    model = onnx.load(str(small_network))
    onnx.helper.set_model_props(model, {"package": "liver"})
    onnx.save(model, str(tmp_path / "said.onnx"))
    assert (
        OnnxRuntimeEngine(tmp_path / "said.onnx", may_use_gpu=False).metadata("package") == "liver"
    )


def test_where_the_cuda_libraries_are_missing_it_says_that_it_runs_on_the_cpu(
    small_network, monkeypatch
):
    monkeypatch.setattr("inference.engines.onnx_runtime.has_nvidia_driver", lambda: True)
    engine = OnnxRuntimeEngine(small_network)
    if engine.device == "NVIDIA GPU":
        pytest.skip("the libraries are not missing here")
    assert engine.device.startswith("CPU, ")


def test_a_system_without_affinity_counts_all_cores(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert usable_cores() == (os.cpu_count() or 1)


def test_what_the_cuda_libraries_lack_goes_to_the_log_only(monkeypatch, caplog, capsys):
    def fail(directory=None):
        assert directory is None
        sys.stdout.write("Failed to load x")

    monkeypatch.setattr(onnxruntime, "preload_dlls", fail)
    with caplog.at_level("DEBUG"):
        load_cuda_libraries()
    assert "Failed to load x" in caplog.text
    assert capsys.readouterr().out == ""


def test_a_run_stops_between_two_layers(small_network):
    engine = OnnxRuntimeEngine(small_network, may_use_gpu=False)
    inputs = np.random.default_rng(2).random((1, 2, 112, 112, 112), np.float32)
    asked = []

    def is_cancelled():
        asked.append(True)
        return len(asked) > 1  # the first time is before the run

    with pytest.raises(CancelledError):
        engine.run(inputs, is_cancelled)
    assert np.isfinite(engine.run(inputs[..., :16], lambda: False)).all()
