"""Models by command: import, list, show, export, remove. MONAI runs in one child process."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from app.cli import run
from app.paths import HOME_VARIABLE, AppPaths
from inference.engines.onnx_runtime import OnnxRuntimeEngine
from inference.engines.trial_input import SPACING_KEY, spacing_from
from inference.model_package import load_package

pytest.importorskip("torch")

PROJECT = Path(__file__).resolve().parents[2]
RUN_BOTH = """
import os, sys, warnings
warnings.simplefilter("ignore")
from monai.bundle import run
sys.path[:0] = [""]
# The package itk, which the bundle's own reader needs, takes 1.5 GB.
reader = {"preprocessing#transforms#0#reader": "NibabelReader"}
for bundle, options in (
    (sys.argv[1], {"datalist": [sys.argv[3]], **reader}), (sys.argv[2], {"image": sys.argv[3]})
):
    os.chdir(bundle)
    sys.modules.pop("scripts", None)
    device = {"device": "$torch.device('cpu')", "evaluator#amp": False, "output_dir": "eval"}
    run(config_file="configs/inference.json", bundle_root=bundle, **options, **device)
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory, monai_bundles):
    """A DeepEdit bundle of version 0.4.7, small, with random weights."""
    folder = tmp_path_factory.mktemp("downloads") / "spleen_small"
    about = monai_bundles.metadata("0.4.7", ["background", "spleen"], name="Small spleen")
    config = monai_bundles.deepedit_config("0.4.7")
    monai_bundles.write_bundle(folder, config, about)
    network = {"name": config["network_def"]["_target_"]} | config["network_def"]
    network |= {"in_channels": 3, "out_channels": 2}
    del network["_target_"]
    monai_bundles.fill_with_weights(folder, network, seed=5)
    return folder


@pytest.fixture(scope="module")
def imported(bundle, tmp_path_factory, monai_bundles):
    """A home where the bundle was imported from a zip archive, as ``small``."""
    home = tmp_path_factory.mktemp("home")
    archive = monai_bundles.zipped(bundle, bundle.parent / "spleen small.zip")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(home))
        assert run(["models", "import", str(archive), "--id", "small"]) == 0
        yield home


def printed(capsys, *arguments):
    assert run(list(arguments)) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_an_imported_model_is_listed_and_shown(imported, capsys):
    listed = printed(capsys, "models", "list", "--json")
    assert "small" in {entry["id"] for entry in listed}
    shown = printed(capsys, "models", "show", "small", "--json")
    assert shown["version"] == "0.4.7"
    assert shown["title"] == "Small spleen"
    assert shown["structures"] == ["spleen"]
    assert shown["takes_clicks"]
    assert shown["licence"] == "Apache-2.0"
    assert Path(shown["folder"]).is_relative_to(imported)


@pytest.mark.slow
def test_the_file_of_a_window_network_says_which_voxels_it_sees(
    tmp_path, monai_bundles, monkeypatch
):
    about = monai_bundles.metadata("0.5.9", ["background", "spleen"], name="Windows")
    config = monai_bundles.spleen_config()
    folder = monai_bundles.write_bundle(tmp_path / "bundle", config, about)
    network = {key: value for key, value in config["network_def"].items() if key != "_target_"}
    monai_bundles.fill_with_weights(folder, {"name": "UNet", **network})
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    assert run(["models", "import", str(folder), "--id", "windows"]) == 0
    file = load_package(AppPaths.of_user().models / "windows").sliding_window.network.path
    stated = OnnxRuntimeEngine(file, may_use_gpu=False).metadata(SPACING_KEY)
    assert spacing_from(stated) == (1.5, 1.5, 2.0)


@pytest.mark.slow
@pytest.mark.usefixtures("imported")
def test_a_model_is_not_replaced_by_one_of_the_same_id(bundle, capsys):
    assert run(["models", "import", str(bundle), "--id", "small"]) == 1
    assert "There is a model small already" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.usefixtures("imported")
