"""Prints what a frozen program's folder holds, library by library, largest first."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

LISTED = 20
INSIDE = "_internal"


def sizes_by_library(folder: Path) -> Counter[str]:
    """Bytes of each first-level entry of the folder's libraries; ``x.libs`` counts as ``x``."""
    sizes: Counter[str] = Counter()
    for file in folder.rglob("*"):
        if not file.is_file() or file.is_symlink():
            continue
        parts = file.relative_to(folder).parts
        owner = parts[1] if parts[0] == INSIDE and len(parts) > 1 else parts[0]
        sizes[owner.split(".")[0].removesuffix("_libs")] += file.stat().st_size
    return sizes


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    sizes = sizes_by_library(options.parse_args().folder)
    rest = sizes.total()
    lines = []
    for owner, size in sizes.most_common(LISTED):
        lines.append(f"{size / 1e6:8.1f} MB  {owner}")
        rest -= size
    lines.append(f"{rest / 1e6:8.1f} MB  {max(len(sizes) - LISTED, 0)} others")
    lines.append(f"{sizes.total() / 1e6:8.1f} MB  in all")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
