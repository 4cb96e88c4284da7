"""Checks of zip archives, before anything in them is unpacked."""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from imaging.errors import ModelError
from inference.bundles.limits import (
    GIGABYTE,
    MAX_DIRECTORY_BYTES,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_TOTAL_BYTES,
    RATIO_MATTERS_FROM_BYTES,
)

DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)
"""What unpacking may raise; NotImplementedError, for a rare method, is a RuntimeError."""

_END = struct.Struct("<4s4H2LH")
_ARCHIVE_MARK = b"PK"
_END_MARK = b"PK\x05\x06"
_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_MARK = b"PK\x06\x06"
_LOCATOR64_BYTES = 20
_MAX_COMMENT_BYTES = 2**16


def open_archive(path: Path, max_bytes: int = MAX_TOTAL_BYTES) -> zipfile.ZipFile:
    """Open a zip file all of whose members are harmless to unpack, to ``max_bytes`` in all.

    Raises:
        ModelError: it is damaged, or a member is a link, lies outside, or is too large.
    """
    try:
        with path.open("rb") as file:
            if not file.read(len(_ARCHIVE_MARK)).startswith(_ARCHIVE_MARK):
                raise ModelError(
                    f"{path.name} is neither a zip archive nor a checkpoint. Choose the folder or "
                    "zip archive of a bundle, or a file of weights (.pt, .pth)."
                )
            _check_directory(path.name, file)
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ModelError(
            f"{path.name} is no archive that can be opened: it is damaged or incomplete. "
            "Download it again."
        ) from error
    try:
        _check_members(path.name, archive.infolist(), max_bytes)
    except ModelError:
        archive.close()
        raise
    return archive


def read_member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """A member's bytes, if they are no more than ``limit``.

    Raises:
        ModelError: it is larger, or damaged.
    """
    source = Path(archive.filename or "archive").name
    try:
        with archive.open(name) as file:
            data = file.read(limit + 1)
    except DAMAGED as error:
        raise damaged(source, name) from error
    if len(data) > limit:
        raise ModelError(
            f"{shown(name)} in {source} is larger than {limit // 2**20} MB, which no known "
            "bundle is. Nothing was imported."
        )
    return data


def shown(text: object, length: int = 60) -> str:
    """A name or text of a stranger's file, fit for a sentence: short, printable, in quotes."""
    whole = str(text)
    printable = "".join(mark if mark.isprintable() else "?" for mark in whole[: length + 1])
    return repr(printable if len(whole) <= length else f"{printable[:length]}...")


def damaged(source: str, name: str) -> ModelError:
    """The sentence for a file in an archive that cannot be unpacked."""
    return ModelError(f"{shown(name)} in {source} is damaged. Download the file again.")


def _check_directory(name: str, file: BinaryIO) -> None:
    """Refuse a list of contents that would fill the memory before anybody can count it."""
    file.seek(0, 2)
    end = file.tell()
    start = max(0, end - _MAX_COMMENT_BYTES - _END.size)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or at + _END.size > len(tail):
        raise zipfile.BadZipFile("no end of the list of contents")
    directory_bytes = _END.unpack_from(tail, at)[5]
    before = at - _LOCATOR64_BYTES - _END64.size
    if before >= 0 and tail[before : before + 4] == _END64_MARK:
        directory_bytes = max(directory_bytes % 0xFFFFFFFF, _END64.unpack_from(tail, before)[8])
    if directory_bytes > MAX_DIRECTORY_BYTES:
        raise _too_many(name)


def _check_members(name: str, members: list[zipfile.ZipInfo], max_bytes: int) -> None:
    if len(members) > MAX_MEMBERS:
        raise _too_many(name)
    if sum(member.file_size for member in members) > max_bytes:
        raise ModelError(
            f"{name} would unpack to more than {max_bytes // GIGABYTE} GB, "
            "more than any known one. Nothing was unpacked."
        )
    names = {member.filename for member in members}
    if len(names) != len(members):
        raise ModelError(f"{name} holds two files of one name. Nothing was unpacked.")
    for member in members:
        fault = _member_fault(member)
        if fault is not None:
            raise ModelError(f"{name}: {shown(member.filename)} {fault}. Nothing was unpacked.")


def _member_fault(member: zipfile.ZipInfo) -> str | None:
    path = PurePosixPath(member.filename)
    if not path.parts:
        return "has no name"
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in path.parts[0]:
        return "would be unpacked outside of its folder"
    mode = member.external_attr >> 16
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0):
        return "is a link or a special file, not a file"
    if member.flag_bits & 1:
        return "is protected by a password; unpack it yourself and import the folder"
    packed = max(member.compress_size, 1)
    if member.file_size > RATIO_MATTERS_FROM_BYTES and member.file_size / packed > MAX_RATIO:
        return f"unpacks to {member.file_size // packed} times its size, as only an attack does"
    return None


def _too_many(name: str) -> ModelError:
    return ModelError(
        f"{name} holds more than {MAX_MEMBERS:,} files, more than any known model. "
        "Nothing was unpacked."
    )
