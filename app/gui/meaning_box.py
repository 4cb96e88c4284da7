"""The box in which one chooses what a label value of a foreign file means here."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from app.gui.theme import swatch
from imaging.structures import all_structures
from viewer.widgets.translation import tr, tr_sentence

LEFT_OUT = ""
"""What a label means that is not wanted, as `label_mapping` takes it."""


def meaning_box(name: str, meaning: str | None) -> QComboBox:
    """A box of all structures; ``name`` is what screen readers call it, None is still to choose.

    Its data are names of structures, ``LEFT_OUT`` or None.
    """
    box = QComboBox()
    box.setAccessibleName(tr("What {name} means here", name=name))
    if meaning is None:
        box.addItem(tr("Choose…"), None)
    for structure in all_structures():
        box.addItem(swatch(structure.color_rgb), tr_sentence(structure.title), structure.name)
    box.insertSeparator(box.count())
    box.addItem(tr("Leave out"), LEFT_OUT)
    if meaning is not None:
        box.setCurrentIndex(box.findData(meaning))
    return box
