"""GPU packs: whole or not at all, only what their list names, only for this program."""

import hashlib
import json
import os
import stat
import subprocess
import sys
import zipfile

import pytest

from imaging.errors import CancelledError, EngineError, ModelError
from inference.engines import gpu_pack
from inference.engines.gpu_pack import (
    GPU_PACK_VARIABLE,
    announce_pack,
    announced_version,
    installed_pack,
    this_platform,
    this_python,
    use_pack,
)
from inference.engines.gpu_pack_archive import install_pack, remove_pack

FILES = {"lib/libcudart.so.13": b"a library", "python/made_up_rtx/__init__.py": b"ANSWER = 42\n"}


def ignore(_share, _text):
    """Nobody watches."""


def never():
    return False


def manifest_of(packed, **changes):
    listed = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for name, data in packed.items()
    }
    fields = {
        "format": 1,
        "version": "1.2",
        "platform": this_platform(),
        "python": this_python(),
        "contents": ["nvidia-cuda-runtime 13.0"],
        "files": listed,
    }
    return json.dumps(fields | changes).encode()


@pytest.fixture
def make_pack(tmp_path):
    def make(files=FILES, manifest=None, more=()):
        path = tmp_path / "pack.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("gpu_pack.json", manifest or manifest_of(files))
            for name, data in (*files.items(), *more):
                archive.writestr(name, data)
        return path

    return make


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "gpu-pack"


def left_beside(folder):
    return [path.name for path in folder.parent.iterdir()] if folder.parent.exists() else []


def install(path, folder):
    return install_pack(path, folder, ignore, never)


def test_a_pack_is_unpacked_whole_and_found_again(make_pack, folder):
    pack = install(make_pack(), folder)
    assert pack == installed_pack(folder)
    assert pack.version == "1.2"
    for name, data in FILES.items():
        assert (folder / name).read_bytes() == data
    assert left_beside(folder) == ["gpu-pack"]


def test_a_newer_pack_takes_the_place_of_the_older_one_with_all_its_files(make_pack, folder):
    install(make_pack(FILES | {"lib/libold.so": b"old"}), folder)
    newer = {"lib/libnew.so": b"new"}
    install(make_pack(newer, manifest_of(newer, version="1.3")), folder)
    assert installed_pack(folder).version == "1.3"
    assert [path.name for path in (folder / "lib").iterdir()] == ["libnew.so"]
    assert left_beside(folder) == ["gpu-pack"]


def test_a_removed_pack_leaves_nothing(make_pack, folder):
    install(make_pack(), folder)
    assert remove_pack(folder)
    assert left_beside(folder) == []
    assert not remove_pack(folder)


def test_what_the_program_starts_uses_the_pack(make_pack, folder, monkeypatch):
    install(make_pack(), folder)
    monkeypatch.setenv(GPU_PACK_VARIABLE, "")
    assert use_pack() == ()
    announce_pack(folder)
    assert announced_version() == "1.2"
    code = (
        "from inference.engines.gpu_pack import use_pack\n"
        "print(*(one.name for one in use_pack())); import made_up_rtx; print(made_up_rtx.ANSWER)"
    )
    said = subprocess.check_output([sys.executable, "-c", code], text=True, env={**os.environ})
    assert said.split() == ["lib", "42"]


def test_beside_pytorch_libraries_lie_where_pytorch_looks_for_them(make_pack, folder, monkeypatch):
    files = {
        "torch/nvidia/cu13/lib/libcudart.so.13": b"a library",
        "torch/nvidia/cudnn/lib/libcudnn.so.9": b"another",
        "torch/torch/__init__.py": b"",
        "torch/torch/lib/libtorch.so": b"no library of NVIDIA's",
        "torch/torch/bin/torch_shm_manager": b"a program",
    }
    pack = install(make_pack(files, manifest_of(files, torch="2.13.0+cu130")), folder)
    assert pack.torch == "2.13.0+cu130"
    assert os.access(folder / "torch/torch/bin/torch_shm_manager", os.X_OK)
    monkeypatch.setenv(GPU_PACK_VARIABLE, str(folder))
    nvidia = folder / "torch" / "nvidia"
    assert use_pack() == (nvidia / "cu13" / "lib", nvidia / "cudnn" / "lib")


