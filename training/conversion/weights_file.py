"""Weights as safetensors: tables by name, and the further names of those that are shared."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from inference.bundles.checkpoint import Weights

ALIASES = "aliases"
"""Key of the file's notes: JSON, further name to name. DynUNet has 68 names for 35 tables."""


def write_weights(weights: Weights, path: Path) -> None:
    """Write each table once; a reader gives it all its names again."""
    tables = {name: np.asarray(table, order="C") for name, table in weights.tables.items()}
    save_file(tables, path, metadata={ALIASES: json.dumps(weights.aliases)})
