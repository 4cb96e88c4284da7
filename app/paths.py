"""Where the program keeps its own files on this computer."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

HOME_VARIABLE = "MASKWRIGHT_HOME"
"""Names one folder for everything, for a portable installation or a test."""

_APP = "maskwright"


@dataclass(frozen=True, slots=True)
class AppPaths:
    """The folders of settings, data (models, cases), caches and logs; they may not exist yet."""

    config: Path
    data: Path
    cache: Path
    logs: Path

    @classmethod
    def of_user(cls) -> AppPaths:
        """The folders that the system keeps for the user, or one that the variable names."""
        if home := os.environ.get(HOME_VARIABLE):
            return cls.under(Path(home).expanduser())
        return cls(
            config=platformdirs.user_config_path(_APP, appauthor=False),
            data=platformdirs.user_data_path(_APP, appauthor=False),
            cache=platformdirs.user_cache_path(_APP, appauthor=False),
            logs=platformdirs.user_log_path(_APP, appauthor=False),
        )

    @classmethod
    def under(cls, folder: Path) -> AppPaths:
        """All folders inside one."""
        return cls(folder / "config", folder / "data", folder / "cache", folder / "logs")

    @property
    def settings_file(self) -> Path:
        """The user's settings, JSON."""
        return self.config / "settings.json"

    @property
    def log_file(self) -> Path:
        """The newest log, JSON lines."""
        return self.logs / "maskwright.jsonl"

    @property
    def crash_file(self) -> Path:
        """Where native code that crashes leaves its stacks."""
        return self.logs / "crash.txt"

    @property
    def models(self) -> Path:
        """Model packages that the user installed, beside the shipped ones."""
        return self.data / "models"

    @property
    def model_versions(self) -> Path:
        """Versions that a fine-tuning made of a model, and which is active."""
        return self.models / "versions"

    @property
    def engines(self) -> Path:
        """Which engine suits each network here, and engines that were built; may be deleted."""
        return self.cache / "engines"

    @property
    def downloads(self) -> Path:
        """What was asked for and has not come whole yet, or is not installed; may be deleted."""
        return self.cache / "downloads"

    @property
    def gpu_pack(self) -> Path:
        """NVIDIA's libraries, where the user installed them as a pack."""
        return self.data / "gpu-pack"

    @property
    def uid_map_file(self) -> Path:
        """Which DICOM identifier became which when data were de-identified; stays here, JSON."""
        return self.data / "uid_map.json"