def test_without_a_pack_nothing_is_announced(folder, monkeypatch):
    monkeypatch.delenv(GPU_PACK_VARIABLE, raising=False)
    announce_pack(folder)
    assert announced_version() == ""
    assert use_pack() == ()


def test_a_pack_of_another_python_is_installed_no_more_and_used_no_more(
    make_pack, folder, monkeypatch
):
    install(make_pack(), folder)
    monkeypatch.setattr(gpu_pack, "this_python", lambda: "3.99")
    assert installed_pack(folder) is None


@pytest.mark.parametrize("fault", [{"platform": "linux-sparc"}, {"python": "2.7"}])
def test_a_pack_for_another_computer_is_refused(make_pack, folder, fault):
    with pytest.raises(EngineError, match="This GPU pack is for"):
        install(make_pack(manifest=manifest_of(FILES, **fault)), folder)
    assert left_beside(folder) == []


@pytest.mark.parametrize(
    "manifest",
    [
        b"no JSON",
        b"[]",
        b'{"format": 1}',
        manifest_of(FILES, format=2),
        manifest_of(FILES, files={"lib/libcudart.so.13": {"sha256": "x", "size": 1}}),
        manifest_of(FILES, files={"lib/libcudart.so.13": {"sha256": "0" * 64, "size": -1}}),
        manifest_of(FILES, files=["lib"]),
    ],
)
def test_a_manifest_that_is_none_is_refused(make_pack, folder, manifest):
    with pytest.raises(EngineError, match="no GPU pack"):
        install(make_pack(manifest=manifest), folder)


def test_a_file_that_the_list_does_not_name_is_refused(make_pack, folder):
    with pytest.raises(EngineError, match="is not in its list"):
        install(make_pack(more=[("python/sitecustomize.py", b"evil")]), folder)
    assert left_beside(folder) == []


def test_a_file_that_is_missing_is_said(make_pack, folder):
    fuller = manifest_of(FILES | {"lib/libcudnn.so.9": b"missing"})
    with pytest.raises(EngineError, match=r"libcudnn\.so\.9' is missing"):
        install(make_pack(manifest=fuller), folder)


def test_a_file_outside_of_libraries_and_packages_is_refused(make_pack, folder):
    with pytest.raises(EngineError, match="out of place"):
        install(make_pack(FILES | {"autostart.sh": b"evil"}), folder)


@pytest.mark.parametrize("name", ["../models/manifest.json", "/etc/passwd", "lib/../../x", "C:/x"])
def test_a_file_that_would_land_elsewhere_is_refused(make_pack, folder, name):
    with pytest.raises(ModelError, match="outside of its folder"):
        install(make_pack(FILES | {name: b"evil"}), folder)
    assert left_beside(folder) == []


def test_a_link_is_refused(make_pack, folder):
    link = zipfile.ZipInfo("lib/libcuda.so")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(ModelError, match="is a link"):
        install(make_pack(more=[(link, b"/etc/passwd")]), folder)


@pytest.mark.parametrize("data", [b"a librarY", b"a", b"a library and more"])
def test_a_file_that_is_not_what_the_list_says_stops_it_and_keeps_the_old_pack(
    make_pack, folder, data
):
    install(make_pack(), folder)
    spoiled = make_pack(FILES | {"lib/libcudart.so.13": data}, manifest_of(FILES, version="2"))
    with pytest.raises(EngineError, match="is not what the pack's list says"):
        install(spoiled, folder)
    assert installed_pack(folder).version == "1.2"
    assert left_beside(folder) == ["gpu-pack"]


def test_an_archive_that_broke_off_is_refused(make_pack, folder):
    path = make_pack()
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ModelError, match="damaged or incomplete"):
        install(path, folder)


def test_cancelling_leaves_everything_as_it_was(make_pack, folder):
    with pytest.raises(CancelledError, match="Nothing was changed"):
        install_pack(make_pack(), folder, ignore, lambda: True)
    assert left_beside(folder) == []


def test_a_disk_without_room_is_said_before_anything_is_written(make_pack, folder, monkeypatch):
    usage = type("Usage", (), {"free": 3})
    monkeypatch.setattr("shutil.disk_usage", lambda _place: usage)
    with pytest.raises(EngineError, match="Free some space"):
        install(make_pack(), folder)
    assert left_beside(folder) == []
