"""Two number fields: how wide the grey window is, and where its middle lies."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QSpinBox, QWidget

from viewer.scenes.window_level import (
    MAX_CENTER_HU,
    MAX_WIDTH_HU,
    MIN_CENTER_HU,
    MIN_WIDTH_HU,
    WindowLevel,
)

_FIELD_WIDTH_PX = 66


class WindowFields(QWidget):
    """Follows the views; what is typed counts with Return or when the field is left."""

    typed = Signal(object)
    """The ``WindowLevel`` that was typed."""

    def __init__(self) -> None:
        super().__init__()
        self.width_field = _field(
            "W ", "Width of the grey window in HU", MIN_WIDTH_HU, MAX_WIDTH_HU
        )
        self.center_field = _field(
            "L ", "Level (middle) of the grey window in HU", MIN_CENTER_HU, MAX_CENTER_HU
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(4)
        for field in (self.width_field, self.center_field):
            field.valueChanged.connect(self._on_typed)
            row.addWidget(field)

    def show_window_level(self, window_level: WindowLevel) -> None:
        """Show a grey window without telling."""
        for field, value_hu in (
            (self.width_field, window_level.width_hu),
            (self.center_field, window_level.center_hu),
        ):
            field.blockSignals(True)
            field.setValue(round(value_hu))
            field.blockSignals(False)

    def _on_typed(self, _value_hu: int) -> None:
        self.typed.emit(WindowLevel(self.width_field.value(), self.center_field.value()))


def _field(prefix: str, tip: str, lowest_hu: float, highest_hu: float) -> QSpinBox:
    field = QSpinBox()
    field.setObjectName("windowField")
    field.setRange(round(lowest_hu), round(highest_hu))
    field.setPrefix(prefix)
    field.setKeyboardTracking(False)
    field.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    field.setSingleStep(10)
    field.setFixedWidth(_FIELD_WIDTH_PX)
    field.setToolTip(f"{tip}: type it, or turn the wheel over it")
    field.setAccessibleName(tip)
    field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return field
