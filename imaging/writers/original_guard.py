"""Keeps a mask from taking the place of a CT."""

from __future__ import annotations

from pathlib import Path

from imaging.errors import MaskwrightError, WriteError
from imaging.readers.label_header import has_bytes
from imaging.readers.open_volume import open_volume

MAX_LABEL_VALUE = 255


def refuse_to_replace_ct(path: Path) -> None:
    """Refuse a target at which there is a CT already: it may be the only copy.

    A file of bytes is taken for a mask by its header, as is usual; others are read in the decoding
    process. What cannot be read is no CT, and may be replaced.

    Raises:
        WriteError: the file there has values that no label map has.
    """
    if not path.is_file():
        return
    try:
        if has_bytes(path):
            return
        array = open_volume(path).array
    except MaskwrightError:
        return
    if array.min() < 0 or array.max() > MAX_LABEL_VALUE:
        raise WriteError(
            f"{path.name} was not saved: a CT has this name, and a mask would take its place. "
            "Choose another name. The CT is unchanged."
        )
