"""Engines that this computer built, kept on disk: used only if every byte is as it was written.

An engine is native code, so nothing is loaded that was built elsewhere, for another network,
library, driver or card, or that has changed since.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

logger = logging.getLogger(__name__)

ENGINE, TIMINGS, RECORD = "engine.bin", "timings.bin", "record.json"


class BuiltFiles:
    """The files of one engine, found by the facts that it depends on."""

    def __init__(self, cache: Path, facts: Mapping[str, str]) -> None:
        """``facts`` name network, precision, library, driver, card: whatever a build depends on."""
        self._facts = dict(facts)
        text = json.dumps(self._facts, sort_keys=True)
        self._folder = cache / "built" / hashlib.sha256(text.encode()).hexdigest()[:32]

    def load(self, name: str = ENGINE) -> bytes | None:
        """What was built, or None where it must be built; what has changed is removed."""
        file = self._folder / name
        if not file.is_file():
            return None
        try:
            record = json.loads((self._folder / RECORD).read_text(encoding="utf-8"))
            content = file.read_bytes()
            is_whole = (
                record["facts"] == self._facts
                and record["sha256"][name] == hashlib.sha256(content).hexdigest()
            )
        except (OSError, ValueError, KeyError, TypeError):
            is_whole, content = False, b""
        if is_whole:
            return content
        logger.warning("a built engine has changed on disk and is built again")
        self.remove()
        return None

    def save(self, contents: Mapping[str, bytes]) -> None:
        """Keep files by name, whole or not at all; a disk that refuses costs time only."""
        part = self._folder.with_name(f"{self._folder.name}.{os.getpid()}.part")
        record = {
            "facts": self._facts,
            "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
        }
        try:
            part.mkdir(parents=True)
            for name, data in contents.items():
                (part / name).write_bytes(data)
            (part / RECORD).write_text(json.dumps(record, indent=2), encoding="utf-8")
            self.remove()
            part.replace(self._folder)
        except OSError:
            logger.warning("a built engine could not be kept", exc_info=True)
            shutil.rmtree(part, ignore_errors=True)

    def remove(self) -> None:
        """Forget what was built."""
        shutil.rmtree(self._folder, ignore_errors=True)
