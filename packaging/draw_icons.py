"""Draws the program's icon in the sizes that desktops ask for: PNG files, and one .ico."""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image
from PySide6.QtGui import QGuiApplication, QIcon

SIZES_PX = (16, 24, 32, 48, 64, 128, 256)


def main() -> None:
    """Write maskwright-N.png for each size and maskwright.ico."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("drawing", type=Path)
    options.add_argument("folder", type=Path)
    arguments = options.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    application = QGuiApplication([])
    icon = QIcon(str(arguments.drawing))
    for size in SIZES_PX:
        file = arguments.folder / f"maskwright-{size}.png"
        if not icon.pixmap(size, size).save(str(file)):
            raise SystemExit(f"{file.name} could not be drawn.")
    application.quit()
    largest = Image.open(arguments.folder / f"maskwright-{max(SIZES_PX)}.png")
    largest.save(arguments.folder / "maskwright.ico", sizes=[(size, size) for size in SIZES_PX])


if __name__ == "__main__":
    main()
