import shutil

import pytest

import resources
from imaging.errors import ModelError, UntrustedModelError
from inference.bundles.bundle_files import open_bundle_files
from inference.bundles.bundle_reader import ReadingOptions, id_from, is_known_class, read_bundle
from inference.bundles.pipeline import SlidingWindowPipeline, WholeVolumePipeline

DEEPEDIT = ("0.1.0", "0.3.8", "0.4.7", "0.4.8", "0.4.9", "0.5.6")
ABDOMEN = {"spleen": 1, "kidney_right": 2, "liver": 6, "aorta": 8, "background": 0}


@pytest.mark.parametrize("version", DEEPEDIT)
@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_deepedit_is_understood_in_every_layout(read, monai_bundles, version, kind):
    model = read(monai_bundles.deepedit_config(version), kind=kind)
    assert model.pipeline == WholeVolumePipeline(
        size_ras=(16, 16, 16),
        low_hu=-175,
        high_hu=250,
        click_labels=(("spleen", 1), ("background", 0)),
        guidance_sigma_voxels=3.0,
    )
    assert model.inputs == ("image", "spleen", "background")
    assert model.outputs == ("background", "spleen")
    assert model.network.architecture["name"] == "DynUNet"
    assert model.network.architecture["strides"] == [1, 2, [2, 2, 1]]
    assert (model.network.in_channels, model.network.out_channels) == (3, 2)


@pytest.mark.parametrize("version", ["0.3.6", "0.5.9"])
def test_the_spleen_network_is_understood_in_every_layout(read, monai_bundles, version):
    about = monai_bundles.metadata(version, ["everything else", "Spleen"])
    model = read(monai_bundles.spleen_config(version), about)
    assert model.pipeline == SlidingWindowPipeline(
        spacing_ras_mm=(1.5, 1.5, 2.0),
        low_hu=-57,
        high_hu=164,
        window_ras=(16, 16, 16),
        overlap=0.5,
        blending="constant",
        batch=4,
    )
    assert (model.inputs, model.outputs) == (("image",), ("background", "spleen"))
    assert model.order_is_sure


@pytest.mark.parametrize("version", ["0.1.1", "0.5.0"])
def test_dints_brings_its_architecture_from_its_file(tmp_path, monai_bundles, version):
    torch = pytest.importorskip("torch")
    about = monai_bundles.metadata(version, ["background", "pancreas", "pancreatic tumor"])
    config = monai_bundles.dints_config(version)
    folder = monai_bundles.write_bundle(tmp_path / "dints", config, about, "yaml")
    found = monai_bundles.architecture()
    torch.save(found, folder / "models" / "search_code_18590.pt")
    (folder / "models" / "model.pt").touch()
    with open_bundle_files(folder) as files:
        model = read_bundle(files, tmp_path, ReadingOptions())
    architecture = model.network.architecture
    assert architecture["node_a"] == found["node_a"].tolist()
    assert architecture["dints_space"]["arch_code"] == [
        found["arch_code_a"].tolist(),
        found["arch_code_c"].tolist(),
    ]
    assert "device" not in architecture["dints_space"]
    assert model.outputs == ("background", "pancreas", "pancreas tumour")
    assert model.pipeline.overlap == 0.625


@pytest.mark.parametrize(
    ("name", "network", "outputs"),
    [
        ("spleen_deepedit", "DynUNet", ("background", "spleen")),
        ("spleen_unet", "UNet", ("background", "spleen")),
        ("abdomen_deepedit", "DynUNet", ("background", "spleen", "pancreas", "pancreas tumour")),
        ("pancreas_dints", "DiNTS", ("background", "pancreas", "pancreas tumour")),
    ],
)
def test_our_own_bundles_are_understood(tmp_path, name, network, outputs):
    folder = tmp_path / name
    shutil.copytree(resources.path(f"bundles/{name}"), folder)
    (folder / "models").mkdir(exist_ok=True)
    (folder / "models" / "model.pt").touch()
    with open_bundle_files(folder) as files:
        model = read_bundle(files, tmp_path, ReadingOptions())
    assert (model.network.name, model.outputs) == (network, outputs)
    assert (model.suggested_id, model.text.licence) == (name, "Apache-2.0")
    if len(model.inputs) > 1:
        assert model.inputs == ("image", *outputs[1:], "background")


def test_labels_with_gaps_are_numbered_in_order_and_called_by_our_names(read, monai_bundles):
    model = read(monai_bundles.deepedit_config(labels=ABDOMEN))
    organs = ("spleen", "right kidney", "liver", "aorta")
    assert model.inputs == ("image", *organs, "background")
    assert model.outputs == ("background", *organs)


def test_values_without_gaps_decide_the_order_of_the_classes(read, monai_bundles):
    model = read(monai_bundles.deepedit_config(labels={"liver": 2, "background": 0, "spleen": 1}))
    assert model.inputs == ("image", "liver", "background", "spleen")
    assert model.outputs == ("background", "spleen", "liver")


def test_training_by_a_monai_that_sorts_labels_shows_in_the_order(read, monai_bundles):
    about = monai_bundles.metadata("1.0.0", [], monai_version="1.6.1")
    sorts = '{"a": {"_target_": "monai.apps.deepedit.transforms.NormalizeLabelsInDatasetd"}}'
    model = read(monai_bundles.deepedit_config(labels=ABDOMEN), about, train=sorts)
    # by the bundle's words: aorta, kidney_right, liver, spleen
    organs = ("aorta", "right kidney", "liver", "spleen")
    assert model.inputs == ("image", "background", *organs)
    assert model.outputs == ("background", *organs)


