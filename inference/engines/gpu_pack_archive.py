"""Unpacks a GPU pack: every file by its hash, nothing but what the manifest names, whole or not."""

from __future__ import annotations

import hashlib
import shutil
import uuid
import zipfile
import zlib
from pathlib import Path

from imaging.errors import CancelledError, EngineError
from imaging.writers.atomic_file import write_error
from imaging.writers.atomic_folder import whole_folder
from inference.bundles.archive import damaged, open_archive, read_member, shown
from inference.engines.gpu_pack import (
    LIBRARIES,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    PACKAGES,
    TORCH,
    GpuPack,
    PackedFile,
    pack_from_text,
    this_platform,
    this_python,
)
from inference.messages import IsCancelled, ReportProgress

MAX_UNPACKED_BYTES = 12 * 2**30
"""Room for PyTorch for CUDA with NCCL and all of CUDA's libraries, perhaps 6 GB."""

_CHUNK_BYTES = 2**22
_MEGABYTE = 10**6


def install_pack(
    archive: Path, folder: Path, report_progress: ReportProgress, is_cancelled: IsCancelled
) -> GpuPack:
    """Unpack a pack to ``folder``; what was there before stays until the new one is whole.

    Raises:
        EngineError: it is no pack for this computer and program, or not what it says it is.
        ModelError: the archive is damaged, or unpacking it would do harm.
        CancelledError: ``is_cancelled`` said so.
        WriteError: the disk refused something.
    """
    with open_archive(archive, MAX_UNPACKED_BYTES) as opened:
        pack = pack_from_text(read_member(opened, MANIFEST, MAX_MANIFEST_BYTES))
        _check_fits(pack)
        _check_contents(archive.name, opened, pack)
        new = folder.with_name(f".{uuid.uuid4().hex}.new")
        try:
            new.parent.mkdir(parents=True, exist_ok=True)
            _check_room(pack, new.parent)
            with whole_folder(new) as part:
                _unpack(opened, pack, part, report_progress, is_cancelled)
            _put_in_place(new, folder)
        except OSError as error:
            raise write_error(folder, error) from error
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return pack


def remove_pack(folder: Path) -> bool:
    """Remove the pack in ``folder``; False if there was none.

    Raises:
        WriteError: the system does not let go of it.
    """
    if not folder.exists():
        return False
    try:
        _move_away(folder)
    except OSError as error:
        raise write_error(folder, error) from error
    return True


def _check_fits(pack: GpuPack) -> None:
    here = (this_platform(), this_python())
    if (pack.platform, pack.python) != here:
        raise EngineError(
            f"This GPU pack is for {pack.platform} and Python {pack.python}; this program needs "
            f"one for {here[0]} and Python {here[1]}. Nothing was installed."
        )


def _check_contents(name: str, archive: zipfile.ZipFile, pack: GpuPack) -> None:
    """The archive holds the files that the manifest names, and no others."""
    members = {member.filename for member in archive.infolist() if not member.is_dir()}
    for member in sorted(members ^ {*pack.files, MANIFEST}):
        fault = "is not in its list" if member in members else "is missing"
        raise EngineError(f"{name}: {shown(member)} {fault}. Nothing was installed.")
    for member in pack.files:
        if member.partition("/")[0] not in (LIBRARIES, PACKAGES, TORCH):
            raise EngineError(f"{name}: {shown(member)} is out of place. Nothing was installed.")


def _check_room(pack: GpuPack, place: Path) -> None:
    needed = sum(file.size for file in pack.files.values())
    free = shutil.disk_usage(place).free
    if free < needed:
        raise EngineError(
            f"The GPU pack needs {needed / _MEGABYTE:.0f} MB, and the disk has "
            f"{free / _MEGABYTE:.0f} MB. Free some space and install it again."
        )


def _unpack(
    archive: zipfile.ZipFile,
    pack: GpuPack,
    part: Path,
    report_progress: ReportProgress,
    is_cancelled: IsCancelled,
) -> None:
    total = max(sum(file.size for file in pack.files.values()), 1)
    done = 0
    for name, file in pack.files.items():
        if is_cancelled():
            raise CancelledError("The GPU pack was not installed. Nothing was changed.")
        report_progress(done / total, f"Unpacking {Path(name).name}")
        target = part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        _unpack_file(archive, name, file, target)
        if target.parent.name == "bin":
            target.chmod(0o755)  # PyTorch has a program of its own for shared memory
        done += file.size
    (part / MANIFEST).write_bytes(read_member(archive, MANIFEST, MAX_MANIFEST_BYTES))
    report_progress(1.0, "Unpacked")


def _unpack_file(archive: zipfile.ZipFile, name: str, file: PackedFile, target: Path) -> None:
    source = Path(archive.filename or "archive").name
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(name) as packed:
            data = packed.read(_CHUNK_BYTES)
            with target.open("wb") as out:
                while data and size <= file.size:
                    digest.update(data)
                    size += len(data)
                    out.write(data)
                    data = packed.read(_CHUNK_BYTES)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
        raise damaged(source, name) from error
    if size != file.size or digest.hexdigest() != file.sha256:
        raise EngineError(
            f"{source}: {shown(name)} is not what the pack's list says. Nothing was installed; "
            "fetch the pack again."
        )


def _put_in_place(new: Path, folder: Path) -> None:
    if folder.exists():
        _move_away(folder)
    new.replace(folder)


def _move_away(folder: Path) -> None:
    """Take a folder out of the way in one step; programs that use its files go on with them."""
    old = folder.with_name(f".{uuid.uuid4().hex}.old")
    folder.replace(old)
    shutil.rmtree(old, ignore_errors=True)
