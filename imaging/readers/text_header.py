"""The text headers of NRRD and MetaImage, read for what SimpleITK does not tell."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from imaging.errors import UnreadableFileError

MAX_HEADER_BYTES = 2**20
"""A text header is far shorter; what comes later are voxels."""

_NRRD_ENDS = (b"\n\n", b"\r\n\r\n")
_META_END = re.compile(rb"^ElementDataFile\s*=[^\n]*\n", re.MULTILINE | re.IGNORECASE)
_LOCAL = ("", "local")
_PACKED_CHUNK_BYTES = 2**16
"""Unpacks to 64 MB at most."""

_ZLIB_OR_GZIP = 47
"""zlib's code for "whichever of the two it is"."""


@dataclass(frozen=True, slots=True)
class TextHeader:
    """Fields of a header, keys in lower case, and where it ends in the file."""

    fields: dict[str, str]
    byte_count: int


def read_text_header(path: Path) -> TextHeader:
    """Read the header of a NRRD or MetaImage file.

    Raises:
        UnreadableFileError: the file cannot be read at all.
    """
    try:
        with path.open("rb") as file:
            start = file.read(MAX_HEADER_BYTES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableFileError(f"{path.name} cannot be opened: {reason}.") from error
    byte_count = _header_length(start)
    fields = {}
    for line in start[:byte_count].decode("latin-1").splitlines():
        parts = re.split(r":=|:|=", line, maxsplit=1)
        if len(parts) == 2:
            fields[parts[0].strip().lower()] = parts[1].strip()
    return TextHeader(fields, byte_count)


def is_packing_intact(path: Path, header: TextHeader) -> bool:
    """False if compressed voxels do not unpack to what their checksum says.

    SimpleITK goes on with whatever it got. True where there is nothing to check.
    """
    fields = header.fields
    is_packed = fields.get("encoding", "").lower() in ("gzip", "gz") or (
        fields.get("compresseddata", "").lower() == "true"
    )
    if not is_packed:
        return True
    other = fields.get("data file", fields.get("datafile", fields.get("elementdatafile", "")))
    if other.lower() in _LOCAL:
        return _unpacks(path, header.byte_count)
    data_file = path.parent / other
    # Lists and patterns of files have no single checksum; SimpleITK reads or refuses them.
    return _unpacks(data_file, 0) if data_file.is_file() else True


def _header_length(start: bytes) -> int:
    meta_end = _META_END.search(start)
    if meta_end is not None:
        return meta_end.end()
    ends = [found + len(end) for end in _NRRD_ENDS if (found := start.find(end)) >= 0]
    return min(ends, default=len(start))


def _unpacks(path: Path, offset: int) -> bool:
    unpacker = zlib.decompressobj(_ZLIB_OR_GZIP)
    try:
        with path.open("rb") as file:
            file.seek(offset)
            while not unpacker.eof and (chunk := file.read(_PACKED_CHUNK_BYTES)):
                unpacker.decompress(chunk)
    except (OSError, zlib.error):
        return False
    return unpacker.eof
