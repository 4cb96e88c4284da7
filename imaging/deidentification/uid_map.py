"""Remembers which new identifier stands for which old one, in a file that stays here."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from pydicom.uid import generate_uid

from imaging.errors import UnreadableFileError
from imaging.writers.atomic_file import whole_file, write_error

OWNER_ONLY = stat.S_IRUSR | stat.S_IWUSR
"""The file leads back to patients: nobody else may read it (mode 0600)."""


class UidMap:
    """New DICOM identifiers for old ones, the same for the same, random and so not guessable."""

    def __init__(self, path: Path, new_by_old: dict[str, str]) -> None:
        self._path = path
        self._new_by_old = new_by_old

    @classmethod
    def load(cls, path: Path) -> UidMap:
        """The map in a JSON file; an empty one if there is no file yet.

        Raises:
            UnreadableFileError: the file is damaged. A new one would break the links between
                series that were exported before and those to come.
        """
        try:
            entries = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return cls(path, {})
        except (OSError, ValueError) as error:
            raise _damaged(path) from error
        if not isinstance(entries, dict) or not all(
            isinstance(text, str) for pair in entries.items() for text in pair
        ):
            raise _damaged(path)
        return cls(path, entries)

    def new_uid(self, old: str) -> str:
        """The identifier that stands for ``old``, made at the first call."""
        if old not in self._new_by_old:
            self._new_by_old[old] = str(generate_uid(prefix=None))
        return self._new_by_old[old]

    def save(self) -> None:
        """Write the map, readable for its owner only; its folder is made if there is none.

        What another window or command added meanwhile stays in it.

        Raises:
            UnreadableFileError: the file was damaged meanwhile.
            WriteError: the folder is not writable, or the disk full.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_error(self._path, error) from error
        self._new_by_old = UidMap.load(self._path)._new_by_old | self._new_by_old
        with whole_file(self._path, ".json") as part:
            part.chmod(OWNER_ONLY)
            part.write_text(json.dumps(self._new_by_old, indent=1) + "\n", "utf-8")


def _damaged(path: Path) -> UnreadableFileError:
    return UnreadableFileError(
        f"{path.name}, the list of replaced identifiers, cannot be read. Restore it from a backup; "
        "or move it away, then series exported from now on will not match earlier ones."
    )
