import json
import shutil

import pytest

from imaging.errors import ModelError
from inference.model_package import load_package
from inference.model_store import ModelStore
from inference.model_versions import ActiveVersion, ModelVersions


@pytest.fixture
def versions(tmp_path_factory):
    return ModelVersions(tmp_path_factory.mktemp("models") / "versions")


@pytest.fixture
def store(package, versions, tmp_path_factory):
    """The package of the fixture, installed, and a place for versions of it."""
    folder = tmp_path_factory.mktemp("installed")
    shutil.copytree(package.folder, folder / package.id)
    return ModelStore((folder,), versions)


@pytest.fixture
def make_version(package, tmp_path_factory):
    """A package of the same model with another number and other weights."""

    def make(version):
        folder = tmp_path_factory.mktemp("made") / version
        shutil.copytree(package.folder, folder)
        manifest = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps(manifest | {"version": version}))
        return load_package(folder)

    return make


def test_a_model_without_promoted_versions_is_as_it_was_installed(store, versions, package):
    assert store.find(package.id).version == "1.0.0"
    assert versions.active(package.id) == ActiveVersion()
    with pytest.raises(ModelError, match="as it was installed"):
        versions.roll_back(package.id)


def test_a_version_that_was_only_added_is_not_used(store, versions, make_version):
    versions.add(make_version("1.0.1"))
    assert store.find("bench").version == "1.0.0"
    assert [one.version for one in versions.installed("bench")] == ["1.0.1"]


def test_promoting_switches_and_rolling_back_leads_through_all_versions_before(
    store, versions, make_version
):
    for version in ("1.0.1", "1.0.2"):
        versions.add(make_version(version))
        versions.promote("bench", version)
    assert store.find("bench").version == "1.0.2"
    assert store.installed("bench").version == "1.0.0"
    assert versions.roll_back("bench") == "1.0.1"
    assert store.find("bench").version == "1.0.1"
    assert versions.roll_back("bench") is None
    assert store.find("bench").version == "1.0.0"


def test_promoting_the_active_version_again_changes_nothing(versions, make_version):
    versions.add(make_version("1.0.1"))
    versions.promote("bench", "1.0.1")
    versions.promote("bench", "1.0.1")
    assert versions.active("bench") == ActiveVersion("1.0.1", (None,))


def test_a_version_is_never_overwritten(versions, make_version):
    package = make_version("1.0.1")
    versions.add(package)
    with pytest.raises(ModelError, match="exists already"):
        versions.add(package)


def test_numbers_count_up_by_value_and_not_by_letters(store, versions, make_version):
    installed = store.installed("bench")
    assert versions.next_version(installed) == "1.0.1"
    for version in ("1.0.9", "1.0.10"):
        versions.add(make_version(version))
    assert versions.next_version(installed) == "1.0.11"


def test_a_version_with_a_damaged_file_is_neither_added_nor_promoted(versions, make_version):
    damaged = make_version("1.0.1")
    (damaged.folder / "network.onnx").write_bytes(b"other")
    with pytest.raises(ModelError, match=r"network\.onnx of bench 1\.0\.1 is missing or has"):
        versions.add(damaged)
    kept = versions.add(make_version("1.0.2"))
    (kept.folder / "network.onnx").unlink()
    with pytest.raises(ModelError, match="missing or has changed"):
        versions.promote("bench", "1.0.2")
    assert versions.active("bench") == ActiveVersion()


def test_where_the_active_version_is_gone_the_one_before_is_used(store, versions, make_version):
    for version in ("1.0.1", "1.0.2"):
        versions.add(make_version(version))
        versions.promote("bench", version)
    shutil.rmtree(versions.folder_of("bench", "1.0.2"))
    assert store.find("bench").version == "1.0.1"
    shutil.rmtree(versions.folder_of("bench", "1.0.1"))
    assert store.find("bench").version == "1.0.0"


def test_a_half_copied_version_cannot_be_chosen(store, versions, make_version):
    package = make_version("1.0.1")
    torn = versions.folder_of("bench", "x").parent / ".0123.part"
    shutil.copytree(package.folder, torn)
    assert versions.installed("bench") == ()
    with pytest.raises(ModelError):
        versions.promote("bench", "1.0.1")
    assert store.find("bench").version == "1.0.0"


def test_a_choice_that_cannot_be_read_counts_as_none(store, versions, make_version):
    versions.add(make_version("1.0.1"))
    versions.promote("bench", "1.0.1")
    (versions.folder_of("bench", "x").parent / "active.json").write_text("{")
    assert store.find("bench").version == "1.0.0"


def test_the_stamp_changes_with_every_choice_and_with_nothing_else(store, versions, make_version):
    stamps = [versions.stamp("bench")]
    assert stamps == [None]
    versions.add(make_version("1.0.1"))
    assert versions.stamp("bench") is None
    versions.promote("bench", "1.0.1")
    stamps.append(versions.stamp("bench"))
    store.find("bench")
    assert versions.stamp("bench") == stamps[-1]
    versions.roll_back("bench")
    stamps.append(versions.stamp("bench"))
    assert len(set(stamps)) == 3


def test_a_store_knows_its_own_packages_from_those_of_other_folders(store, versions, make_version):
    made = make_version("1.0.1")
    assert not store.has(made)
    assert store.has(versions.add(made))
    assert store.has(store.installed("bench"))
