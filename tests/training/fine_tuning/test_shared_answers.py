from pathlib import Path

import numpy as np
import pytest

from training.fine_tuning import shared_answers
from training.fine_tuning.shared_answers import SharedAnswers

FAST_ENGINE = shared_answers.fast_engine


class CountingEngine:
    name, device, input_shape = "counter", "bench", (1, None)

    def __init__(self, _path):
        self.runs = 0

    def run(self, inputs, _is_cancelled=None):
        self.runs += 1
        return inputs * 1.00001

    def close(self):
        self.runs = -1


class Part:
    def __init__(self, path, sha256):
        self.network = self
        self.path, self.sha256 = path, sha256


class Package:
    def __init__(self, path, sha256="a"):
        self.automatic = Part(path, sha256) if path else None


@pytest.fixture(autouse=True)
def counting(monkeypatch):
    monkeypatch.setattr(shared_answers, "fast_engine", lambda: CountingEngine)


def test_two_models_with_the_same_network_get_the_same_answer_computed_once():
    shared = SharedAnswers((Package("one"), Package("two")))
    one, two = shared.open("one"), shared.open("two")
    inputs = np.linspace(0, 1, 5, dtype=np.float32)
    assert np.array_equal(one.run(inputs), two.run(inputs))
    assert np.allclose(two.run(inputs), inputs, atol=1e-3)
    assert (one._engine.runs, two._engine.runs) == (1, 0)
    two.run(inputs + 1)
    assert two._engine.runs == 1
    assert (one.name, one.device, one.input_shape) == ("counter", "bench", (1, None))
    one.close()
    assert one._engine.runs == -1


@pytest.mark.parametrize("other", [Package("two", "b"), Package(None)])
def test_models_with_other_networks_share_nothing(other):
    shared = SharedAnswers((Package("one"), other))
    assert isinstance(shared.open("one"), CountingEngine)


def test_the_click_network_is_never_shared():
    shared = SharedAnswers((Package("one"), Package("two")))
    assert isinstance(shared.open("clicks"), CountingEngine)


@pytest.mark.parametrize(
    ("lacking", "expected"),
    [
        (("onnx-cuda",), "openvino-bf16"),
        (("onnx-cuda", "openvino-bf16"), "openvino"),
        (("onnx-cuda", "openvino-bf16", "openvino"), None),
        ((), None),
    ],
)
def test_the_comparison_runs_on_what_is_fastest_without_building(monkeypatch, lacking, expected):
    def kind_named(name):
        return Kind(name, "not here" if name in lacking else None)

    class Kind:
        def __init__(self, name, reason):
            self.why_not = lambda: reason
            self.open = lambda _path, _cache: name

    monkeypatch.setattr(shared_answers, "kind_named", kind_named)
    monkeypatch.setattr(shared_answers, "OnnxRuntimeEngine", lambda _path: None)
    assert FAST_ENGINE()(Path("clicks.onnx")) == expected
