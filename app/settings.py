"""What the user prefers, kept as a JSON file that is replaced whole or not at all."""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

logger = logging.getLogger(__name__)

MAX_RECENT_FILES = 8


class KeptDrawing(BaseModel):
    """How the drawing tools drew last."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    diameter_mm: float = Field(default=16.0, gt=0.0)
    is_ball: bool = False
    sticks_to_edges: bool = False
    is_through: bool = False
    hu_range: tuple[int, int] | None = None
    """Only voxels from the first to the last HU are changed; None for all."""


class Settings(BaseModel):
    """The user's preferences; a missing one has its default."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    recent_files: tuple[str, ...] = ()
    """Newest first."""
    recent_projects: tuple[str, ...] = ()
    """Folders, newest first."""
    last_folder: str = ""
    """Where the file dialogs start; empty for the home folder."""
    preset: str = "Abdomen"
    """Name of the grey window that a CT opens with."""
    fill_opacity: float = Field(default=0.35, ge=0.0, le=1.0)
    outline_opacity: float = Field(default=1.0, ge=0.0, le=1.0)
    view_layout: Literal["four", "large"] = "four"
    """How the views share the room when all are seen."""
    large_view: str = "axial"
    """The view that has most of the room in the layout with a large one."""
    maximised_view: str = ""
    """The view that was seen alone; empty if all were."""
    ct_look: str = ""
    """How the CT is seen in 3D, a name of `CT_LOOKS`; empty for the surfaces alone."""
    film_spacing_mm: float = Field(default=10.0, gt=0.0, le=1000.0)
    """Distance between the slices of the film."""
    has_same_zoom: bool = False
    """Whether the planes are zoomed together."""
    compare_look: Literal["wipe", "difference"] = "difference"
    """How two states of a mask were compared last."""
    drawing: KeptDrawing = KeptDrawing()
    """Size and shape of the brush, and what else the drawing tools were told."""
    refine_tool: str = ""
    """The tool for the whole mask that was chosen last, by its key; empty for the first."""
    refine_numbers: dict[str, tuple[float, ...]] = {}
    """What each of those tools was set to, by its key."""
    shows_measures: bool = False
    """Whether the table of measures is open beside a case."""
    measures_columns: str = ""
    """Widths and order of its columns as Qt describes them, base64."""
    shows_case_name: bool = True
    """Whether the views, and so their pictures, name the case."""
    language: Literal["system", "en", "de"] = "system"
    """What the window speaks; "system" for the language of the computer."""
    engine: str = "auto"
    """The engine to prefer: an id of `maskwright doctor`, or "auto" for the fastest."""
    model: str = ""
    """The id of the model to work with; empty for the program's own choice."""
    proxy: str = ""
    """Where downloads that the user asks for go through, http://host:port; empty for what the
    environment says (HTTPS_PROXY)."""
    window_geometry: str = ""
    """Size and place of the window as Qt describes them, base64; empty before the first run."""
    dock_layout: str = ""
    """Place, width and visibility of the docks of a project, likewise."""
    shortcuts: dict[str, tuple[str, ...]] = {}
    """Keys that the user chose for actions, by the actions' keys; none means no shortcut."""
    has_seen_tour: bool = False
    """Whether the tour was offered: once is enough."""
    checked_version: str = ""
    """The version of this program that looked at this computer when it first started."""

    def with_recent(self, path: Path) -> Settings:
        """These settings with ``path`` as the file opened last."""
        newest = str(path)
        others = (other for other in self.recent_files if other != newest)
        recent = (newest, *others)[:MAX_RECENT_FILES]
        return self.model_copy(update={"recent_files": recent, "last_folder": str(path.parent)})

    def with_recent_project(self, folder: Path) -> Settings:
        """These settings with ``folder`` as the project opened last."""
        newest = str(folder)
        others = (other for other in self.recent_projects if other != newest)
        return self.model_copy(update={"recent_projects": (newest, *others)[:MAX_RECENT_FILES]})

    def without_recent_project(self, folder: Path) -> Settings:
        """These settings without ``folder`` among the recent projects."""
        recent = tuple(other for other in self.recent_projects if other != str(folder))
        return self.model_copy(update={"recent_projects": recent})

    def without_recent(self, path: Path) -> Settings:
        """These settings without ``path`` among the recent files."""
        recent = tuple(other for other in self.recent_files if other != str(path))
        return self.model_copy(update={"recent_files": recent})


class SettingsStore:
    """The current settings and their file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        loaded = _load(file)
        self._settings = self._saved = loaded.settings
        self._is_whole = loaded.is_whole

    @property
    def settings(self) -> Settings:
        """What holds now."""
        return self._settings

    def change(self, settings: Settings) -> None:
        """Use other settings; ``save`` keeps them."""
        self._settings = settings

    def save(self) -> None:
        """Write what changed; a disk that refuses is logged, not fatal.

        A file of which something could not be read is kept beside the new one.
        """
        if self._settings == self._saved:
            return
        try:
            if not self._is_whole:
                shutil.copyfile(self._file, damaged_copy(self._file))
            _write(self._file, self._settings)
        except OSError:
            logger.warning("settings could not be written", exc_info=True)
        else:
            self._saved, self._is_whole = self._settings, True


def damaged_copy(file: Path) -> Path:
    """Where a settings file stays that could not be read as a whole."""
    return file.with_name(f"{file.stem}-damaged{file.suffix}")


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a file said; ``is_whole`` where nothing of it was refused."""

    settings: Settings
    is_whole: bool = True


def _load(file: Path) -> _Loaded:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return _Loaded(Settings())
    except OSError:
        logger.warning("the settings cannot be read; the defaults are used", exc_info=True)
        return _Loaded(Settings(), is_whole=False)
    try:
        return _Loaded(Settings.model_validate_json(content))
    except ValidationError as error:
        refused = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
    return _Loaded(_without(content, refused), is_whole=False)


def _without(content: bytes, refused: set[str]) -> Settings:
    """What a file says besides values that do not hold; the defaults where it is no settings."""
    try:
        values = json.loads(content)
    except ValueError:  # UnicodeDecodeError too
        values = None
    if not isinstance(values, dict):
        logger.warning("the file of the settings is damaged; the defaults are used")
        return Settings()
    logger.warning("settings that do not hold are left out: %s", ", ".join(sorted(refused)))
    return Settings.model_validate({name: values[name] for name in values.keys() - refused})


def _write(file: Path, settings: Settings) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".settings-", suffix=".json")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(settings.model_dump_json(indent=2))
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
