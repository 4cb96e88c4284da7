"""The folders that a worker needs, which the program knows and the project does not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inference.model_store import ModelStore
from inference.model_versions import ModelVersions


@dataclass(frozen=True, slots=True)
class JobPlaces:
    """Folders of this computer.

    Attributes:
        model_folders: of installed packages.
        versions: what fine-tuning made of them.
        cache: what can be made again.
        clicks: where the window says that somebody clicks.
        locks: of the devices.
    """

    model_folders: tuple[Path, ...]
    versions: Path
    cache: Path
    clicks: Path
    locks: Path

    def store(self) -> ModelStore:
        """The models in their active versions."""
        return ModelStore(self.model_folders, ModelVersions(self.versions))
