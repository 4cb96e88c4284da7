"""How much a downloaded file may ask of this computer."""

from __future__ import annotations

GIGABYTE = 2**30

MAX_TOTAL_BYTES = 4 * GIGABYTE
"""Unpacked size of an archive; the largest known bundle (UNETR) has 1.2 GB of weights."""

MAX_MEMBERS = 20_000
"""Files of a bundle or records of a checkpoint."""

MAX_RATIO = 200
"""Unpacked against packed size; text reaches 20, zeros 1000."""

RATIO_MATTERS_FROM_BYTES = 2**20
"""Small members may be as repetitive as they like."""

MAX_DIRECTORY_BYTES = 8 * 2**20
"""List of contents of an archive: 20,000 members with long names."""

MAX_CONFIG_BYTES = 2 * 2**20
"""A configuration; the known ones have 20 KB."""

MAX_CONFIG_DEPTH = 40
MAX_CONFIG_NODES = 100_000

MAX_EXPRESSION_CHARS = 2_000
MAX_EXPRESSION_DEPTH = 40
MAX_LENGTH = 10_000
"""Of a list or text that references and sums make."""

MAX_NUMBER = 2**40
"""No size, count or intensity is larger."""

MAX_REFERENCE_DEPTH = 60

MAX_STRUCTURE_BYTES = 16 * 2**20
"""The part of a checkpoint that is not numbers: names and shapes."""

MAX_DIMENSIONS = 8
