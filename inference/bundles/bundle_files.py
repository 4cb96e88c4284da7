"""The files of a bundle, in a folder or a zip archive; reading is all that can be done to them."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

from imaging.errors import ModelError
from inference.bundles.archive import DAMAGED, damaged, open_archive, read_member, shown
from inference.bundles.limits import GIGABYTE, MAX_MEMBERS, MAX_TOTAL_BYTES
from inference.model_package import MANIFEST

METADATA = "configs/metadata.json"
"""What every MONAI bundle has."""

CHECKPOINT_SUFFIXES = frozenset({".pt", ".pth", ".ckpt"})


class BundleFiles(Protocol):
    """Files by their path inside the bundle (``"configs/metadata.json"``)."""

    @property
    def name(self) -> str:
        """What the folder or archive is called."""

    @property
    def names(self) -> frozenset[str]:
        """All files."""

    def read(self, name: str, limit: int) -> bytes:
        """A file's bytes; raises ModelError if there are more than ``limit``."""

    def copy(self, name: str, target: Path) -> None:
        """Write a file's bytes to ``target``."""


@contextmanager
def open_bundle_files(path: Path) -> Iterator[BundleFiles]:
    """The files of the bundle in the folder or zip archive ``path``.

    Raises:
        ModelError: it cannot be read, or holds links or more than any bundle does.
    """
    if path.is_dir():
        yield _FolderFiles(path)
        return
    if not path.exists():
        raise ModelError(
            f"There is no file or folder {path}. "
            "Choose the folder or zip archive of a bundle, or a checkpoint."
        )
    with open_archive(path) as archive:
        yield _ArchiveFiles(archive, path.stem)


def is_model(path: Path) -> bool:
    """True for a bundle or package, in a folder or archive, at first sight; never fails."""
    if path.is_dir():
        return any((path / mark).is_file() for mark in (METADATA, MANIFEST))
    if path.suffix.lower() != ".zip" or not path.is_file():
        return False
    try:
        with open_archive(path) as archive:
            return any(name.endswith((METADATA, MANIFEST)) for name in archive.namelist())
    except ModelError:
        return True  # what is wrong with the archive is said by the import


def is_checkpoint(path: Path) -> bool:
    """True for a file of weights alone, by its name."""
    return path.suffix.lower() in CHECKPOINT_SUFFIXES and path.is_file()


def digest_of(files: BundleFiles) -> str:
    """SHA-256 over all names and contents: what a user who trusts a bundle trusts."""
    total = hashlib.sha256()
    for name in sorted(files.names):
        content = hashlib.sha256(files.read(name, MAX_TOTAL_BYTES)).hexdigest()
        total.update(f"{content}  {name}\n".encode("utf-8", "surrogateescape"))
    return total.hexdigest()


class _FolderFiles:
    """The files below a folder; links are refused because they lead out of it."""

    def __init__(self, folder: Path) -> None:
        sizes: dict[str, int] = {}
        for place, folders, files in os.walk(folder):
            for entry in (*folders, *files):
                path = Path(place) / entry
                mode = path.lstat().st_mode
                if stat.S_ISDIR(mode):
                    continue
                if not stat.S_ISREG(mode):
                    raise ModelError(
                        f"{folder.name}: {shown(entry)} is a link or a special file. Copy the "
                        "folder so that it holds real files, and import the copy."
                    )
                sizes[path.relative_to(folder).as_posix()] = path.lstat().st_size
            if len(sizes) > MAX_MEMBERS:
                raise ModelError(
                    f"{folder.name} holds more than {MAX_MEMBERS:,} files, more than any bundle. "
                    "Choose the folder of one bundle."
                )
        if sum(sizes.values()) > 4 * MAX_TOTAL_BYTES:
            raise ModelError(
                f"{folder.name} holds more than {4 * MAX_TOTAL_BYTES // GIGABYTE} GB, more than "
                "any bundle. Choose the folder of one bundle."
            )
        self._root = _root_of(frozenset(sizes), folder.name)
        self._folder = folder
        self.name = PurePosixPath(self._root).name or folder.resolve().name
        self.names = _below(frozenset(sizes), self._root)

    def read(self, name: str, limit: int) -> bytes:
        path = self._path(name)
        if path.stat().st_size > limit:
            raise ModelError(
                f"{shown(name)} is larger than {limit // 2**20} MB, which no known bundle is. "
                "Nothing was imported."
            )
        try:
            return path.read_bytes()
        except OSError as error:
            raise ModelError(f"{shown(name)} cannot be read ({error.strerror}).") from error

    def copy(self, name: str, target: Path) -> None:
        shutil.copyfile(self._path(name), target)

    def _path(self, name: str) -> Path:
        if name not in self.names:
            raise ModelError(f"The bundle {self.name} has no file {shown(name)}.")
        return self._folder / self._root / name


class _ArchiveFiles:
    """The files of a checked zip archive."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        names = frozenset(info.filename for info in archive.infolist() if not info.is_dir())
        self._archive = archive
        self._root = _root_of(names, name)
        self.name = PurePosixPath(self._root).name or name
        self.names = _below(names, self._root)

    def read(self, name: str, limit: int) -> bytes:
        return read_member(self._archive, self._member(name), limit)

    def copy(self, name: str, target: Path) -> None:
        member = self._member(name)
        try:
            with self._archive.open(member) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy, 2**20)
        except DAMAGED as error:
            raise damaged(self.name, name) from error

    def _member(self, name: str) -> str:
        if name not in self.names:
            raise ModelError(f"The bundle {self.name} has no file {shown(name)}.")
        return f"{self._root}{name}"


def _root_of(names: frozenset[str], source: str) -> str:
    """The folder that holds the one bundle or package, as a prefix that ends in a slash, or empty.

    Raises:
        ModelError: there are several.
    """
    for mark in (METADATA, MANIFEST):
        found = sorted(
            name.removesuffix(mark) for name in names if name == mark or name.endswith(f"/{mark}")
        )
        if len(found) > 1:
            raise ModelError(
                f"{source} holds {len(found)} models, in {shown(found[0])} and {shown(found[1])} "
                "for example. Import them one by one."
            )
        if found:
            return found[0]
    return ""


def _below(names: frozenset[str], root: str) -> frozenset[str]:
    return frozenset(name.removeprefix(root) for name in names if name.startswith(root))
