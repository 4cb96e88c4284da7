"""`maskwright gpu`: installs, shows and removes the pack of NVIDIA's libraries."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import typer

from app.commands.models_import import show_progress
from app.headless_job import ImpossibleRequestError
from app.paths import AppPaths
from app.settings import SettingsStore
from imaging.errors import EngineError
from inference.downloads import Downloader, RemoteFile
from inference.engines.gpu_pack import GpuPack, installed_pack, this_platform, this_python
from inference.engines.gpu_pack_archive import install_pack, remove_pack
from inference.partial_file import digest_of_file
from inference.web import WebSession

MAX_PACK_BYTES = 8 * 10**9
"""CUDA's libraries, cuDNN and TensorRT for RTX have some 1.5 GB packed; with PyTorch for CUDA, of
which no pack has been made yet, perhaps 4 GB."""

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def install_gpu_pack(source: str | None, sha256: str | None, proxy: str, *, as_json: bool) -> None:
    """Install the pack from a file, or from an address together with its hash.

    Raises:
        ImpossibleRequestError: it is not said which pack, or an address comes without a hash.
        EngineError: it is no pack for this program.
        DownloadError: it did not come.
    """
    if source is None:
        raise ImpossibleRequestError(
            "Which pack? maskwright gpu install --from FILE, or --from URL --sha256 HEX. It is "
            f"published with each version of the program; this one needs {this_platform()}, "
            f"Python {this_python()}. `packaging/make_gpu_pack.py` makes one."
        )
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise ImpossibleRequestError("--sha256 wants 64 hexadecimal digits, as published.")
    paths = AppPaths.of_user()
    is_address = urlsplit(source).scheme in ("http", "https")
    archive = _downloaded(source, sha256, proxy, paths) if is_address else Path(source)
    if not archive.is_file():
        raise ImpossibleRequestError(f"There is no file {archive}.")
    if not is_address and sha256 is not None:
        _check_hash(archive, sha256.lower())
    pack = install_pack(archive, paths.gpu_pack, show_progress, lambda: False)
    if is_address:
        archive.unlink(missing_ok=True)
    if as_json:
        typer.echo(json.dumps(_described(pack)))
        return
    typer.echo(f"GPU pack {pack.version} is installed. `maskwright doctor` tries it.")


def show_gpu_pack(*, as_json: bool) -> None:
    """Print what is installed."""
    pack = installed_pack(AppPaths.of_user().gpu_pack)
    if as_json:
        typer.echo(json.dumps(None if pack is None else _described(pack)))
    elif pack is None:
        typer.echo("No GPU pack is installed. Without one, networks run on the processor.")
    else:
        typer.echo(f"GPU pack {pack.version}, {_megabytes(pack):.0f} MB:")
        for one in pack.contents:
            typer.echo(f"  {one}")


def remove_gpu_pack() -> None:
    """Remove it."""
    removed = remove_pack(AppPaths.of_user().gpu_pack)
    typer.echo("The GPU pack is removed." if removed else "There was no GPU pack.")


def _downloaded(url: str, sha256: str | None, proxy: str, paths: AppPaths) -> Path:
    if sha256 is None:
        raise ImpossibleRequestError(
            "From an address a pack is installed only together with its hash: --sha256 HEX, as "
            "published beside it."
        )
    proxy = proxy or SettingsStore(paths.settings_file).settings.proxy
    name = Path(urlsplit(url).path).name or "gpu-pack.zip"
    file = RemoteFile(url, name, "sha256", sha256.lower(), MAX_PACK_BYTES)
    downloader = Downloader(paths.downloads, lambda: WebSession(proxy))
    return downloader.fetch(file, show_progress, lambda: False)


def _check_hash(archive: Path, sha256: str) -> None:
    if digest_of_file(archive, "sha256") != sha256:
        raise EngineError(
            f"{archive.name} is not the pack of that hash. Perhaps it did not come whole: fetch it "
            "again. Nothing was installed."
        )


def _described(pack: GpuPack) -> dict[str, object]:
    return {
        "version": pack.version,
        "platform": pack.platform,
        "python": pack.python,
        "contents": pack.contents,
        "torch": pack.torch,
        "files": len(pack.files),
        "megabytes": round(_megabytes(pack), 1),
    }


def _megabytes(pack: GpuPack) -> float:
    return sum(file.size for file in pack.files.values()) / 10**6
