"""Puts a file in its place whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imaging.errors import WriteError

_REASONS = {
    errno.ENOSPC: "the disk is full. Free some space, or save to another disk",
    errno.EDQUOT: "your disk quota is used up. Free some space, or save to another disk",
    errno.EFBIG: "the disk takes no file of this size. Save to another disk",
    errno.EROFS: "the disk is read-only. Save to another folder",
    errno.EACCES: "this folder is not writable for you. Save to another folder",
    errno.EPERM: "this folder is not writable for you. Save to another folder",
    errno.ENOENT: "the folder does not exist. Make it, or save to another folder",
    errno.ENOTDIR: "the folder does not exist. Make it, or save to another folder",
    errno.EISDIR: "there is a folder of this name. Choose another name",
    errno.ENAMETOOLONG: "the name is too long. Choose a shorter name",
    errno.EIO: "the disk reports an error. Save to another disk",
}


@contextmanager
def whole_file(path: Path, ending: str) -> Iterator[Path]:
    """A path beside ``path`` to write to; it becomes ``path`` when the block ends well.

    ``ending`` is the file's ending, ".nii.gz" for example; writers choose a format by it. When
    the block fails, the old file is as it was and the new one is gone.

    Raises:
        WriteError: with a sentence, for whatever the operating system refused.
    """
    part = path.with_name(f".{uuid.uuid4().hex}.part{ending}")
    try:
        part.touch(exist_ok=False)  # here the system says why not; ITK only says that it cannot
        yield part
        _flush(part)
        part.replace(path)
        flush_folder(path.parent)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        _remove(part)


def write_error(path: Path, error: OSError) -> WriteError:
    """One sentence for what the operating system answered."""
    if isinstance(error, shutil.Error):
        error = _first_cause(error)
    reason = _REASONS.get(error.errno or 0, f"{error.strerror or error}. Save to another folder")
    return WriteError(f"{path.name} was not saved: {reason}. What was there before is unchanged.")


def _first_cause(error: shutil.Error) -> OSError:
    """What stopped the first file of a folder that was copied: all are listed in it, as text."""
    found = re.search(r"\[Errno (\d+)\]", str(error))
    number = int(found[1]) if found else errno.EIO
    return OSError(number, os.strerror(number))


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut; Windows has no such call."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return  # The folder is gone or read-only; the sentence about that is on its way.
