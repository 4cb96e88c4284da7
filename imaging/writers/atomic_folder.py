"""Puts a folder of files in its place whole or not at all."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imaging.errors import WriteError
from imaging.writers.atomic_file import flush_folder, write_error


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A folder beside ``path`` to write to; it becomes ``path`` when the block ends well.

    Raises:
        WriteError: ``path`` has files already, or the operating system refused something.
    """
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        if path.exists() and any(path.iterdir()):
            raise WriteError(
                f"{path.name} was not saved: the folder exists and is not empty. "
                "Choose a new or an empty one."
            )
        part.mkdir()
        yield part
        flush_folder(part)
        if path.exists():
            path.rmdir()
        part.replace(path)
        flush_folder(path.parent)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
