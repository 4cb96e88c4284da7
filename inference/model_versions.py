"""The versions that a fine-tuning made of a model, and which of them is used."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from imaging.errors import ModelError
from imaging.writers.atomic_file import whole_file
from imaging.writers.atomic_folder import whole_folder
from inference.model_package import MANIFEST, ModelPackage, load_package

ACTIVE_FILE = "active.json"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ActiveVersion:
    """Which version of a model is used, and which were before it, oldest first.

    None stands for the package as it was installed.
    """

    version: str | None = None
    before: tuple[str | None, ...] = ()


class ModelVersions:
    """A folder ``id/version/`` of whole packages; the active one is named by ``id/active.json``.

    A version is put in place by one rename of its folder and becomes active by one rename of that
    file, so whoever looks sees the old state or the new one, also after a power cut.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folder_of(self, model_id: str, version: str) -> Path:
        """Where a version is, or would be."""
        return self._folder / model_id / version

    def installed(self, model_id: str) -> tuple[ModelPackage, ...]:
        """The versions that can be used, by number; what is broken is left out and logged."""
        found = []
        for manifest in (self._folder / model_id).glob(f"*/{MANIFEST}"):
            if manifest.parent.name.startswith("."):
                continue  # being written, or left by a program that was killed
            try:
                found.append(load_package(manifest.parent))
            except ModelError as error:
                logger.warning("%s", error)
        return tuple(sorted(found, key=lambda package: version_key(package.version)))

    def active(self, model_id: str) -> ActiveVersion:
        """What was promoted last; the installed package where nothing was, or nothing readable."""
        file = self._folder / model_id / ACTIVE_FILE
        try:
            stored = json.loads(file.read_text(encoding="utf-8"))
            return ActiveVersion(stored["version"], tuple(stored["before"]))
        except FileNotFoundError:
            return ActiveVersion()
        except (OSError, ValueError, KeyError, TypeError):
            logger.warning("which version of %s is active cannot be read", model_id)
            return ActiveVersion()

    def stamp(self, model_id: str) -> tuple[int, int] | None:
        """Another one whenever another version became active; None where none ever did.

        Costs microseconds, so it may be asked again and again.
        """
        try:
            found = (self._folder / model_id / ACTIVE_FILE).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino

    def active_package(self, installed: ModelPackage) -> ModelPackage:
        """The version that is used of an installed model.

        Where it cannot be loaded any more, the newest earlier one that can; the installed package
        in the end.
        """
        state = self.active(installed.id)
        for version in (state.version, *reversed(state.before)):
            if version is None:
                return installed
            try:
                return load_package(self.folder_of(installed.id, version))
            except ModelError as error:
                logger.warning("an earlier version is used: %s", error)
        return installed

    def add(self, package: ModelPackage) -> ModelPackage:
        """Copy a package in as a version, whole or not at all; it does not become active.

        Raises:
            ModelError: there is such a version already, or a file is not as the manifest says.
            WriteError: it could not be copied.
        """
        target = self.folder_of(package.id, package.version)
        if (target / MANIFEST).exists():
            raise ModelError(
                f"{package.id} {package.version} exists already. A version is never changed: give "
                "the new one another number."
            )
        check_files(package)
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole_folder(target) as part:
            shutil.copytree(package.folder, part, dirs_exist_ok=True)
        return load_package(target)

    def promote(self, model_id: str, version: str) -> None:
        """Use a version from now on, after every file of it was compared with its hash.

        Raises:
            ModelError: there is no such version, or it is damaged.
            WriteError: the choice could not be kept.
        """
        check_files(load_package(self.folder_of(model_id, version)))
        state = self.active(model_id)
        if state.version != version:
            self._write(model_id, ActiveVersion(version, (*state.before, state.version)))

    def roll_back(self, model_id: str) -> str | None:
        """Use the version before; returns its number, None for the installed package.

        Raises:
            ModelError: there is none before, or it is damaged.
            WriteError: the choice could not be kept.
        """
        state = self.active(model_id)
        if not state.before:
            raise ModelError(
                f"{model_id} is as it was installed. There is no earlier version to go back to."
            )
        version = state.before[-1]
        if version is not None:
            check_files(load_package(self.folder_of(model_id, version)))
        self._write(model_id, ActiveVersion(version, state.before[:-1]))
        return version

    def next_version(self, installed: ModelPackage) -> str:
        """A number that no version of this model has: the last part counts up."""
        taken = [installed.version, *(one.version for one in self.installed(installed.id))]
        major, minor, patch = max(version_key(version) for version in taken)
        return f"{major}.{minor}.{patch + 1}"

    def _write(self, model_id: str, state: ActiveVersion) -> None:
        file = self._folder / model_id / ACTIVE_FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file, ".json") as part:
            stored = {"version": state.version, "before": list(state.before)}
            part.write_text(json.dumps(stored) + "\n", encoding="utf-8")


def check_files(package: ModelPackage) -> None:
    """Compare every file that a package's manifest names with its hash.

    Raises:
        ModelError: one is missing or has changed.
    """
    manifest = json.loads((package.folder / MANIFEST).read_text(encoding="utf-8"))
    for name, sha256 in file_hashes(manifest):
        file = package.folder / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
            raise ModelError(
                f"The file {name} of {package.id} {package.version} is missing or has changed. "
                "Choose another version."
            )


def file_hashes(part: object) -> Iterator[tuple[str, str]]:
    """Names and SHA-256 of all files that a manifest, or a part of one, promises."""
    if not isinstance(part, dict):
        return
    if "file" in part and "sha256" in part:
        yield str(part["file"]), str(part["sha256"])
    for inner in part.values():
        yield from file_hashes(inner)


def version_key(version: str) -> tuple[int, int, int]:
    """A key that puts 0.2.9 before 0.2.10."""
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch
