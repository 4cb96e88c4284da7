"""Imported networks: DeepEdit, UNet and DiNTS learn on, and learn structures that they lacked."""

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("monai")

from imaging import structures  # noqa: E402 - only with torch
from imaging.errors import ModelError  # noqa: E402 - only with torch
from inference.engines.onnx_runtime import OnnxRuntimeEngine  # noqa: E402 - likewise
from inference.engines.trial_input import SPACING_KEY, spacing_from  # noqa: E402 - likewise
from inference.model_versions import ModelVersions, check_files  # noqa: E402 - likewise
from training import worker as worker_module  # noqa: E402 - likewise
from training.click_recipe import ClickRecipe  # noqa: E402 - likewise
from training.fine_tuning import course, job_run, network_recipe  # noqa: E402 - likewise
from training.fine_tuning.network_base import network_base, with_structures  # noqa: E402
from training.fine_tuning.network_candidate import write_network_candidate  # noqa: E402
from training.fine_tuning.network_cases import (  # noqa: E402 - likewise
    NetworkSampler,
    network_case,
    network_inputs,
)
from training.fine_tuning.network_recipe import NetworkRecipe, voxel_bytes  # noqa: E402
from training.fine_tuning.network_tuner import NetworkTuner  # noqa: E402 - likewise
from training.fine_tuning.network_validation import NetworkValidation  # noqa: E402 - likewise
from training.jobs.job import FineTuneSettings, JobState, Preset  # noqa: E402 - likewise
from training.jobs.job_queue import JobQueue  # noqa: E402 - likewise
from training.jobs.places import JobPlaces  # noqa: E402 - likewise
from training.worker import run_worker  # noqa: E402 - likewise


def _packages():
    file = Path(__file__).with_name("network_packages.py")
    spec = importlib.util.spec_from_file_location("network_packages", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["network_packages"] = module
    spec.loader.exec_module(module)
    return module


packages = _packages()
SIDES = (packages.SIDE,) * 3
SPLEEN = {1: "spleen"}


@pytest.fixture
def make_base(tmp_path, monai_bundles):
    architectures = {
        "deepedit": packages.DYNUNET,
        "unet": packages.UNET,
        "dints": packages.dints(monai_bundles.architecture()),
    }

    def make(name, structure="spleen"):
        folder = tmp_path / "models" / name
        return network_base(packages.write_network_package(folder, architectures[name], structure))

    return make


@pytest.fixture
def train(tmp_path, make_patient):
    """Runs so many epochs of two steps in the folder of the test, or goes on there."""
    recipe = NetworkRecipe(ClickRecipe(batch_size=1), 4, 2, (SIDES,), replay_share=0.5)

    def run(base, epochs):
        case = network_case(*make_patient(3), SPLEEN, base.spec)
        validation = NetworkValidation([case], SIDES, base.spec, takes_clicks=base.takes_clicks)
        sampler = NetworkSampler([case])
        tuner = NetworkTuner(recipe, base, tmp_path / "run", "cpu")
        for _ in range(epochs):
            tuner.run_epoch(sampler, sampler, validation, lambda _step: None)
        return tuner

    return run


@pytest.mark.parametrize("name", ["deepedit", "unet", "dints"])
def test_a_network_with_new_structures_answers_as_before_until_it_has_learned(make_base, name):
    base = make_base(name)
    extended = with_structures(base, ("spleen", "pancreas", "liver"))
    assert extended.spec.outputs == ("background", "spleen", "pancreas", "liver")
    assert extended.added == ("pancreas", "liver")
    assert extended.key != base.key
    more = extended.in_channels - base.in_channels
    assert more == (2 if base.takes_clicks else 0)
    inputs = torch.rand((1, base.in_channels, *SIDES))
    silent = torch.cat([inputs, torch.zeros((1, more, *SIDES))], dim=1)
    with torch.inference_mode():
        before, after = base.built().eval()(inputs), extended.built().eval()(silent)
    assert torch.equal(before.argmax(1), after.argmax(1))
    assert torch.allclose(after[:, 2], before[:, 0] - 2, atol=1e-3)
    assert with_structures(base, ("spleen",)) is base


@pytest.mark.parametrize("name", ["deepedit", "unet", "dints"])
def test_each_kind_of_network_learns_and_goes_on_from_its_checkpoint(make_base, train, name):
    base = with_structures(make_base(name, "liver"), ("spleen",))
    tuner = train(base, 1)
    assert np.isfinite(tuner.figures[0].loss)
    assert tuner.figures[0].dice.keys() == {"spleen"}
    learned = tuner.best_weights()
    assert any(not torch.equal(table, base.weights[key]) for key, table in learned.items())
    statistics = [key for key in learned if "running" in key]
    assert all(torch.equal(learned[key], base.weights[key]) for key in statistics)
    again = train(base, 0)
    assert again.epoch == 1
    assert all(torch.equal(again.best_weights()[key], table) for key, table in learned.items())


def test_a_candidate_knows_the_new_structure_and_can_be_tuned_again(
    make_base, tmp_path, monkeypatch
):
    monkeypatch.setattr(structures, "_BY_NAME", dict(structures._BY_NAME))
    monkeypatch.setattr(structures, "_BY_VALUE", dict(structures._BY_VALUE))
    structures.add_structure("my organ")
    base = with_structures(make_base("deepedit"), ("my organ",))
    package = write_network_candidate(base, base.weights, "1.0.1", "2 cases", tmp_path / "new")
    check_files(package)
    assert package.whole_volume.inputs == ("image", "spleen", "background", "my organ")
    assert package.structures == ("spleen", "my organ")
    assert "Network 1.0.1: fine-tuned from 1.0.0" in package.sources[-1]
    again = network_base(package)
    assert again.weights.keys() == base.weights.keys()
    assert again.aliases == base.aliases


def test_clicks_are_drawn_into_the_channels_that_the_package_names(make_base):
    base = with_structures(make_base("deepedit"), ("pancreas",))
    clicks = {"background": [(2, 3, 4)], "pancreas": [(8, 9, 10)]}
    channels = network_inputs(np.zeros(SIDES, np.float32), clicks, base.spec)
    assert base.spec.inputs == ("image", "spleen", "background", "pancreas")
    assert [tuple(np.argwhere(c == 1)[0]) if c.any() else None for c in channels] == [
        None,
        None,
        (2, 3, 4),
        (8, 9, 10),
    ]


def test_what_nobody_labelled_counts_as_the_network_saw_it(make_base, train, make_patient):
    base = with_structures(make_base("unet", "liver"), ("spleen",))
    tuner = train(base, 0)
    case = network_case(*make_patient(3), SPLEEN, base.spec)
    assert case.labelled == (2,)
    sample = replace(case, image=np.zeros((1, 1, 3)), classes=np.array([[[0, 2, 0]]], np.uint8))
    taught = torch.zeros((3, 1, 1, 3))
    taught[1, 0, 0, :2] = 1.0  # the network sees liver in the first two voxels
    taught[2, 0, 0, 2] = 1.0  # and spleen, which was labelled elsewhere, in the third
    assert tuner._target(sample, taught).tolist() == [[[1, 2, 0]]]


def test_a_case_has_the_grid_of_the_network_whatever_its_axes(make_base, make_patient):
    volume, labels = make_patient(3)
    case = network_case(volume, labels, SPLEEN, make_base("deepedit").spec)
    assert case.image.shape == case.classes.shape == SIDES
    left = np.argwhere(case.classes == 1)[:, 0].mean()
    assert left < SIDES[0] / 2  # R grows towards the right, and spleens lie on the left


def test_memory_is_asked_of_the_network_and_pieces_shrink_where_they_may(make_base):
    unet = make_base("unet")
    recipe = network_recipe.network_recipe(FineTuneSettings("unet"), unet, "cpu")
    assert recipe.voxel_bytes == voxel_bytes(unet, SIDES) > 4
    large = replace(recipe, shapes=((96, 96, 96),), click=ClickRecipe(batch_size=2))
    sizes = []
    one = large
    while one is not None:
        sizes.append((one.click.batch_size, one.shapes[0][0]))
        assert one.bytes_needed <= large.bytes_needed
        one = one.smaller()
    assert sizes == [(2, 96), (1, 96), (1, 48)]
    assert replace(large, can_shrink=False).smaller().smaller() is None  # DeepEdit sees the whole


def test_a_network_that_came_without_weights_is_a_sentence(make_base):
    package = make_base("unet").package
    file = package.folder / "manifest.json"
    manifest = json.loads(file.read_text())
    del manifest["sliding_window"]["weights"]
    file.write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="no weights that can be trained"):
        network_base(package)


