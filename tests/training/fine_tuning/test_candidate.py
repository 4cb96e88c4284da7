import json

import pytest

torch = pytest.importorskip("torch")

from imaging.errors import ModelError, WriteError  # noqa: E402 - only with torch
from inference.engines.onnx_runtime import OnnxRuntimeEngine  # noqa: E402 - likewise
from inference.model_versions import check_files  # noqa: E402 - likewise
from training.fine_tuning import candidate as candidate_module  # noqa: E402 - likewise
from training.fine_tuning.base_model import base_model  # noqa: E402 - likewise
from training.fine_tuning.candidate import (  # noqa: E402 - likewise
    SpoiltWeightsError,
    write_candidate,
)


def moved(base, by=0.01):
    return {name: value + by for name, value in base.weights.items()}


def test_a_candidate_is_the_base_with_other_weights_number_and_origin(tiny_package, tmp_path):
    base = base_model(tiny_package)
    package = write_candidate(base, moved(base), "1.0.1", "3 cases: spleen", tmp_path / "new")
    check_files(package)
    assert (package.id, package.version) == ("tiny", "1.0.1")
    assert package.training_data[-1] == "3 cases: spleen"
    assert "fine-tuned from 1.0.0" in package.sources[-1]
    assert package.measured == ()
    assert package.clicks.spacing_mm == tiny_package.clicks.spacing_mm
    again = base_model(package)
    assert again.key != base.key
    name = next(iter(base.weights))
    assert torch.allclose(again.weights[name], base.weights[name] + 0.01, atol=1e-3)
    assert OnnxRuntimeEngine(package.clicks.network.path)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_never_become_a_package(tiny_package, tmp_path, number):
    base = base_model(tiny_package)
    weights = moved(base)
    next(iter(weights.values())).view(-1)[0] = number
    with pytest.raises(SpoiltWeightsError, match="not finite"):
        write_candidate(base, weights, "1.0.1", "", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_network_that_changed_on_its_way_out_is_refused(tiny_package, tmp_path, monkeypatch):
    base = base_model(tiny_package)
    export = candidate_module.export_onnx

    def spoil(network, *arguments, **options):
        for parameter in network.parameters():
            parameter.data += 0.5
        export(network, *arguments, **options)
        network.load_state_dict(base.weights)

    monkeypatch.setattr(candidate_module, "export_onnx", spoil)
    with pytest.raises(SpoiltWeightsError, match="answers otherwise"):
        write_candidate(base, base.weights, "1.0.1", "", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_second_candidate_takes_the_place_of_the_first(tiny_package, tmp_path):
    base = base_model(tiny_package)
    for by in (0.01, 0.02):
        package = write_candidate(base, moved(base, by), "1.0.1", "", tmp_path / "new")
    name = next(iter(base.weights))
    got = base_model(package).weights[name]
    assert torch.allclose(got, base.weights[name] + 0.02, atol=1e-3)


def test_a_model_without_weights_or_of_another_network_cannot_be_tuned(tiny_package):
    file = tiny_package.folder / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["clicks"]["architecture"]["name"] = "Transformer"
    file.write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="its network is no BasicUNet"):
        base_model(tiny_package)
    del manifest["clicks"]["weights"]
    file.write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="no click network with weights"):
        base_model(tiny_package)


def test_weights_that_changed_on_the_disk_are_not_begun_with(tiny_package):
    file = tiny_package.folder / "clicks.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match="have changed since"):
        base_model(tiny_package)


def test_a_full_disk_leaves_no_half_candidate(tiny_package, tmp_path, monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(candidate_module, "save_file", full)
    base = base_model(tiny_package)
    with pytest.raises(WriteError, match="disk is full"):
        write_candidate(base, base.weights, "1.0.1", "", tmp_path / "jobs" / "new")
    assert [*(tmp_path / "jobs").iterdir()] == []
