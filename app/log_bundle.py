"""Packs logs and findings into one file for a support mail, without patient data."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from app.doctor import Examination
from app.log_scrubbing import scrubbed_crash, scrubbed_log
from app.paths import AppPaths
from app.settings import Settings
from imaging.errors import WriteError

_ABOUT = """These files help to find a fault of Maskwright. They hold no patient data:

computer.json   what `maskwright doctor` found
settings.json   preferences, without recent files, projects and folders
*.jsonl         logs: our own sentences, without any that might name a file or a patient;
                of errors the kind and the places in the program, not their texts
crash.txt       places in the program where native code crashed

All of it is text: read it before you send it.
"""

_PRIVATE_SETTINGS = {"recent_files", "recent_projects", "last_folder"}


def write_log_bundle(
    file: Path, paths: AppPaths, examination: Examination, settings: Settings
) -> Path:
    """Write the bundle, replacing an older one as a whole; returns where (it ends in .zip).

    Raises:
        WriteError: it could not be written; an older one is intact.
    """
    if file.suffix.lower() != ".zip":
        file = file.with_name(f"{file.name}.zip")
    try:
        handle, part = tempfile.mkstemp(dir=file.parent, prefix=".logs-", suffix=".zip")
        try:
            with os.fdopen(handle, "wb") as stream, ZipFile(stream, "w", ZIP_DEFLATED) as bundle:
                for name, text in _members(paths, examination, settings):
                    bundle.writestr(name, text)
            Path(part).replace(file)
        finally:
            Path(part).unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(
            f"{file.name} could not be written ({error.strerror}). Choose another folder."
        ) from error
    return file


def _members(
    paths: AppPaths, examination: Examination, settings: Settings
) -> Iterator[tuple[str, str]]:
    yield "README.txt", _ABOUT
    yield "computer.json", _without_home(json.dumps(examination.as_json(), indent=2))
    kept = settings.model_dump(exclude=_PRIVATE_SETTINGS)
    yield "settings.json", json.dumps(kept, indent=2)
    names = _names_in(settings)
    for log in sorted(paths.logs.glob(f"{paths.log_file.name}*")):
        text = log.read_text(encoding="utf-8", errors="replace")
        suffix = log.name.removeprefix(paths.log_file.name)
        yield f"{paths.log_file.stem}{suffix}.jsonl", scrubbed_log(text, names)
    if paths.crash_file.is_file():
        text = paths.crash_file.read_text(encoding="utf-8", errors="replace")
        yield "crash.txt", scrubbed_crash(text)


def _names_in(settings: Settings) -> set[str]:
    """Names of files and folders that the user opened: a log that has one is suspicious."""
    names: set[str] = set()
    for text in (*settings.recent_files, *settings.recent_projects):
        path = Path(text)
        names.update((path.name, path.name.partition(".")[0], path.parent.name))
    return names - {""}


def _without_home(text: str) -> str:
    """Folders as seen from the home folder, whose name is often the user's."""
    home = json.dumps(str(Path.home()))[1:-1]
    return text if home in ("", "/") else text.replace(home, "~")
