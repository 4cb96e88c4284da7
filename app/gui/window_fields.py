"""Two number fields: how wide the grey window is, and where its middle lies."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from viewer.scenes.window_level import (
    MAX_CENTER_HU,
    MAX_WIDTH_HU,
    MIN_CENTER_HU,
    MIN_WIDTH_HU,
    WindowLevel,
)
from viewer.widgets.translation import tr

_FIELD_WIDTH_PX = 50


class WindowFields(QWidget):
    """Follows the views; what is typed counts with Return or when the field is left."""

    typed = Signal(object)
    """The ``WindowLevel`` that was typed."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.width_field = NumberField(tr("Width of the grey window"), MIN_WIDTH_HU, MAX_WIDTH_HU)
        self.center_field = NumberField(
            tr("Level (middle) of the grey window"), MIN_CENTER_HU, MAX_CENTER_HU
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 2, 0)
        row.setSpacing(4)
        for letter, field in (("W", self.width_field), ("L", self.center_field)):
            label = QLabel(letter)
            label.setObjectName("muted")
            label.setBuddy(field)
            row.addWidget(label)
            row.addWidget(field)
            field.changed.connect(self._on_changed)

    def show_window_level(self, window_level: WindowLevel) -> None:
        """Show a grey window without telling."""
        self.width_field.show_value(window_level.width_hu)
        self.center_field.show_value(window_level.center_hu)

    def _on_changed(self) -> None:
        self.typed.emit(WindowLevel(self.width_field.value_hu, self.center_field.value_hu))


class NumberField(QLineEdit):
    """A whole number in HU; one that is out of range becomes the nearest, nonsense goes."""

    changed = Signal()
    """Another number was typed."""

    def __init__(self, tip: str, lowest_hu: float, highest_hu: float) -> None:
        super().__init__()
        self._range_hu = round(lowest_hu), round(highest_hu)
        self.value_hu = 0.0
        """As it is in use; the field shows it rounded."""
        self.setObjectName("number")
        self.setFixedWidth(_FIELD_WIDTH_PX)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setToolTip(tr("{tip} in HU", tip=tip))
        self.setAccessibleName(tr("{tip} in HU", tip=tip))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.editingFinished.connect(self._on_finished)

    def show_value(self, value_hu: float) -> None:
        """Show a number without telling."""
        self.value_hu = value_hu
        self.setText(str(round(value_hu)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape brings back what was there."""
        if event.key() == Qt.Key.Key_Escape:
            self.show_value(self.value_hu)
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def _on_finished(self) -> None:
        lowest_hu, highest_hu = self._range_hu
        try:
            typed_hu = min(
                max(int(self.text().replace("\N{MINUS SIGN}", "-")), lowest_hu), highest_hu
            )
        except ValueError:
            typed_hu = round(self.value_hu)
        is_new = typed_hu != round(self.value_hu)
        self.show_value(typed_hu if is_new else self.value_hu)
        if is_new:
            self.changed.emit()