def test_a_model_exported_as_a_bundle_runs_in_monai_and_gives_the_same_mask(
    bundle, tmp_path, capsys
):
    out = tmp_path / "exported"
    answer = printed(
        capsys, "models", "export", "small", "-o", str(out), "--format", "bundle", "--json"
    )
    assert answer["format"] == "bundle"
    ct = sitk.GetImageFromArray(
        np.random.default_rng(0).normal(40, 60, (12, 20, 24)).astype(np.int16)
    )
    ct.SetSpacing((0.8, 0.9, 3.0))
    sitk.WriteImage(ct, str(tmp_path / "ct.nii.gz"))
    done = subprocess.run(
        [sys.executable, "-c", RUN_BOTH, str(bundle), str(out), str(tmp_path / "ct.nii.gz")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    theirs, ours = (
        sitk.GetArrayFromImage(sitk.ReadImage(str(next((place / "eval").rglob("*.nii.gz")))))
        for place in (bundle, out)
    )
    assert theirs.shape == (12, 20, 24)
    assert 0 < theirs.mean() < 1
    assert np.array_equal(theirs, ours)


@pytest.mark.slow
@pytest.mark.usefixtures("imported")
def test_a_package_is_carried_to_another_computer(tmp_path, monkeypatch, capsys):
    archive = tmp_path / "small.zip"
    assert run(["models", "export", "small", "-o", str(archive), "--format", "package"]) == 0
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "elsewhere"))
    capsys.readouterr()
    assert printed(capsys, "models", "import", str(archive), "--json")["id"] == "small"
    assert printed(capsys, "models", "remove", "small", "--json") == {"removed": "small"}
    assert run(["models", "show", "small"]) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("imported")
def test_a_package_that_was_changed_is_refused(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "small"
    assert run(["models", "export", "small", "-o", str(folder), "--format", "package"]) == 0
    network = folder / "network.onnx"
    network.write_bytes(network.read_bytes()[:-1] + b"x")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "elsewhere"))
    assert run(["models", "import", str(folder)]) == 1
    assert "network.onnx" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere" / "data" / "models" / "small").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("imported")
def test_onnx_export_writes_the_network_and_what_describes_it(tmp_path):
    assert run(["models", "export", "small", "-o", str(tmp_path / "o"), "--format", "onnx"]) == 0
    assert {file.name for file in (tmp_path / "o").iterdir()} == {"network.onnx", "manifest.json"}


def test_a_shipped_model_is_neither_removed_nor_written_as_a_bundle(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert run(["models", "remove", "abdomen_click_small"]) == 1
    assert "ships with the program" in capsys.readouterr().err
    out = str(tmp_path / "b")
    assert run(["models", "export", "abdomen_click_small", "-o", out, "--format", "bundle"]) == 1
    assert "--format onnx" in capsys.readouterr().err


def test_a_checkpoint_alone_asks_for_its_network(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    (tmp_path / "model.pt").write_bytes(b"unread")
    assert run(["models", "import", str(tmp_path / "model.pt")]) == 1
    assert "--network" in capsys.readouterr().err


def test_what_is_no_model_is_said_with_what_would_be_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    notes, nowhere = tmp_path / "notes.md", tmp_path / "a" / "b"
    notes.write_text("words")
    assert run(["models", "import", str(notes)]) == 1
    assert "notes.md is neither a zip archive nor a checkpoint. Choose" in capsys.readouterr().err
    assert run(["models", "import", str(nowhere)]) == 1
    assert f"There is no file or folder {nowhere}. Choose" in capsys.readouterr().err


def test_the_code_of_a_bundle_is_shown_with_its_hash(bundle, capsys):
    assert run(["models", "import", str(bundle), "--show-code"]) == 0
    shown = capsys.readouterr().out
    assert "===== configs/inference.json" in shown
    assert "$len(@label_names)" in shown
    assert len(shown.strip().rpartition(" ")[2]) == 64
