"""The bytes of a journal: a first line, then records with length and checksum, only ever appended.

A record is ``length, checksum`` (two little-endian uint32) and a payload: the length of a JSON
text, the text, and a zlib stream of voxels where the text announces a box.
"""

from __future__ import annotations

import json
import os
import struct
import uuid
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.labels import Box
from imaging.writers.atomic_file import flush_folder
from training.cases.file_lock import FileLock

MAGIC = b"Maskwright journal 1\n"
ENDING = ".journal"

MAX_RECORD_BYTES = 2**31
"""A longer record is no record, but noise in a damaged file."""

COMPRESSION_LEVEL = 1
"""Masks shrink a hundredfold at the fastest level; the next ones cost time on every stroke."""

_FRAME = struct.Struct("<II")
_TEXT_LENGTH = struct.Struct("<I")


class JournalWriter:
    """A journal that is being written; locked, so that nobody offers to restore it meanwhile.

    Everything may raise OSError, and then leaves the whole records as they were.
    """

    def __init__(self, path: Path, lock: FileLock, descriptor: int) -> None:
        self.path = path
        self._lock = lock
        self._descriptor = descriptor
        self._ends: list[int] = []

    @classmethod
    def create(cls, folder: Path, base: bytes, later: Iterable[bytes] = ()) -> JournalWriter:
        """A new journal that begins with ``base`` and ``later``, on the disk for good."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{uuid.uuid4().hex}{ENDING}"
        lock = FileLock.take(path)
        if lock is None:  # somebody looked at it in the moment before it was locked
            return cls.create(folder, base, later)
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        writer = cls(path, lock, descriptor)
        try:
            writer.append(MAGIC + base)
            for entry in later:
                writer.append(entry)
            writer.flush()
            flush_folder(folder)
        except OSError:
            writer.remove()
            raise
        return writer

    def append(self, entry: bytes) -> None:
        """Write a record behind the last whole one; it survives the death of the program."""
        start = self._ends[-1] if self._ends else 0
        try:
            _write_all(self._descriptor, entry, start)
        except OSError:
            os.ftruncate(self._descriptor, start)
            raise
        self._ends.append(start + len(entry))

    def flush(self) -> None:
        """Make what was appended survive a power cut."""
        os.fsync(self._descriptor)

    def after(self, count: int) -> tuple[bytes, ...]:
        """The records behind the base and the first ``count``."""
        starts, ends = self._ends[count:], self._ends[count + 1 :]
        return tuple(
            _read_all(self._descriptor, start, end - start)
            for start, end in zip(starts, ends, strict=False)
        )

    def close(self) -> None:
        """Leave the file for a later start to find."""
        os.close(self._descriptor)
        self._lock.release()

    def remove(self) -> None:
        """Delete the file: what it held is kept elsewhere."""
        self.close()
        self.path.unlink(missing_ok=True)


def _write_all(descriptor: int, data: bytes, start: int) -> None:
    os.lseek(descriptor, start, os.SEEK_SET)
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _read_all(descriptor: int, start: int, length: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)
    parts = []
    while length and (part := os.read(descriptor, length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def record(content: dict[str, Any], voxels: NDArray[np.uint8] | None = None) -> bytes:
    """One record, ready to be appended."""
    text = json.dumps(content, allow_nan=False).encode()
    packed = (
        b""
        if voxels is None
        else zlib.compress(np.ascontiguousarray(voxels).data, COMPRESSION_LEVEL)
    )
    payload = _TEXT_LENGTH.pack(len(text)) + text + packed
    return _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def records(path: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The content and packed voxels of each whole record; a torn or damaged rest is left out.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return
        while len(head := file.read(_FRAME.size)) == _FRAME.size:
            length, checksum = _FRAME.unpack(head)
            if not _TEXT_LENGTH.size <= length <= MAX_RECORD_BYTES:
                return
            payload = file.read(length)
            if len(payload) < length or zlib.crc32(payload) != checksum:
                return
            (text_length,) = _TEXT_LENGTH.unpack_from(payload)
            end = _TEXT_LENGTH.size + text_length
            yield json.loads(payload[_TEXT_LENGTH.size : end]), payload[end:]


def begins_as_ours(path: Path) -> bool:
    """Whether this version began to write a file, however soon it was cut short.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return MAGIC.startswith(file.read(len(MAGIC)))


def voxels_of(packed: bytes, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The voxels of a record, shape as given; a new array.

    Raises:
        ValueError: they do not have this shape.
    """
    return np.frombuffer(bytearray(zlib.decompress(packed)), np.uint8).reshape(shape)


def box_to_json(box: Box) -> list[list[int]]:
    """A box as numbers."""
    return [[part.start, part.stop] for part in box]


def box_from_json(numbers: list[list[int]]) -> Box:
    """The reverse of ``box_to_json``."""
    k, j, i = (slice(int(start), int(stop)) for start, stop in numbers)
    return k, j, i


def clicks_to_json(clicks: tuple[Click, ...]) -> list[list[Any]]:
    """Clicks as numbers and names."""
    return [[*click.point_lps, click.structure, click.is_foreground] for click in clicks]


def clicks_from_json(entries: list[list[Any]]) -> tuple[Click, ...]:
    """The reverse of ``clicks_to_json``."""
    return tuple(
        Click((float(x), float(y), float(z)), str(name), bool(is_foreground))
        for x, y, z, name, is_foreground in entries
    )
