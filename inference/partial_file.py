"""A download that is not complete yet: its bytes so far, and which file they are of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from imaging.writers.atomic_file import whole_file


@dataclass(frozen=True, slots=True)
class Source:
    """Which file the bytes are of: its address, and what the server calls this state of it.

    ``validator`` goes into If-Range; empty where the server names none that is exact.
    """

    url: str
    validator: str


class PartialFile:
    """The bytes that came so far of ``target``, in a file beside it; a later start goes on."""

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}.part")
        self._note = target.with_name(f"{target.name}.part.json")
        self._target = target

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self.path.stat().st_size if self.path.exists() else 0

    def source(self) -> Source | None:
        """Which file they are of; None where that is not known."""
        try:
            noted = json.loads(self._note.read_text(encoding="utf-8"))
            return Source(str(noted["url"]), str(noted["validator"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def begin(self, source: Source) -> None:
        """Start with no bytes."""
        self.discard()
        with whole_file(self._note, ".json") as part:
            part.write_text(json.dumps(asdict(source)), encoding="utf-8")
        self.path.touch()

    def discard(self) -> None:
        """Forget what came."""
        for path in (self.path, self._note):
            path.unlink(missing_ok=True)

    def complete(self) -> Path:
        """Put the file in its place."""
        self.path.replace(self._target)
        self._note.unlink(missing_ok=True)
        return self._target


def digest_of_file(path: Path, algorithm: str) -> str:
    """A file's hash in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
