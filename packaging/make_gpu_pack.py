"""Makes the GPU pack that `maskwright gpu install` takes, of an environment's NVIDIA packages.

    python3.11 -m venv gpu
    gpu/bin/pip install '.[gpu]'
    gpu/bin/python packaging/make_gpu_pack.py 1.0 OUT.zip

For the training edition also PyTorch for CUDA, of the version that the edition was built with:

    gpu/bin/pip install torch==2.13.0 '.[gpu]'
    gpu/bin/python packaging/make_gpu_pack.py --with-torch 2.13.0 1.0 OUT.zip

Shared libraries of CUDA and cuDNN go to ``lib/``, Python packages to ``python/``; a list says the
hash of each. With PyTorch, it and the shared libraries go to ``torch/`` as pip has installed them,
since that is where PyTorch looks for them. Beside the archive lies its own hash, which is published
with it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

from inference.engines.gpu_pack import (
    FORMAT,
    LIBRARIES,
    MANIFEST,
    PACKAGES,
    TORCH,
    this_platform,
    this_python,
)

OF_LIBRARIES = re.compile(r"nvidia-.+")
OF_PACKAGES = re.compile(r"(tensorrt-rtx.*|cuda-.+|onnx|protobuf|ml-dtypes)")
"""What a standard edition lacks of the extra `gpu`; numpy and ONNX Runtime it has."""

_LIBRARY = re.compile(r".+\.(so(\.\d+)*|dll)")
_NOT_PACKED = re.compile(
    r".*(/__pycache__/|/include/|/tests?/|\.pyi$|\.h$|\.lib$|\.a$)|^\.\.|torch/share/"
    r"|torch/bin/(?!torch_shm_manager)"
)
_CUDA_OF_TORCH = re.compile(r"^cuda\b[^=]*= '(.+)'", re.MULTILINE)


def main() -> None:
    """Write the archive and its hash."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("version", help="of the pack")
    options.add_argument("out", type=Path, help="the archive")
    options.add_argument("--site", type=Path, help="site-packages; default: of this Python")
    options.add_argument(
        "--with-torch",
        metavar="VERSION",
        help="also PyTorch; see `maskwright doctor` of the edition",
    )
    options.add_argument(
        "--even-without-cuda",
        action="store_true",
        help="take a PyTorch for processors, to try the pack where there is no card",
    )
    arguments = options.parse_args()
    folders = sys.path if arguments.site is None else [str(arguments.site)]
    chosen = {name_of(one): one for one in distributions(path=folders) if _is_wanted(one)}
    if not chosen:
        raise SystemExit("There are no NVIDIA packages here. Install the program with [gpu].")
    if arguments.with_torch is not None:
        torch = torch_to_pack(
            folders, arguments.with_torch, needs_cuda=not arguments.even_without_cuda
        )
        chosen[TORCH] = torch
    write_pack(arguments.version, [chosen[name] for name in sorted(chosen)], arguments.out)
    with arguments.out.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    beside = arguments.out.with_name(f"{arguments.out.name}.sha256")
    beside.write_text(f"{digest}  {arguments.out.name}\n", encoding="utf-8")
    size_mb = arguments.out.stat().st_size / 1e6
    sys.stdout.write(f"{arguments.out}: {size_mb:.0f} MB, SHA-256 {digest}\n")


def write_pack(version: str, packages: list[Distribution], out: Path) -> None:
    """Write the archive; the same packages give the same bytes."""
    torch = next((one.version for one in packages if name_of(one) == TORCH), "")
    places = {
        place: file for one in packages for place, file in files_of(one, beside_torch=bool(torch))
    }
    files = dict(sorted(places.items()))
    listed = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for place, file in files.items():
            data = file.read_bytes()
            listed[place] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            archive.writestr(_entry(place), data)
        manifest = {
            "format": FORMAT,
            "version": version,
            "platform": this_platform(),
            "python": this_python(),
            "torch": torch,
            "contents": [f"{name_of(one)} {one.version}" for one in packages],
            "files": listed,
        }
        archive.writestr(_entry(MANIFEST), json.dumps(manifest, indent=1))


def torch_to_pack(folders: list[str], wanted: str, *, needs_cuda: bool) -> Distribution:
    """The installed PyTorch, if it is one that the training edition can use instead of its own."""
    found = next((one for one in distributions(path=folders) if name_of(one) == TORCH), None)
    if found is None or found.version.partition("+")[0] != wanted.partition("+")[0]:
        here = f"PyTorch {found.version}" if found else "no PyTorch"
        raise SystemExit(f"There is {here} here. Install it: pip install torch=={wanted}")
    says = Path(str(found.locate_file("torch/version.py"))).read_text(encoding="utf-8")
    if needs_cuda and not _CUDA_OF_TORCH.search(says):
        raise SystemExit(
            f"PyTorch {found.version} here is built for processors. Install it for CUDA, from "
            "where PyTorch's own page says; or --even-without-cuda, to try the pack."
        )
    return found


def files_of(package: Distribution, *, beside_torch: bool) -> Iterator[tuple[str, Path]]:
    """Place in the pack and file on disk of all that is needed of a package."""
    name = name_of(package)
    is_libraries = OF_LIBRARIES.fullmatch(name) is not None
    packages = TORCH if name == TORCH else PACKAGES
    for listed in package.files or ():
        path = PurePosixPath(listed.as_posix())
        file = Path(str(package.locate_file(listed)))
        if not file.is_file() or _NOT_PACKED.match(str(path)):
            continue
        if not is_libraries:
            yield f"{packages}/{path}", file
        elif _LIBRARY.fullmatch(path.name):
            yield f"{TORCH}/{path}" if beside_torch else f"{LIBRARIES}/{path.name}", file
        elif ".dist-info" in path.parts[0]:  # licences, and what is installed
            yield f"{PACKAGES}/{path}", file


def name_of(package: Distribution) -> str:
    """The package's name as pip writes it."""
    return re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()


def _is_wanted(package: Distribution) -> bool:
    name = name_of(package)
    return bool(OF_LIBRARIES.fullmatch(name) or OF_PACKAGES.fullmatch(name))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # the epoch of zip as its time
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


if __name__ == "__main__":
    main()
