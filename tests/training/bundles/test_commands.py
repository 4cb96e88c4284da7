"""Every command runs on small data, in the form that a user types; MONAI itself does the work."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import SimpleITK as sitk

from imaging.errors import ModelError
from training.bundles import commands
from training.bundles.folder import copy_bundle
from training.bundles.process import run

pytest.importorskip("monai")
pytestmark = pytest.mark.slow

CHAIN = Path(__file__).with_name("chain.py")
SIDE = "[32,32,32]"
SHAPE = {"_meta_#network_data_format#inputs#image#spatial_shape": SIDE}
DEEPEDIT = {"spatial_size": SIDE, "network_def#filters": "[4,4,4,4,4,4]"}
UNET = {
    "patch_size": SIDE,
    "spacing_mm": "[5,5,5]",
    "network_def#channels": "[4,4]",
    "network_def#strides": "[2]",
}
TOPOLOGY = {
    "dints_space#channel_mul": "0.125",
    "dints_space#num_blocks": "2",
    "dints_space#num_depths": "2",
}
DINTS = TOPOLOGY | {"patch_size": SIDE, "spacing_mm": "[5,5,5]"}
ONE_EPOCH = {"epochs": "1", "val_interval": "1"}


def run_chain(*chain, modules=""):
    """Run commands of one bundle in one process; ``modules`` is a folder of modules for it."""
    done = subprocess.run(
        [sys.executable, str(CHAIN), json.dumps([command.arguments for command in chain])],
        cwd=chain[0].bundle.root,
        env={**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONPATH": str(modules)},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def mask_of(folder, case):
    return sitk.ReadImage(str(folder / case / f"{case}_trans.nii.gz"))


def mean_dice(bundle):
    return float(dict(table(bundle, "metrics"))["val_mean_dice"])


def table(bundle, name):
    text = (bundle.root / f"eval/{name}.csv").read_text("utf-8")
    return list(csv.reader(text.splitlines()))


def as_if_trained(bundle):
    """Files that a chain's first command writes anew, so that the later ones can be made."""
    bundle.weights.parent.mkdir(exist_ok=True)
    bundle.weights.touch()
    bundle.checkpoint.touch()
    (bundle.root / "models/model_trt.ts").touch()


def test_a_deepedit_bundle_does_all_that_the_documents_say(data_set, tmp_path):
    bundle = copy_bundle("abdomen_deepedit", tmp_path / "bundle")
    clicks = tmp_path / "clicks.json"
    clicks.write_text(
        json.dumps({"pancreas": [[14, 10, 14]], "background": [[2, 2, 2]]}), encoding="utf-8"
    )
    case = data_set / "imagesTr/case_2.nii.gz"  # a sagittal stack
    target = {"image": str(case)}
    as_if_trained(bundle)
    # No GPU here: a TorchScript file stands in for the compiled one, which is one, too.
    compiled = {"spatial_size": SIDE, "trt_path": "models/model.ts"}
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "torch_tensorrt.py").touch()
    output = run_chain(
        commands.verify_metadata(bundle),
        commands.verify_network(bundle, DEEPEDIT | SHAPE),
        commands.train(bundle, data_set, DEEPEDIT | ONE_EPOCH),
        commands.train(bundle, data_set, DEEPEDIT | ONE_EPOCH | {"epochs": "2"}, resume=True),
        commands.evaluate(bundle, data_set, DEEPEDIT),
        commands.infer(bundle, target, DEEPEDIT, out=tmp_path / "automatic"),
        commands.infer(bundle, target, DEEPEDIT, out=tmp_path / "clicked", clicks=clicks),
        commands.export_torchscript(bundle, DEEPEDIT),
        commands.infer(bundle, target, compiled, out=tmp_path / "compiled", is_tensorrt=True),
        commands.export_onnx(bundle, DEEPEDIT | SHAPE),
        modules=modules,
    )

    assert "Epoch: 1/1" in output
    assert "Epoch: 2/2" in output
    assert "Epoch: 1/2" not in output
    assert 0 <= mean_dice(bundle) <= 1
    assert list((bundle.root / "eval").glob("events.out.tfevents*"))
    ct = sitk.ReadImage(str(case))
    arrays = {}
    for name in ("automatic", "clicked", "compiled"):
        mask = mask_of(tmp_path / name, "case_2")
        assert mask.GetSize() == ct.GetSize()
        np.testing.assert_allclose(mask.GetDirection(), ct.GetDirection(), atol=1e-6)
        np.testing.assert_allclose(mask.GetOrigin(), ct.GetOrigin(), atol=1e-4)
        arrays[name] = sitk.GetArrayFromImage(mask)
    assert np.any(arrays["automatic"] != arrays["clicked"])
    assert np.mean(arrays["automatic"] != arrays["compiled"]) < 1e-3
    session = onnxruntime.InferenceSession(
        str(bundle.root / "models/model.onnx"), providers=["CPUExecutionProvider"]
    )
    (logits,) = session.run(None, {"input": np.zeros((1, 5, 32, 32, 32), np.float32)})
    assert logits.shape == (1, 4, 32, 32, 32)


