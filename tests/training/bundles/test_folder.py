"""The shipped bundles are complete, agree with each other, and can be copied and varied."""

import ast
import json
import re
from pathlib import Path

import jsonschema
import pytest

from imaging.errors import ModelError, WriteError
from training.bundles import commands
from training.bundles.folder import BundleFolder, copy_bundle, shipped_bundles

PROJECT = Path(__file__).resolve().parents[3]
BUNDLES = {bundle.root.name: bundle for bundle in shipped_bundles()}
CONFIGS = (
    "train",
    "evaluate",
    "inference",
    "inference_trt",
    "multi_gpu_train",
    "multi_gpu_evaluate",
)

each_bundle = pytest.mark.parametrize("bundle", BUNDLES.values(), ids=BUNDLES)


def test_four_bundles_ship():
    assert set(BUNDLES) == {"abdomen_deepedit", "pancreas_dints", "spleen_deepedit", "spleen_unet"}


@each_bundle
def test_a_bundle_is_complete(bundle):
    for name in CONFIGS:
        assert bundle.has_config(name)
    for file in ("LICENSE", "docs/README.md", "configs/logging.conf", "scripts/__init__.py"):
        assert (bundle.root / file).is_file()


@each_bundle
def test_its_metadata_keep_the_schema_beside_them(bundle):
    schema = json.loads((bundle.root / "configs/schema.json").read_text("utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(bundle.metadata, schema)


@pytest.mark.parametrize(
    "key", ["version", "monai_version", "task", "network_data_format", "changelog"]
)
def test_the_schema_refuses_metadata_that_lack_something(key):
    bundle = BUNDLES["spleen_unet"]
    schema = json.loads((bundle.root / "configs/schema.json").read_text("utf-8"))
    metadata = bundle.metadata
    del metadata[key]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(metadata, schema)


@each_bundle
def test_its_readme_names_only_files_that_exist(bundle):
    text = (bundle.root / "docs/README.md").read_text("utf-8")
    named = set(re.findall(r"(?:configs|scripts)/\w+\.(?:json|yaml|py)", text))
    made = {"configs/dataset_0.json"}
    assert named - made
    assert not [name for name in named - made if not (bundle.root / name).is_file()]


@pytest.mark.parametrize(
    "file", ["scripts/data_set.py", "configs/schema.json", "configs/logging.conf", "LICENSE"]
)
def test_files_that_every_bundle_has_are_copies(file):
    texts = {(bundle.root / file).read_text("utf-8") for bundle in BUNDLES.values()}
    assert len(texts) == 1


def test_the_deepedit_bundles_differ_only_in_their_structures():
    spleen, abdomen = BUNDLES["spleen_deepedit"].root, BUNDLES["abdomen_deepedit"].root
    for name in ("train", "inference"):
        one, other = (
            json.loads((root / f"configs/{name}.json").read_text("utf-8"))
            for root in (spleen, abdomen)
        )
        differing = {key for key in one if one[key] != other[key]}
        assert differing <= {"label_names", "label_aliases"}
    for file in ("scripts/clicks.py", "configs/unetr.json"):
        assert (spleen / file).read_text("utf-8") == (abdomen / file).read_text("utf-8")


@each_bundle
def test_training_and_inference_describe_the_same_network(bundle):
    if bundle.config("train").endswith(".yaml"):
        yaml = pytest.importorskip("yaml")
        read = yaml.safe_load
    else:
        read = json.loads
    train, inference = (
        read((bundle.root / bundle.config(name)).read_text("utf-8"))
        for name in ("train", "inference")
    )
    shared = set(train) & set(inference)
    assert {"network_def", "label_names"} <= shared
    different = {key for key in shared if train[key] != inference[key]}
    assert different == {"run"}


@each_bundle
def test_scripts_load_no_code_from_data(bundle):
    for file in (bundle.root / "scripts").glob("*.py"):
        called = {
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.Call)
        }
        assert not called & {"eval", "exec", "pickle.load", "torch.load"}


def test_a_copy_with_other_structures_says_so_everywhere(tmp_path):
    bundle = copy_bundle("abdomen_deepedit", tmp_path / "btcv", ("btcv", "unetr"))
    inputs = bundle.metadata["network_data_format"]["inputs"]["image"]
    outputs = bundle.metadata["network_data_format"]["outputs"]["pred"]
    assert inputs["num_channels"] == 10
    assert inputs["channel_def"]["1"] == "spleen clicks"
    assert inputs["channel_def"]["9"] == "background clicks"
    assert outputs["channel_def"] == dict(
        enumerate_text(
            "background",
            "spleen",
            "right kidney",
            "left kidney",
            "gallbladder",
            "esophagus",
            "liver",
            "stomach",
            "aorta",
        )
    )
    for name in ("train", "inference"):
        config = json.loads((bundle.root / bundle.config(name)).read_text("utf-8"))
        assert config["network_def"]["_target_"] == "UNETR"
        assert list(config["label_names"])[-1] == "background"
    assert commands.takes_clicks(bundle)


def enumerate_text(*names):
    return ((str(number), name) for number, name in enumerate(names))


def test_a_copy_does_not_overwrite(tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(WriteError, match="exists already"):
        copy_bundle("spleen_unet", tmp_path / "there")


@pytest.mark.parametrize(
    ("name", "variants", "sentence"),
    [
        ("liver", (), "There is no bundle 'liver'; choose one of: abdomen_deepedit"),
        ("spleen_unet", ("unetr",), "has no variant 'unetr'"),
    ],
)
def test_unknown_bundles_and_variants_are_refused(tmp_path, name, variants, sentence):
    with pytest.raises(ModelError, match=sentence):
        copy_bundle(name, tmp_path / "new", variants)
    assert not (tmp_path / "new").exists()


def test_a_folder_without_metadata_is_no_bundle(tmp_path):
    with pytest.raises(ModelError, match="is no MONAI bundle"):
        BundleFolder.at(tmp_path)


def test_work_that_needs_weights_says_to_train_first(tmp_path):
    bundle = copy_bundle("spleen_unet", tmp_path / "new")
    for make in (
        lambda: commands.evaluate(bundle, tmp_path, {}),
        lambda: commands.infer(bundle, {"image": "x"}, {}),
        lambda: commands.export_torchscript(bundle, {}),
    ):
        with pytest.raises(ModelError, match="Train it first"):
            make()


def test_only_what_can_be_done_is_offered(tmp_path):
    bundle = copy_bundle("spleen_unet", tmp_path / "new")
    bundle.weights.parent.mkdir()
    bundle.weights.touch()
    with pytest.raises(ModelError, match="takes no clicks"):
        commands.infer(bundle, {"image": "x"}, {}, clicks=tmp_path / "clicks.json")
    with pytest.raises(ModelError, match="nothing to search"):
        commands.search(bundle, tmp_path, {})
    with pytest.raises(ModelError, match="no training to go on with"):
        commands.train(bundle, tmp_path, {}, resume=True)
