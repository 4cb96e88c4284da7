"""A strip above the views: where the open case stands, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton

from app.gui.actions import Actions
from app.gui.case_line import status_color, status_word, when_text
from app.gui.elided_label import ElidedLabel
from app.gui.theme import COLORS
from app.gui.version_texts import header_of_older
from training.cases.records import CaseRecord
from viewer.widgets.translation import tr


class ReviewBar(QFrame):
    """Shown while a case of a project is open."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("reviewBar")
        self._status = QLabel()
        self._status.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._status.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._version = ElidedLabel()
        self._version.setObjectName("muted")
        self._worded: list[QToolButton] = []
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self._status)
        layout.addWidget(self._version, 1)
        for key in ("flag_case", "comment_case", "check_case"):
            layout.addWidget(_button(actions, key))
        for key in ("return_case", "submit_case"):
            button = _button(actions, key)
            self._worded.append(button)
            layout.addWidget(button)
        approve = _button(actions, "approve_case")
        approve.setObjectName("primary")
        approve.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        layout.addWidget(approve)
        self.hide()

    @property
    def version_text(self) -> str:
        """Which version is open, and who made it when."""
        return self._version.text()

    def show_record(
        self,
        record: CaseRecord,
        *,
        is_modified: bool,
        is_behind: bool = False,
        base_number: int | None = None,
    ) -> None:
        """Say where a case stands.

        ``is_behind`` is true where the mask that is shown began from an older version than the
        newest: from number ``base_number``, None where that is not known.
        """
        color = QColor(COLORS[status_color(record.status)])
        ground = f"rgba({color.red()}, {color.green()}, {color.blue()}, 0.18)"
        self._status.setStyleSheet(
            f"color: {color.name()}; background: {ground}; border-radius: 4px; padding: 2px 8px;"
        )
        self._status.setText(status_word(record.status))
        if not record.version_count:
            text = tr("No version yet")
        elif is_behind:
            text = header_of_older(record.version_count, base_number)
        else:
            who = f"{record.changed_by}, {when_text(record.changed_at)}"
            text = tr("Version {number}", number=record.version_count) + f"  ·  {who}"
        if record.status_reason:
            text = record.status_reason
        self._version.setText(tr("Not saved yet") + f"  ·  {text}" if is_modified else text)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Narrow windows get icons without words."""
        return QSize(300, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words beside the icons where there is room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show words beside the icons unless they would cut off what is said about the version."""
        for button in self._worded:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        text_px = self._version.fontMetrics().horizontalAdvance(self._version.text())
        if self._row.minimumSize().width() + text_px > self.width():
            for button in self._worded:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)


def _button(actions: Actions, key: str) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(actions[key])
    button.setIconSize(QSize(16, 16))
    return button