def test_the_sliding_window_bundle_trains_evaluates_and_segments(data_set, tmp_path):
    bundle = copy_bundle("spleen_unet", tmp_path / "bundle")
    as_if_trained(bundle)
    run_chain(
        commands.verify_metadata(bundle),
        commands.train(bundle, data_set, UNET | ONE_EPOCH),
        commands.evaluate(bundle, data_set, UNET),
        commands.infer(bundle, {"dataset_dir": str(data_set)}, UNET),
    )
    assert 0 <= mean_dice(bundle) <= 1
    for number in range(4):
        ct = sitk.ReadImage(str(data_set / f"imagesTr/case_{number}.nii.gz"))
        assert mask_of(bundle.root / "eval", f"case_{number}").GetSize() == ct.GetSize()


def test_a_topology_is_searched_and_trained(data_set, tmp_path):
    bundle = copy_bundle("pancreas_dints", tmp_path / "bundle")
    shipped = (bundle.root / "models/search_code.pt").read_bytes()
    settings = DINTS | {"epochs": "2", "warmup_epochs": "1"}
    as_if_trained(bundle)
    run_chain(
        commands.verify_metadata(bundle),
        commands.search(bundle, data_set, settings),
        commands.train(bundle, data_set, DINTS | ONE_EPOCH),
        commands.evaluate(bundle, data_set, DINTS),
        commands.infer(bundle, {"image": str(data_set / "imagesTr/case_1.nii.gz")}, DINTS),
        commands.export_onnx(bundle, TOPOLOGY | SHAPE),
    )
    assert (bundle.root / "models/search_code.pt").read_bytes() != shipped
    assert mask_of(bundle.root / "eval", "case_1").GetSize() == (36, 30, 24)
    history = (bundle.root / "eval/search.csv").read_text("utf-8").splitlines()
    assert history[0] == "epoch,loss,architecture_loss,dice,kept"
    assert len(history) == 2


def test_two_processes_train_together_and_evaluate_each_case_once(data_set, tmp_path):
    bundle = copy_bundle("spleen_deepedit", tmp_path / "bundle")
    settings = DEEPEDIT | {"validation_share": "0.5"}
    run(commands.train(bundle, data_set, settings | ONE_EPOCH, processes=2), is_quiet=True)
    run(commands.evaluate(bundle, data_set, settings, processes=2), is_quiet=True)
    rows = table(bundle, "val_mean_dice_raw")[1:]
    assert sorted(Path(row[0]).name for row in rows) == ["case_2.nii.gz", "case_3.nii.gz"]


def test_two_processes_search_together(data_set, tmp_path):
    bundle = copy_bundle("pancreas_dints", tmp_path / "bundle")
    settings = DINTS | {"epochs": "2", "warmup_epochs": "1", "validation_share": "0.5"}
    run(commands.search(bundle, data_set, settings, processes=2), is_quiet=True)
    assert (bundle.root / "eval/search.csv").is_file()


def test_what_fails_is_said_in_the_sentence_of_its_cause(data_set, tmp_path):
    bundle = copy_bundle("spleen_unet", tmp_path / "bundle")
    names = {"label_names": "{'liver': 1, 'background': 0}"}
    with pytest.raises(ModelError, match=r"no liver\. Add the name that it uses to label_aliases"):
        run(commands.train(bundle, data_set, UNET | names), is_quiet=True)


def test_a_process_that_dies_is_said_by_its_signal(tmp_path):
    bundle = copy_bundle("spleen_unet", tmp_path / "bundle")
    (bundle.root / "dies.py").write_text("import os; os.abort()", encoding="utf-8")
    command = commands.BundleCommand(bundle, "The training", "dies", (), (), processes=2)
    with pytest.raises(ModelError, match="one of its processes was ended by SIGABRT"):
        run(command, is_quiet=True)
