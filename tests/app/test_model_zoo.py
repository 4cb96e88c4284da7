import hashlib
import json
import zipfile
from dataclasses import replace

import pytest

import app.model_zoo
import training.missing_libraries
from app.cli import run
from app.model_import import ModelImporter
from app.model_zoo import ZOO, ZooInstaller, zoo_model
from app.paths import HOME_VARIABLE, AppPaths
from app.settings import Settings, SettingsStore
from imaging.errors import CancelledError, DownloadError, ModelError, UnreachableError
from inference.downloads import Downloader

NAME = "spleen_ct_segmentation"


@pytest.fixture
def archive(tmp_path):
    """A model as an archive, as a server might hold it; ours, which is imported in no time."""
    network = b"network"
    manifest = {
        "schema_version": 1,
        "id": "as_written",
        "version": "1.2.0",
        "title": "A model",
        "licence": "Apache-2.0",
        "sources": ["a test"],
        "training_data": ["nobody"],
        "sliding_window": {
            "network": {"file": "n.onnx", "sha256": hashlib.sha256(network).hexdigest()},
            "outputs": ["background", "spleen"],
            "spacing_ras_mm": [1.5, 1.5, 2],
            "low_hu": -57,
            "high_hu": 164,
            "window_ras": [96, 96, 96],
            "overlap": 0.5,
            "blending": "constant",
            "batch": 4,
        },
    }
    path = tmp_path / "served.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("manifest.json", json.dumps(manifest))
        file.writestr("n.onnx", network)
    return path.read_bytes()


@pytest.fixture
def server(serve, archive):
    return serve(archive)


@pytest.fixture
def served(server, archive):
    """The Model Zoo's model, as this computer's server has it."""
    host = server.url.removesuffix("/model.zip")
    return replace(zoo_model(NAME), host=host, sha1=hashlib.sha1(archive).hexdigest())


@pytest.fixture
def installer(tmp_path):
    importer = ModelImporter(tmp_path / "models", tmp_path / "versions", frozenset)
    downloads = tmp_path / "downloads"
    return ZooInstaller(
        importer, downloads, downloader=Downloader(downloads, pause=lambda _seconds: None)
    )


def install(installer, model, model_id=None, is_cancelled=lambda: False):
    told = []

    def report(share, text):
        told.append((share, text))

    return installer.install(model, model_id, report, is_cancelled), told


def test_a_model_is_downloaded_checked_and_installed(installer, served, server, tmp_path):
    imported, told = install(installer, served)
    assert imported.package.id == NAME
    assert (tmp_path / "models" / NAME / "n.onnx").read_bytes() == b"network"
    assert server.behaviour.requests[0]["path"].endswith(
        "/spleen_ct_segmentation/versions/0.5.9/files/spleen_ct_segmentation_v0.5.9.zip"
    )
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert list((tmp_path / "downloads").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"<html>Sign in</html>", b"PK\x05\x06" + bytes(18)])
def test_what_has_another_hash_is_never_installed(installer, served, server, tmp_path, content):
    server.behaviour.content = content
    with pytest.raises(DownloadError, match="its SHA1 is not"):
        install(installer, served)
    assert not (tmp_path / "models").exists()
    assert list((tmp_path / "downloads").iterdir()) == []