def test_training_by_an_older_monai_keeps_the_order(read, monai_bundles):
    sorts = '{"a": {"_target_": "NormalizeLabelsInDatasetd"}}'
    model = read(monai_bundles.deepedit_config(), train=sorts)
    assert model.inputs == ("image", "spleen", "background")
    assert not model.order_is_sure


def test_the_user_may_say_what_the_click_channels_are(read, monai_bundles):
    model = read(monai_bundles.deepedit_config(), click_order="background,spleen")
    assert model.inputs == ("image", "background", "spleen")
    assert model.outputs == ("background", "spleen")
    assert model.order_is_sure


def test_a_click_order_of_other_names_is_refused(read, monai_bundles):
    with pytest.raises(ModelError, match=r"must name each of these once: spleen, background"):
        read(monai_bundles.deepedit_config(), click_order="liver,background")


def test_the_user_may_name_the_classes(read, monai_bundles):
    model = read(monai_bundles.spleen_config(), labels=("Bile duct",))
    assert model.outputs == ("background", "bile duct")


def test_more_names_than_classes_are_refused(read, monai_bundles):
    with pytest.raises(ModelError, match="gives 2 channels, and the bundle describes 3"):
        read(monai_bundles.spleen_config(), labels=("liver", "spleen"))


def test_metadata_without_classes_ask_for_names(read, monai_bundles):
    with pytest.raises(ModelError, match="--labels"):
        read(monai_bundles.spleen_config(), {"version": "1.0.0"})


def test_words_of_the_bundle_are_kept(read, monai_bundles):
    model = read(monai_bundles.spleen_config())
    assert (model.text.title, model.text.version) == ("A bundle", "1.0.0")
    assert any("mean Dice of 0.96" in line for line in model.text.sources)
    assert model.text.training_data == ("Task09_Spleen.tar from http://medicaldecathlon.com/",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"a_min": 300}, "no range of HU"),
        ({"clip": False}, "clip"),
        ({"b_max": 2}, "b_max 1"),
        ({"b_min": "@network_def"}, "b_min"),
    ],
)
def test_another_scaling_is_refused(read, monai_bundles, change, words):
    config = monai_bundles.spleen_config()
    config["preprocessing"]["transforms"][4] |= change
    with pytest.raises(ModelError, match=words):
        read(config)


def test_a_known_transform_in_another_order_is_refused(read, monai_bundles):
    config = monai_bundles.spleen_config()
    steps = config["preprocessing"]["transforms"]
    steps[3], steps[4] = steps[4], steps[3]
    with pytest.raises(ModelError, match="order"):
        read(config)


@pytest.mark.parametrize(
    ("place", "name", "value"),
    [
        ("Orientationd", "axcodes", "LPS"),
        ("Spacingd", "mode", "nearest"),
        ("Spacingd", "align_corners", True),
        ("LoadImaged", "affine_lps_to_ras", False),
        ("EnsureTyped", "invented", 1),
    ],
)
def test_another_parameter_of_a_known_transform_is_refused_by_name(
    read, monai_bundles, place, name, value
):
    config = monai_bundles.spleen_config()
    for step in config["preprocessing"]["transforms"]:
        if step["_target_"] == place:
            step[name] = value
    with pytest.raises(ModelError, match=f"{place} with '{name}'"):
        read(config)


def test_a_disabled_transform_counts_as_absent(read, monai_bundles):
    config = monai_bundles.spleen_config()
    flip = {"_target_": "Resized", "keys": "image", "spatial_size": 8, "_disabled_": True}
    config["preprocessing"]["transforms"].append(flip)
    assert isinstance(read(config).pipeline, SlidingWindowPipeline)


def test_an_unknown_transform_needs_trust_and_says_the_hash(read, monai_bundles):
    config = monai_bundles.spleen_config()
    config["preprocessing"]["transforms"].append(monai_bundles.transform("CropForegroundd"))
    with pytest.raises(UntrustedModelError, match="'CropForegroundd'") as caught:
        read(config)
    assert caught.value.sha256 in str(caught.value)
    assert len(caught.value.sha256) == 64


def test_weights_that_were_not_downloaded_are_named(tmp_path, monai_bundles):
    about = monai_bundles.metadata("1.0.0", ["background", "spleen"])
    folder = monai_bundles.write_bundle(tmp_path / "b", monai_bundles.spleen_config(), about)
    with (
        open_bundle_files(folder) as files,
        pytest.raises(ModelError, match=r"models/model\.pt.*large_files\.yml"),
    ):
        read_bundle(files, tmp_path, ReadingOptions())


@pytest.mark.parametrize(
    ("target", "is_known"),
    [
        ("UNet", True),
        ("monai.networks.nets.UNet", True),
        ("monai.networks.nets.unet.UNet", True),
        ("scripts.transforms.OrientationGuidanceMultipleLabelDeepEditd", True),
        ("torch.nn.UNet", False),
        ("monai.UNet.evil", False),
        ("os.system", False),
        ("monai..UNet", False),
    ],
)
def test_classes_are_known_by_name_and_origin(target, is_known):
    assert is_known_class(target) is is_known


@pytest.mark.parametrize(
    ("name", "model_id"),
    [("Spleen-CT v2", "spleen_ct_v2"), ("09 spleen", "model_09_spleen"), ("Ü", "model")],
)
def test_ids_are_made_of_names(name, model_id):
    assert id_from(name) == model_id