def test_a_job_teaches_an_imported_network_a_structure_that_it_lacked(
    make_base, make_project, tmp_path, monkeypatch
):
    make_base("unet", "liver")
    monkeypatch.setattr(network_recipe, "_PRESETS", {Preset.CPU: (1, 1, 2)})
    monkeypatch.setattr(course, "REPLAY_SEEDS", range(3000, 3001))
    monkeypatch.setattr(course, "GUARD_SEEDS", range(3004, 3004))
    monkeypatch.setattr(course, "REPLAY_SHAPE", (24, 48, 48))
    monkeypatch.setattr(job_run, "REFERENCE_SEEDS", range(0))
    monkeypatch.setattr(worker_module, "_be_modest", lambda _team: None)
    home = tmp_path
    places = JobPlaces((home / "models",), home / "versions", home, home, home / "locks")
    folder = make_project(train=1, validation=1, hold_out=1)
    with JobQueue.open(folder) as queue:
        queue.submit(FineTuneSettings("unet", device="cpu"))
        run_worker(folder, places, lambda _message: None, lambda: False)
        job = queue.get(1)
    assert job.state is JobState.REFUSED, job.message  # one patient is too few, or it is no better
    assert job.decision is not None
    lines = {(line.structure, line.measure): line for line in job.decision.comparisons}
    assert {structure for structure, _ in lines} == {"spleen"}
    assert all(line.active == 0 for line in lines.values())  # better than nothing is better
    assert ModelVersions(places.versions).installed("unet") == ()
    found = json.loads((folder / "jobs" / "1" / "candidate" / "manifest.json").read_text())
    assert found["sliding_window"]["outputs"] == ["background", "liver", "spleen"]
    network = folder / "jobs" / "1" / "candidate" / found["sliding_window"]["network"]["file"]
    stated = OnnxRuntimeEngine(network, may_use_gpu=False).metadata(SPACING_KEY)
    assert list(spacing_from(stated)) == found["sliding_window"]["spacing_ras_mm"]
