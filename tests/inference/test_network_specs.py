"""The parts of a manifest that describe MONAI's networks."""

import json

import pytest

from imaging import structures
from imaging.errors import ModelError
from inference.model_package import load_package


@pytest.fixture
def monai_manifest(manifest: dict) -> dict:
    """A package with a DeepEdit network for two structures and a sliding-window network."""
    network = manifest["automatic"]["network"]
    del manifest["automatic"], manifest["clicks"]
    manifest["whole_volume"] = {
        "network": network,
        "inputs": ["image", "spleen", "liver", "background"],
        "outputs": ["background", "spleen", "liver"],
        "size_ras": [128, 128, 96],
        "low_hu": -175,
        "high_hu": 250,
        "guidance_sigma_voxels": 3,
    }
    manifest["sliding_window"] = {
        "network": network,
        "outputs": ["background", "pancreas", "pancreas tumour"],
        "spacing_ras_mm": [1.0, 1.0, 1.0],
        "low_hu": -87,
        "high_hu": 199,
        "window_ras": [96, 96, 96],
        "overlap": 0.625,
        "blending": "constant",
        "batch": 4,
    }
    return manifest


@pytest.fixture(autouse=True)
def own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test adds to the organ table is gone after it."""
    for table in ("_BY_NAME", "_BY_VALUE"):
        monkeypatch.setattr(structures, table, dict(getattr(structures, table)))


def load(folder, manifest):
    folder.joinpath("manifest.json").write_text(json.dumps(manifest))
    return load_package(folder)


def test_monais_networks_say_what_they_can_do(package_folder, monai_manifest):
    package = load(package_folder, monai_manifest)
    assert package.takes_clicks
    assert not package.answers_any_structure
    assert package.automatic_structures == ("spleen", "liver", "pancreas", "pancreas tumour")
    assert package.structures == package.automatic_structures
    assert package.whole_volume.size_ras == (128, 128, 96)
    assert package.sliding_window.network.checked().name == "network.onnx"


def test_a_sliding_window_alone_takes_no_clicks(package_folder, monai_manifest):
    del monai_manifest["whole_volume"]
    assert not load(package_folder, monai_manifest).takes_clicks


@pytest.mark.parametrize(
    ("part", "key", "value", "named"),
    [
        ("whole_volume", "inputs", ["spleen", "liver", "background"], "does not begin with image"),
        ("whole_volume", "inputs", ["image", "spleen", "background"], "one click channel for each"),
        ("whole_volume", "outputs", ["spleen", "background", "liver"], "begin with background"),
        ("whole_volume", "low_hu", 250, "low_hu is not below"),
        ("sliding_window", "outputs", ["background", "spleen", "spleen"], "'spleen' twice"),
        ("sliding_window", "outputs", ["background", "antenna"], "custom_structures"),
        ("sliding_window", "overlap", 1, "sliding_window/overlap"),
        ("sliding_window", "spacing_ras_mm", [1, 1], "sliding_window/spacing_ras_mm"),
        ("sliding_window", "blending", "cubic", "sliding_window/blending"),
        (None, "custom_structures", [{"name": "wart", "label_value": 3}], "custom_structures"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(package_folder, monai_manifest, part, key, value, named):
    (monai_manifest[part] if part else monai_manifest)[key] = value
    with pytest.raises(ModelError, match=named):
        load(package_folder, monai_manifest)


def test_two_ways_to_answer_clicks_are_refused(package_folder, monai_manifest):
    monai_manifest["clicks"] = {
        "network": monai_manifest["whole_volume"]["network"],
        "structures": ["spleen"],
        "channels": ["image", "foreground", "background"],
        "spacing_mm": 2.0,
        "low_hu": -100,
        "high_hu": 100,
        "guidance_sigma_voxels": 3,
        "side_multiple": 16,
        "max_side": 128,
    }
    with pytest.raises(ModelError, match="answers clicks in one way"):
        load(package_folder, monai_manifest)


def test_a_model_may_bring_a_structure_that_the_table_lacks(package_folder, monai_manifest):
    monai_manifest["sliding_window"]["outputs"][2] = "appendix"
    monai_manifest["custom_structures"] = [{"name": "appendix"}]
    package = load(package_folder, monai_manifest)
    assert "appendix" in package.automatic_structures
    added = structures.structure_by_name("appendix")
    assert added.label_value == structures.custom_label_value("appendix")
    assert structures.structure_by_value(added.label_value) is added
    assert structures.all_structures()[-1] is added


def test_a_structure_that_is_known_stays_as_it_is(package_folder, monai_manifest):
    monai_manifest["custom_structures"] = [{"name": "spleen", "label_value": 99}]
    load(package_folder, monai_manifest)
    assert structures.structure_by_name("spleen").label_value == 1


def test_two_structures_never_share_a_value(package_folder, monai_manifest):
    monai_manifest["custom_structures"] = [
        {"name": "appendix", "label_value": 99},
        {"name": "colon", "label_value": 99},
    ]
    with pytest.raises(ModelError, match="which is that of 'appendix'"):
        load(package_folder, monai_manifest)
