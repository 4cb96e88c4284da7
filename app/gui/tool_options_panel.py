"""The options of the chosen tool, below the tools."""

from __future__ import annotations

from app.controllers.drawing_options import DrawingTool
from app.gui.drawing_form import DrawingForm
from app.gui.refine_form import RefineForm
from app.gui.section import Section
from viewer.widgets.translation import tr


class ToolOptionsPanel(Section):
    """Shown only while a tool is chosen that has options."""

    def __init__(self) -> None:
        super().__init__(tr("Options"))
        self.refine = RefineForm()
        self.drawing = DrawingForm()
        self.contents.setSpacing(8)
        self.contents.addWidget(self.refine)
        self.contents.addWidget(self.drawing)
        self.hide()

    def show_tool(self, title: str, tool: DrawingTool | None) -> None:
        """Show the options of a drawing tool, or with None those of the whole mask's tools."""
        self.set_title(title)
        self.refine.setVisible(tool is None)
        self.drawing.show_tool(tool)
        self.show()
