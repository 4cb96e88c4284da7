"""Makes the GPU pack that `maskwright gpu install` takes, of an environment's NVIDIA packages.

    python3.11 -m venv gpu
    gpu/bin/pip install '.[gpu]'
    gpu/bin/python packaging/make_gpu_pack.py 1.0 OUT.zip

Shared libraries of CUDA and cuDNN go to ``lib/``, Python packages to ``python/``; a list says the
hash of each. Beside the archive lies its own hash, which is published with it.
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
    this_platform,
    this_python,
)

OF_LIBRARIES = re.compile(r"nvidia-.+")
OF_PACKAGES = re.compile(r"(tensorrt-rtx.*|cuda-.+|onnx|protobuf|ml-dtypes)")
"""What a standard edition lacks of the extra `gpu`; numpy and ONNX Runtime it has."""

_LIBRARY = re.compile(r".+\.(so(\.\d+)*|dll)")
_NOT_PACKED = re.compile(r".*(/__pycache__/|/include/|/tests?/|\.pyi$|\.h$|\.lib$|\.a$)|^\.\.")


def main() -> None:
    """Write the archive and its hash."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("version", help="of the pack")
    options.add_argument("out", type=Path, help="the archive")
    options.add_argument("--site", type=Path, help="site-packages; default: of this Python")
    arguments = options.parse_args()
    folders = sys.path if arguments.site is None else [str(arguments.site)]
    chosen = {name_of(one): one for one in distributions(path=folders) if _is_wanted(one)}
    if not chosen:
        raise SystemExit("There are no NVIDIA packages here. Install the program with [gpu].")
    write_pack(arguments.version, [chosen[name] for name in sorted(chosen)], arguments.out)
    with arguments.out.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    beside = arguments.out.with_name(f"{arguments.out.name}.sha256")
    beside.write_text(f"{digest}  {arguments.out.name}\n", encoding="utf-8")
    size_mb = arguments.out.stat().st_size / 1e6
    sys.stdout.write(f"{arguments.out}: {size_mb:.0f} MB, SHA-256 {digest}\n")


def write_pack(version: str, packages: list[Distribution], out: Path) -> None:
    """Write the archive; the same packages give the same bytes."""
    files = {place: file for one in packages for place, file in files_of(one)}
    listed = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for place, file in sorted(files.items()):
            data = file.read_bytes()
            listed[place] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            archive.writestr(_entry(place), data)
        manifest = {
            "format": FORMAT,
            "version": version,
            "platform": this_platform(),
            "python": this_python(),
            "contents": [f"{name_of(one)} {one.version}" for one in packages],
            "files": listed,
        }
        archive.writestr(_entry(MANIFEST), json.dumps(manifest, indent=1))


def files_of(package: Distribution) -> Iterator[tuple[str, Path]]:
    """Place in the pack and file on disk of all that is needed of a package."""
    is_libraries = OF_LIBRARIES.fullmatch(name_of(package)) is not None
    for listed in package.files or ():
        path = PurePosixPath(listed.as_posix())
        file = Path(str(package.locate_file(listed)))
        if not file.is_file() or _NOT_PACKED.match(str(path)):
            continue
        if not is_libraries:
            yield f"{PACKAGES}/{path}", file
        elif _LIBRARY.fullmatch(path.name):
            yield f"{LIBRARIES}/{path.name}", file
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
