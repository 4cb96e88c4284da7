"""What the left mouse button does, and the button that segments without clicks."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton

from app.gui.actions import Actions
from app.gui.section import Section
from app.gui.theme import icon


class ToolsPanel(Section):
    """Three tools and one big button."""

    def __init__(self, actions: Actions) -> None:
        super().__init__("Tools")
        self._action = actions["segment"]
        tools = QHBoxLayout()
        tools.setSpacing(6)
        for key in ("navigate", "foreground", "background"):
            button = QToolButton()
            button.setDefaultAction(actions[key])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(QSize(22, 22))
            button.setMinimumHeight(54)
            button.setSizePolicy(self.sizePolicy())
            tools.addWidget(button, 1)
        self.contents.setSpacing(8)
        self.contents.addLayout(tools)

        self._hint = QLabel()
        self._hint.setObjectName("muted")
        self._hint.setWordWrap(True)
        # Room for two lines, so that the button below does not jump with the text.
        self._hint.setMinimumHeight(2 * self._hint.fontMetrics().lineSpacing())
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.contents.addWidget(self._hint)

        self._segment = QPushButton(icon("auto-fix", "on_accent"), "Segment")
        self._segment.setObjectName("primary")
        self._segment.setMinimumHeight(34)
        self._segment.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._segment.clicked.connect(self._action.trigger)
        self._action.changed.connect(self._follow_action)
        self.contents.addWidget(self._segment)
        self._follow_action()

    def set_hint(self, text: str) -> None:
        """Say what the left button does now."""
        self._hint.setText(text)

    def _follow_action(self) -> None:
        self._segment.setText(self._action.text())
        self._segment.setEnabled(self._action.isEnabled())
        self._segment.setToolTip(self._action.toolTip())
