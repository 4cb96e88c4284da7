"""The large NVIDIA libraries as a pack beside the user's data, used where an engine is opened.

An installed program has no pip that could add them, and most computers need none: so they are a
folder of their own, which may come and go while the program stays.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imaging.errors import EngineError

GPU_PACK_VARIABLE = "MASKWRIGHT_GPU_PACK"
"""Names the pack's folder to this process and to those that it starts."""

MANIFEST = "gpu_pack.json"
LIBRARIES = "lib"
PACKAGES = "python"
TORCH = "torch"
"""In a pack for the training edition: PyTorch for CUDA with NVIDIA's libraries beside it, all as
pip installs them, since that is where PyTorch looks for them."""

MAX_MANIFEST_BYTES = 4 * 2**20

FORMAT = 1
"""Of the manifest; another number is another program's."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file of a pack."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class GpuPack:
    """What a pack says of itself.

    Attributes:
        version: its own number.
        platform: the system and processor that its libraries are for, such as ``linux-x86_64``.
        python: the Python that its packages are for, such as ``3.11``.
        contents: the packages that it was made of, with versions.
        files: by their paths in the pack, with slashes.
        torch: version of the PyTorch in it, such as ``2.13.0+cu130``; empty without one.
    """

    version: str
    platform: str
    python: str
    contents: tuple[str, ...]
    files: dict[str, PackedFile]
    torch: str = ""

    @property
    def library_folders(self) -> tuple[str, ...]:
        """Where NVIDIA's libraries lie in it, with slashes."""
        roots = (f"{LIBRARIES}/", f"{TORCH}/nvidia/")
        return tuple(
            sorted({name.rpartition("/")[0] for name in self.files if name.startswith(roots)})
        )


def this_platform() -> str:
    """What a pack for this computer names as its platform."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    return f"{platform.system().lower()}-{machine}"


def this_python() -> str:
    """What a pack for this program names as its Python."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def pack_from_text(text: bytes) -> GpuPack:
    """Read a manifest.

    Raises:
        EngineError: it is none.
    """
    try:
        read = json.loads(text)
        if read["format"] != FORMAT:
            raise ValueError("another format")
        return GpuPack(
            version=str(read["version"]),
            platform=str(read["platform"]),
            python=str(read["python"]),
            contents=tuple(str(one) for one in read["contents"]),
            files={str(name): _packed_file(fields) for name, fields in read["files"].items()},
            torch=str(read.get("torch", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError(
            "This is no GPU pack that this version of the program knows. Take the one that was "
            "published with it."
        ) from error


def installed_pack(folder: Path) -> GpuPack | None:
    """The pack in a folder; None where there is none, or none that can be used here.

    Only the manifest is read: the files were checked when they were unpacked.
    """
    try:
        pack = pack_from_text((folder / MANIFEST).read_bytes())
    except (OSError, EngineError):
        return None
    fits = (pack.platform, pack.python) == (this_platform(), this_python())
    return pack if fits else None


def announce_pack(folder: Path) -> None:
    """Let engines in this process, and in those that it starts, use the pack in ``folder``."""
    if (folder / MANIFEST).is_file():
        os.environ[GPU_PACK_VARIABLE] = str(folder)


def announced_version() -> str:
    """The version of the pack that engines may use; empty without one."""
    named = os.environ.get(GPU_PACK_VARIABLE)
    pack = installed_pack(Path(named)) if named else None
    return pack.version if pack else ""


def use_pack() -> tuple[Path, ...]:
    """Make the announced pack's packages importable; the folders of its libraries, if any."""
    named = os.environ.get(GPU_PACK_VARIABLE)
    pack = installed_pack(Path(named)) if named else None
    if not named or pack is None:
        return ()
    packages = str(Path(named) / PACKAGES)
    if packages not in sys.path:
        sys.path.append(packages)  # last: what the program brings itself comes first
    return tuple(Path(named) / folder for folder in pack.library_folders)


def _packed_file(fields: dict[str, Any]) -> PackedFile:
    sha256, size = str(fields["sha256"]), int(fields["size"])
    if not _SHA256.fullmatch(sha256) or size < 0:
        raise ValueError("no hash or no size")
    return PackedFile(sha256, size)
