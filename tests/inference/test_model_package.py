import json

import pytest

from imaging.errors import ModelError
from inference.model_package import load_package
from inference.model_store import ModelStore


def test_a_package_says_what_it_can_do(package):
    assert package.automatic_structures == ("spleen",)
    assert package.structures == ("spleen", "pancreas")
    assert package.takes_clicks


def test_a_file_that_changed_is_refused_in_a_sentence(package):
    package.folder.joinpath("network.onnx").write_bytes(b"another")
    with pytest.raises(ModelError, match=r"network\.onnx is not the one"):
        package.clicks.network.checked()


def test_a_missing_file_is_refused_in_a_sentence(package):
    package.folder.joinpath("network.onnx").unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        package.clicks.network.checked()


@pytest.mark.parametrize(
    ("part", "key", "value", "named"),
    [
        (None, "id", "Bad Id", "id"),
        (None, "schema_version", 2, "schema_version"),
        ("clicks", "channels", ["image", "depth", "mask"], "clicks/channels"),
        ("clicks", "spacing_mm", 0, "clicks/spacing_mm"),
        ("clicks", "channels", ["mask", "foreground", "background"], "no image"),
        ("clicks", "max_side", 120, "no multiple of side_multiple"),
        ("clicks", "high_hu", -100, "clicks/low_hu is not below"),
        ("clicks", "structures", ["spleen", "antenna"], "no 'antenna'"),
        ("automatic", "high_hu", -200, "automatic/low_hu is not below"),
        ("automatic", "structures", [], "automatic/structures"),
        ("automatic", "network", {"file": "../x", "sha256": "0" * 64}, "automatic/network/file"),
    ],
)
def test_a_manifest_with_a_wrong_entry_is_refused_by_name(
    package_folder, manifest, part, key, value, named
):
    (manifest[part] if part else manifest)[key] = value
    package_folder.joinpath("manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match=named):
        load_package(package_folder)


def test_a_folder_without_a_manifest_is_no_package(tmp_path):
    with pytest.raises(ModelError, match="no model package"):
        load_package(tmp_path)


def test_a_manifest_that_is_no_json_is_refused(package_folder):
    package_folder.joinpath("manifest.json").write_text("{")
    with pytest.raises(ModelError, match="not valid JSON"):
        load_package(package_folder)


def test_the_store_leaves_a_broken_package_out_and_names_the_others(package_folder, tmp_path):
    broken = tmp_path / "packages" / "broken"
    broken.mkdir(parents=True)
    broken.joinpath("manifest.json").write_text("{}")
    good = tmp_path / "packages" / "good"
    good.mkdir()
    for name in ("manifest.json", "network.onnx"):
        good.joinpath(name).write_bytes(package_folder.joinpath(name).read_bytes())
    store = ModelStore([tmp_path / "packages"])
    assert [package.id for package in store.packages()] == ["bench"]
    with pytest.raises(ModelError, match="Installed: bench"):
        store.find("other")


def test_a_store_with_nothing_but_a_broken_package_says_what_is_wrong_with_it(tmp_path):
    tmp_path.joinpath("broken").mkdir()
    tmp_path.joinpath("broken", "manifest.json").write_text("{")
    with pytest.raises(ModelError, match=r"broken is not valid JSON\. Install the program again"):
        ModelStore([tmp_path]).find()


def test_an_empty_store_says_so(tmp_path):
    with pytest.raises(ModelError, match="No model is installed"):
        ModelStore([tmp_path]).find()


def test_the_shipped_model_is_whole_and_small():
    package = ModelStore().find()
    assert package.takes_clicks
    assert "spleen" in package.automatic_structures
    package.automatic.network.checked()
    package.clicks.network.checked()
    assert sum(file.stat().st_size for file in package.folder.glob("*.onnx")) < 5_000_000
