"""The dark look: one table of colours for palette, style sheet and icons."""

from __future__ import annotations

from string import Template

import qtawesome
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QAbstractSpinBox, QApplication

import resources

INDENT_PX = 6

COLORS = {
    "window": "#16181c",
    "panel": "#1c1f24",
    "raised": "#262a31",
    "hover": "#2f343c",
    "pressed": "#3a414b",
    "selection": "#24405c",
    "border": "#363c45",
    "text": "#dde2e8",
    "muted": "#9aa4b0",
    "faint": "#636c78",
    "accent": "#5aa2e6",
    "accent_fill": "#2f73b5",
    "accent_hover": "#3b82c7",
    "on_accent": "#ffffff",
    "warning": "#e3b457",
    "error": "#c9594f",
    "error_fill": "#45211f",
    "done": "#4d9a6a",
    "approved": "#6cc28d",
    "excluded": "#d98a82",
    "done_fill": "#1d3a2a",
}
"""Backgrounds are darker than the greys of soft tissue, so that the CT is the brightest."""

_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "panel",
    QPalette.ColorRole.AlternateBase: "raised",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "faint",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "on_accent",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Highlight: "accent_fill",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Light: "hover",
    QPalette.ColorRole.Midlight: "raised",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "panel",
    QPalette.ColorRole.Shadow: "window",
}


def apply_theme(application: QApplication) -> None:
    """Make the whole program dark."""
    application.setStyle("Fusion")
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, QColor(COLORS[name]))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(COLORS["faint"]))
    application.setPalette(palette)
    styles = resources.path("styles")
    sheet = Template((styles / "dark.qss").read_text(encoding="utf-8"))
    application.setStyleSheet(sheet.substitute(COLORS, styles=styles.as_posix()))


def indent(box: QAbstractSpinBox) -> None:
    """Keep a field's number off its frame; a style sheet's padding does not move it."""
    box.lineEdit().setTextMargins(INDENT_PX, 0, 0, 0)


def icon(name: str, color: str = "text") -> QIcon:
    """A Material Design icon in a colour of the table."""
    drawn: QIcon = qtawesome.icon(
        f"mdi6.{name}", color=COLORS[color], color_disabled=COLORS["faint"]
    )
    return drawn


def swatch(color_rgb: tuple[int, int, int], size_px: int = 14) -> QPixmap:
    """A rounded square of a structure's colour, sharp on dense screens too."""
    ratio = 2
    pixmap = QPixmap(size_px * ratio, size_px * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(*color_rgb))
    painter.drawRoundedRect(0, 0, size_px, size_px, 3, 3)
    painter.end()
    return pixmap


def swatch_icon(color_rgb: tuple[int, int, int]) -> QIcon:
    """A swatch for a row of a table, which keeps its colour when the row is selected."""
    found = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        found.addPixmap(swatch(color_rgb), mode)
    return found