def test_an_installation_that_broke_off_goes_on(installer, served, server, archive):
    server.behaviour.cuts = [len(archive) // 2, 0, 0, 0, 0]
    with pytest.raises(UnreachableError):
        install(installer, served)
    install(installer, served)
    assert server.behaviour.sent <= 1.1 * len(archive)


def test_without_a_network_it_is_said_how_to_carry_the_file_over(installer, served, server):
    server.stop()
    with pytest.raises(UnreachableError) as caught:
        install(installer, served)
    for part in (served.url, served.sha1, f"maskwright models import {served.file_name}"):
        assert part in str(caught.value)


def test_a_cancelled_installation_installs_nothing(installer, served, tmp_path):
    with pytest.raises(CancelledError):
        install(installer, served, is_cancelled=lambda: True)
    assert not (tmp_path / "models").exists()


def test_an_id_that_is_taken_is_said_before_anything_is_downloaded(installer, served, server):
    install(installer, served)
    asked = len(server.behaviour.requests)
    with pytest.raises(ModelError, match="There is a model spleen_ct_segmentation already"):
        install(installer, served)
    assert len(server.behaviour.requests) == asked
    assert install(installer, served, "another")[0].package.id == "another"


def test_without_pytorch_nothing_is_downloaded(installer, served, server, monkeypatch):
    monkeypatch.setattr(training.missing_libraries, "find_spec", lambda _name: None)
    with pytest.raises(ModelError, match="needs PyTorch and MONAI"):
        install(installer, served)
    assert server.behaviour.requests == []


def test_every_model_of_the_zoo_is_fetched_encrypted_and_known_by_its_hash():
    for model in ZOO:
        assert model.url.startswith("https://api.ngc.nvidia.com/")
        assert len(bytes.fromhex(model.sha1)) == 20
        assert model.about_mb * 10**6 < app.model_zoo.MAX_BUNDLE_BYTES
        assert "Apache License 2.0" in model.terms
        assert "CC BY-SA 4.0" in model.terms


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ModelError, match="spleen_deepedit_annotation"):
        zoo_model("liver")


@pytest.fixture
def at_home(monkeypatch, tmp_path, served):
    """The commands' own home, and a Model Zoo that is on this computer."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setattr(app.model_zoo, "ZOO", (served,))


@pytest.mark.usefixtures("at_home")
def test_the_command_wants_the_licence_accepted_first(server, capsys):
    assert run(["models", "install", NAME]) == 1
    said = capsys.readouterr().err
    assert "Apache License 2.0" in said
    assert f"maskwright models install {NAME} --accept-licence" in said
    assert server.behaviour.requests == []


@pytest.mark.usefixtures("at_home")
def test_the_command_installs_and_says_what(capsys):
    assert run(["models", "install", NAME, "--accept-licence", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == NAME


@pytest.mark.usefixtures("at_home")
def test_the_command_imports_a_file_as_before(archive, tmp_path, server, capsys):
    (tmp_path / "carried.zip").write_bytes(archive)
    assert run(["models", "install", str(tmp_path / "carried.zip")]) == 0
    assert "as_written 1.2.0 is installed: spleen" in capsys.readouterr().out
    assert server.behaviour.requests == []


@pytest.mark.usefixtures("at_home")
def test_the_command_goes_through_the_proxy_of_the_settings(server, served, tmp_path, monkeypatch):
    monkeypatch.setattr(app.model_zoo, "ZOO", (replace(served, host="http://zoo.invalid"),))
    settings = SettingsStore(AppPaths.under(tmp_path / "home").settings_file)
    settings.change(Settings(proxy=server.url.removesuffix("/model.zip")))
    settings.save()
    assert run(["models", "install", NAME, "--accept-licence"]) == 0
    assert server.behaviour.requests[0]["path"].startswith("http://zoo.invalid/")


@pytest.mark.usefixtures("at_home")
def test_without_a_name_the_command_lists_the_zoo_and_asks_nobody(server, capsys):
    assert run(["models", "install", "--json"]) == 0
    assert [model["name"] for model in json.loads(capsys.readouterr().out)] == [NAME]
    assert server.behaviour.requests == []


@pytest.mark.usefixtures("at_home")
def test_an_archive_that_was_carried_over_is_known_by_its_hash(archive, served, tmp_path, capsys):
    carried = tmp_path / served.file_name
    carried.write_bytes(archive[:-1])
    assert run(["models", "install", str(carried)]) == 1
    assert "is not the archive that the Model Zoo lists" in capsys.readouterr().err
    carried.write_bytes(archive)
    assert run(["models", "install", str(carried)]) == 0
