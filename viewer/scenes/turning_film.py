"""One turn of the 3D view as a file that plays by itself: animated GIF, PNG or WebP."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.errors import WriteError
from imaging.writers.atomic_file import whole_file

FRAMES = 60
"""Pictures of a turn: six degrees apart, which looks smooth."""

FRAME_MS = 60
FILM_SUFFIXES = {".gif": "GIF", ".png": "PNG", ".webp": "WEBP"}
"""Endings of the files, and what Pillow calls these formats."""

WEBP_QUALITY = 85


def write_film(pictures: Sequence[NDArray[np.uint8]], path: Path) -> None:
    """Write pictures, RGB of shape (h, w, 3), as a film without end; whole or not at all.

    The file has nothing in it but the pictures. May run on any thread, and takes seconds.

    Raises:
        WriteError: the ending is unknown, or the disk or the folder refused.
    """
    kind = FILM_SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise WriteError(
            f"{path.name} is none of the films that can be written. "
            f"Choose a name that ends in {', '.join(FILM_SUFFIXES)}."
        )
    frames = [Image.fromarray(picture) for picture in pictures]
    options: dict[str, object] = {"quality": WEBP_QUALITY} if kind == "WEBP" else {}
    if kind == "GIF":
        # One palette for all, or colours would flicker; made of what is seen a quarter turn apart.
        strip = np.concatenate(list(pictures[:: max(1, len(pictures) // 4)]), axis=1)
        palette = Image.fromarray(strip).quantize(colors=256)
        frames = [frame.quantize(palette=palette) for frame in frames]
    with whole_file(path, path.suffix) as part:
        frames[0].save(
            part,
            format=kind,
            save_all=True,
            append_images=frames[1:],
            duration=FRAME_MS,
            loop=0,
            **options,
        )
