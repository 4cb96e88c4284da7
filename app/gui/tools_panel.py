"""What the left mouse button does, and the button that segments without clicks."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton

from app.gui.actions import Actions
from app.gui.section import Section
from app.gui.theme import icon
from viewer.widgets.translation import tr

CLICK_TOOLS = ("navigate", "foreground", "background")
HAND_TOOLS = ("brush", "eraser", "lasso", "cut", "fill", "refine")
MEASURING_TOOLS = ("ruler", "angle", "region")

_BESIDE_WORD_PX = 18
"""What a button needs beside its word."""


class ToolsPanel(Section):
    """The tools for clicks, those for the hand, those that measure, and one big button."""

    def __init__(self, actions: Actions) -> None:
        super().__init__(tr("Tools"))
        self._action = actions["segment"]
        self.contents.setSpacing(8)
        self.contents.addLayout(_row_of_tools(actions, CLICK_TOOLS, 22, 6))
        self.contents.addLayout(_row_of_tools(actions, HAND_TOOLS, 20, 2, name="handTool"))
        self.contents.addLayout(_row_of_tools(actions, MEASURING_TOOLS, 16, 6, is_low=True))

        self._hint = QLabel()
        self._hint.setObjectName("muted")
        self._hint.setWordWrap(True)
        # Room for two lines, so that the button below does not jump with the text.
        self._hint.setMinimumHeight(2 * self._hint.fontMetrics().lineSpacing())
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.contents.addWidget(self._hint)

        self._segment = QPushButton(icon("auto-fix", "on_accent"), tr("Segment"))
        self._segment.setObjectName("primary")
        self._segment.setMinimumHeight(34)
        self._segment.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._segment.clicked.connect(self._action.trigger)
        self._action.changed.connect(self._follow_action)
        self.contents.addWidget(self._segment)
        self._follow_action()

    @property
    def segment_button(self) -> QPushButton:
        """The big one."""
        return self._segment

    def set_hint_visible(self, is_visible: bool) -> None:
        """Leave the hint to the status line where the options need the room."""
        self._hint.setVisible(is_visible)

    def set_hint(self, text: str) -> None:
        """Say what the left button does now."""
        self._hint.setText(text)

    def _follow_action(self) -> None:
        self._segment.setText(self._action.text())
        self._segment.setEnabled(self._action.isEnabled())
        self._segment.setToolTip(self._action.toolTip())


def _row_of_tools(
    actions: Actions,
    keys: tuple[str, ...],
    icon_px: int,
    spacing_px: int,
    name: str = "",
    *,
    is_low: bool = False,
) -> QHBoxLayout:
    """A button for each tool, its text under its icon, or beside it in a low row."""
    style = Qt.ToolButtonStyle
    row = QHBoxLayout()
    row.setSpacing(spacing_px)
    for key in keys:
        button = QToolButton()
        button.setObjectName(name)
        button.setDefaultAction(actions[key])
        button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if is_low else style.ToolButtonTextUnderIcon
        )
        button.setIconSize(QSize(icon_px, icon_px))
        button.setMinimumHeight(icon_px + 10 if is_low else 2 * icon_px + 10)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        # Words differ in length: a long one gets more of the room, in any language.
        words_px = button.fontMetrics().horizontalAdvance(actions[key].text())
        row.addWidget(button, words_px + _BESIDE_WORD_PX)
    return row
