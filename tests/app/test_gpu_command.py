"""`maskwright gpu`: from a file or an address, never without knowing what it is."""

import hashlib
import json
import zipfile

import pytest

from app.cli import run
from app.paths import AppPaths
from inference.engines.gpu_pack import GPU_PACK_VARIABLE, installed_pack, this_platform, this_python


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(GPU_PACK_VARIABLE, "")
    return AppPaths.of_user()


@pytest.fixture
def pack(tmp_path):
    data = b"a library"
    files = {"lib/libcudart.so": {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}}
    path = tmp_path / "pack.zip"
    manifest = {
        "format": 1,
        "version": "1.2",
        "platform": this_platform(),
        "python": this_python(),
        "contents": ["nvidia-cuda-runtime 13.0"],
        "files": files,
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("gpu_pack.json", json.dumps(manifest))
        archive.writestr("lib/libcudart.so", data)
    return path


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_is_installed_shown_and_removed(pack, home, capsys):
    assert run(["gpu", "install", "--from", str(pack), "--sha256", sha256(pack)]) == 0
    assert installed_pack(home.gpu_pack).version == "1.2"
    assert run(["gpu", "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["files"] == 1
    assert run(["gpu", "show"]) == 0
    assert "nvidia-cuda-runtime 13.0" in capsys.readouterr().out
    assert run(["gpu", "remove"]) == 0
    assert not home.gpu_pack.exists()
    assert pack.exists()


def test_a_download_goes_on_where_it_broke_off(pack, home, serve):
    server = serve(pack.read_bytes())
    server.behaviour.cuts = [200, 100]
    assert run(["gpu", "install", "--from", server.url, "--sha256", sha256(pack)]) == 0
    assert installed_pack(home.gpu_pack).version == "1.2"
    assert server.behaviour.sent <= 1.1 * pack.stat().st_size
    assert list(home.downloads.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Which pack?"),
        (["--from", "no-such-file.zip"], "There is no file"),
        (["--from", "https://example.org/pack.zip"], "only together with its hash"),
        (["--from", "pack.zip", "--sha256", "abc"], "64 hexadecimal digits"),
    ],
)
def test_what_is_missing_is_said(arguments, sentence, capsys):
    assert run(["gpu", "install", *arguments]) == 1
    assert sentence in capsys.readouterr().err


def test_another_file_than_that_of_the_hash_is_refused(pack, home, serve, capsys):
    for source in (str(pack), serve(pack.read_bytes()).url):
        assert run(["gpu", "install", "--from", source, "--sha256", "0" * 64]) == 1
        assert "Nothing was installed" in capsys.readouterr().err.replace("nothing", "Nothing")
    assert not home.gpu_pack.exists()
