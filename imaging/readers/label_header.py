"""Reads what a label file says about its values: their names, and whether this program wrote it.

NRRD names segments as 3D Slicer does; NIfTI carries a table of labels in an extension, as
TotalSegmentator and Connectome Workbench write it. Runs in the decoding process.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

from imaging.readers.nifti_file import read_header_bytes
from imaging.readers.text_header import read_text_header
from imaging.readers.volume_source import NIFTI_ENDINGS
from imaging.writers.mask_description import DESCRIPTION

MAX_EXTENSION_BYTES = 2**20
"""Room for thousands of labels; what claims more is looked at no further."""

_NIFTI1_BYTES, _NIFTI1_DESCRIPTION, _NIFTI2_DESCRIPTION = 348, 148, 240
_DESCRIPTION_BYTES = 80
_NIFTI1_DATATYPE, _NIFTI2_DATATYPE = 70, 12
_BYTE_TYPES = frozenset({"met_uchar", "uchar", "unsigned char", "uint8", "uint8_t"})
_LABEL = re.compile(
    rb"<Label\b[^>]*\bKey\s*=\s*[\"'](\d{1,3})[\"'][^>]*>\s*"
    rb"(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))\s*</Label>",
    re.DOTALL,
)
_SEGMENT_KEY = re.compile(r"segment(\d+)_(name|labelvalue)")


@dataclass(frozen=True, slots=True)
class LabelHeader:
    """What a file says about its label values.

    Attributes:
        names: (value, name) for those that it names.
        has_our_values: whether the values are those of our organ table.
    """

    names: tuple[tuple[int, str], ...] = ()
    has_our_values: bool = False


def read_label_header(path: Path) -> LabelHeader:
    """The header of a NIfTI, NRRD or MetaImage file that was opened before.

    Raises:
        UnreadableFileError: it cannot be read.
    """
    if path.name.lower().endswith(NIFTI_ENDINGS):
        raw = read_header_bytes(path, MAX_EXTENSION_BYTES)
        start = _NIFTI1_DESCRIPTION if _is_nifti1(raw) else _NIFTI2_DESCRIPTION
        description = raw[start : start + _DESCRIPTION_BYTES].partition(b"\0")[0]
        return LabelHeader(
            _names_in_extension(raw[_NIFTI1_BYTES:]), description == DESCRIPTION.encode()
        )
    fields = read_text_header(path).fields
    return LabelHeader(_segment_names(fields), fields.get("description") == DESCRIPTION)


def has_bytes(path: Path) -> bool:
    """Whether each voxel of a NIfTI, NRRD or MetaImage file is an unsigned byte.

    Raises:
        UnreadableFileError: it cannot be read.
    """
    if path.name.lower().endswith(NIFTI_ENDINGS):
        raw = read_header_bytes(path, _NIFTI1_BYTES)
        start = _NIFTI1_DATATYPE if _is_nifti1(raw) else _NIFTI2_DATATYPE
        return raw[start : start + 2] in (b"\x02\x00", b"\x00\x02")
    fields = read_text_header(path).fields
    return fields.get("elementtype", fields.get("type", "")).lower() in _BYTE_TYPES


def _is_nifti1(raw: bytes) -> bool:
    return raw[:4] in (b"\x5c\x01\x00\x00", b"\x00\x00\x01\x5c")


def _names_in_extension(raw: bytes) -> tuple[tuple[int, str], ...]:
    names = {}
    for key, verbatim, escaped in _LABEL.findall(raw):
        text = (verbatim or escaped).decode("utf-8", "replace").strip()
        if 1 <= int(key) <= 255 and text:
            names[int(key)] = text if verbatim else html.unescape(text)
    return tuple(sorted(names.items()))


def _segment_names(fields: dict[str, str]) -> tuple[tuple[int, str], ...]:
    segments: dict[str, dict[str, str]] = {}
    for key, text in fields.items():
        if found := _SEGMENT_KEY.fullmatch(key):
            segments.setdefault(found[1], {})[found[2]] = text
    names = {
        int(segment["labelvalue"]): segment["name"]
        for segment in segments.values()
        if segment.get("name") and segment.get("labelvalue", "").isdecimal()
    }
    return tuple((value, name) for value, name in sorted(names.items()) if 1 <= value <= 255)
