"""The left column: case, structures, tools, clicks."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.controllers.case_session import CaseSession
from app.controllers.drawing_options import DrawingTool
from app.gui.actions import Actions
from app.gui.case_panel import CasePanel
from app.gui.clicks_panel import ClicksPanel
from app.gui.section import rule
from app.gui.structures_panel import StructuresPanel
from app.gui.tool_options_panel import ToolOptionsPanel
from app.gui.tools_panel import ToolsPanel

WIDTH_PX = 304


class SidePanel(QFrame):
    """Holds the sections; scrolls on low screens."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("sidePanel")
        self.setFixedWidth(WIDTH_PX)
        self.case = CasePanel(actions["open_ct"], actions["save"])
        self.structures = StructuresPanel()
        self.tools = ToolsPanel(actions)
        self.tool_options = ToolOptionsPanel()
        self.clicks = ClicksPanel(actions)
        contents = QWidget()
        contents.setObjectName("panelContents")
        column = QVBoxLayout(contents)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for section in (self.case, self.structures, self.tools):
            column.addWidget(section)
            column.addWidget(rule())
        column.addWidget(self.tool_options)
        column.addWidget(self.clicks, 1)
        column.addStretch(0)
        self._scroll = scroll = QScrollArea()
        scroll.setWidget(contents)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def show_tool_options(self, title: str, tool: DrawingTool | None) -> None:
        """Show the options of a tool (see ``ToolOptionsPanel``), in place of the clicks."""
        self.clicks.hide()
        self.tools.set_hint_visible(False)
        self.tool_options.show_tool(title, tool)
        # Once the new layout is known: on a low screen the options are what is needed now.
        QTimer.singleShot(0, self, self._scroll_to_options)

    def hide_tool_options(self) -> None:
        """Show the clicks again."""
        self.tool_options.hide()
        self.tools.set_hint_visible(True)
        self.clicks.show()

    def _scroll_to_options(self) -> None:
        if self.tool_options.isVisible():
            self._scroll.ensureWidgetVisible(self.tool_options, 0, 0)

    def show_case(self, session: CaseSession) -> None:
        """Let every section follow a case."""
        self.case.show_case(session)
        self.structures.show_case(session)
        self.clicks.show_case(session)
