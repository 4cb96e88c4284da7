"""A pack made of an environment's packages is one that the program installs."""

import subprocess
import sys
from pathlib import Path

import pytest

from inference.engines.gpu_pack_archive import install_pack

SCRIPT = Path(__file__).parents[2] / "packaging" / "make_gpu_pack.py"


@pytest.fixture
def site(tmp_path):
    """Like site-packages: two packages of NVIDIA, and one that has nothing to do with them."""
    folder = tmp_path / "site"

    def add(name, version, files):
        info = f"{name}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        files = files | {f"{info}/METADATA": metadata, f"{info}/LICENSE.txt": "As is.\n"}
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        record = "".join(f"{path},,\n" for path in files)
        (folder / info / "RECORD").write_text(record)

    add(
        "nvidia_cuda_runtime",
        "13.0",
        {
            "nvidia/cu13/lib/libcudart.so.13": "a library",
            "nvidia/cu13/include/cuda.h": "not needed",
        },
    )
    add("tensorrt_rtx", "1.2", {"tensorrt_rtx/__init__.py": "", "tensorrt_rtx/tests/t.py": ""})
    add("requests", "2.32", {"requests/__init__.py": ""})
    torch = {
        "torch/__init__.py": "",
        "torch/version.py": "cuda: str | None = '13.0'\n",
        "torch/lib/libtorch.so": "a library",
        "torch/include/torch.h": "not needed",
        "torch/bin/protoc": "not needed",
        "torch/bin/torch_shm_manager": "a program",
        "../../../bin/torchrun": "not needed",
    }
    add("torch", "2.13.0+cu130", torch)
    return folder


def make(site, out, *options):
    command = [sys.executable, str(SCRIPT), "7", str(out), "--site", str(site), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_pack_holds_libraries_packages_and_licences_and_can_be_installed(site, tmp_path):
    out = tmp_path / "pack.zip"
    result = make(site, out)
    assert result.returncode == 0, result.stderr

    folder = tmp_path / "gpu-pack"
    pack = install_pack(out, folder, lambda *_: None, lambda: False)
    assert pack.version == "7"
    assert pack.contents == ("nvidia-cuda-runtime 13.0", "tensorrt-rtx 1.2")
    assert set(pack.files) == {
        "lib/libcudart.so.13",
        "python/nvidia_cuda_runtime-13.0.dist-info/LICENSE.txt",
        "python/nvidia_cuda_runtime-13.0.dist-info/METADATA",
        "python/tensorrt_rtx/__init__.py",
        "python/tensorrt_rtx-1.2.dist-info/LICENSE.txt",
        "python/tensorrt_rtx-1.2.dist-info/METADATA",
    }
    digest, name = out.with_name("pack.zip.sha256").read_text().split()
    assert name == "pack.zip"
    assert digest in result.stdout


def test_with_pytorch_it_and_the_libraries_lie_as_pip_installed_them(site, tmp_path):
    out = tmp_path / "pack.zip"
    result = make(site, out, "--with-torch", "2.13.0+cpu")
    assert result.returncode == 0, result.stderr

    pack = install_pack(out, tmp_path / "gpu-pack", lambda *_: None, lambda: False)
    assert pack.torch == "2.13.0+cu130"
    assert "torch 2.13.0+cu130" in pack.contents
    assert {name for name in pack.files if "dist-info" not in name} == {
        "python/tensorrt_rtx/__init__.py",
        "torch/nvidia/cu13/lib/libcudart.so.13",
        "torch/torch/__init__.py",
        "torch/torch/bin/torch_shm_manager",
        "torch/torch/lib/libtorch.so",
        "torch/torch/version.py",
    }
    assert "torch/torch-2.13.0+cu130.dist-info/METADATA" in pack.files


def test_pytorch_of_another_version_than_the_editions_is_not_packed(site, tmp_path):
    result = make(site, tmp_path / "pack.zip", "--with-torch", "2.12.1")
    assert result.returncode == 1
    assert "There is PyTorch 2.13.0+cu130 here. Install it: pip install torch==2.12.1" in (
        result.stderr
    )


def test_pytorch_for_processors_is_packed_only_on_demand(site, tmp_path):
    out = tmp_path / "pack.zip"
    (site / "torch" / "version.py").write_text("cuda: str | None = None\n")
    result = make(site, out, "--with-torch", "2.13.0")
    assert result.returncode == 1
    assert "is built for processors" in result.stderr
    assert not out.exists()
    assert make(site, out, "--with-torch", "2.13.0", "--even-without-cuda").returncode == 0


def test_the_same_packages_give_the_same_bytes(site, tmp_path):
    for name in ("one.zip", "two.zip"):
        assert make(site, tmp_path / name).returncode == 0
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_where_there_is_nothing_to_pack_it_says_so(tmp_path):
    (tmp_path / "empty").mkdir()
    result = make(tmp_path / "empty", tmp_path / "pack.zip")
    assert result.returncode == 1
    assert "no NVIDIA packages" in result.stderr
