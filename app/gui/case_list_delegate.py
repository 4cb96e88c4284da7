"""Draws one case of the list: thumbnail, name, status as colour and word, who and when."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.gui.case_line import CaseLine
from app.gui.theme import COLORS, icon

ROW_HEIGHT_PX = 70
THUMBNAIL_PX = 54
MARGIN_PX = 8
CHIP_HEIGHT_PX = 17

LINE_ROLE = Qt.ItemDataRole.UserRole
"""The ``CaseLine`` of a row."""

_Index = QModelIndex | QPersistentModelIndex


class CaseListDelegate(QStyledItemDelegate):
    """Three lines of text beside a picture; what does not fit is cut off with an ellipsis."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """Every row is as high as the next, so a long list costs nothing to lay out."""
        return QSize(200, ROW_HEIGHT_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a row."""
        line: CaseLine = index.data(LINE_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, option, is_open=line.is_open)
        inner = option.rect.adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        _paint_thumbnail(painter, inner, index.data(Qt.ItemDataRole.DecorationRole))
        left = inner.left() + THUMBNAIL_PX + 10
        text = QRect(left, inner.top(), inner.right() - left, inner.height())
        self._paint_text(painter, option, text, line)
        painter.restore()

    def _paint_text(
        self, painter: QPainter, option: QStyleOptionViewItem, text: QRect, line: CaseLine
    ) -> None:
        bold, small = QFont(option.font), QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        small.setPointSizeF(option.font.pointSizeF() * 0.88)
        third = text.height() // 3
        top = QRect(text.left(), text.top() - 1, text.width(), third)
        if line.is_flagged:
            icon("flag", "warning").paint(painter, top.right() - 14, top.top() + 2, 14, 14)
            top.setRight(top.right() - 18)
        top = _write_at_end(painter, top, line.pseudonym, small)
        faded = option.palette.color(QPalette.ColorRole.PlaceholderText)
        name_color = faded if line.is_excluded else option.palette.color(QPalette.ColorRole.Text)
        _write(painter, top, line.name, bold, name_color)
        middle = QRect(text.left(), top.bottom() + 2, text.width(), third)
        chip_end = _paint_chip(painter, middle, small, line)
        rest = middle.adjusted(chip_end - middle.left() + 8, 0, 0, 0)
        _write(painter, rest, line.contents, small, QColor(COLORS["muted"]))
        bottom = QRect(text.left(), middle.bottom() + 3, text.width(), third)
        _write(painter, bottom, line.details, small, QColor(COLORS["muted"]))


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, *, is_open: bool) -> None:
    ground = option.rect.adjusted(2, 1, -2, -1)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(COLORS["selection"]))
        painter.drawRoundedRect(ground, 5, 5)
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(COLORS["hover"]))
        painter.drawRoundedRect(ground, 5, 5)
    if is_open:  # the case in the views, which need not be the selected one
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(COLORS["accent"]))
        painter.drawRoundedRect(
            QRect(ground.left(), ground.top() + 6, 3, ground.height() - 12), 1, 1
        )


def _paint_thumbnail(painter: QPainter, inner: QRect, thumbnail: QPixmap | None) -> None:
    frame = QRect(inner.left(), inner.top(), THUMBNAIL_PX, THUMBNAIL_PX)
    painter.fillRect(frame, QColor("#000000"))
    if thumbnail is None or thumbnail.isNull():
        icon("image-outline", "faint").paint(painter, frame.adjusted(16, 16, -16, -16))
        return
    ratio = thumbnail.devicePixelRatio()
    size = QSize(round(thumbnail.width() / ratio), round(thumbnail.height() / ratio))
    place = QRect(QPoint(0, 0), size.scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio))
    place.moveCenter(frame.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(place, thumbnail)


def _paint_chip(painter: QPainter, line_rect: QRect, font: QFont, line: CaseLine) -> int:
    """Draw the status and return where it ends; colour helps, the word says it."""
    color = QColor(COLORS[line.status_color])
    width = QFontMetrics(font).horizontalAdvance(line.status_word) + 14
    chip = QRect(line_rect.left(), line_rect.top() + 1, width, CHIP_HEIGHT_PX)
    ground = QColor(color)
    ground.setAlpha(46)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(chip, 4, 4)
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, line.status_word)
    return chip.right()


def _write_at_end(painter: QPainter, place: QRect, text: str, font: QFont) -> QRect:
    """Write muted text at the right end; returns what is left of the place."""
    if not text:
        return place
    width = QFontMetrics(font).horizontalAdvance(text)
    end = QRect(place.right() - width, place.top(), width + 1, place.height())
    _write(painter, end, text, font, QColor(COLORS["muted"]))
    return place.adjusted(0, 0, -width - 8, 0)


def _write(painter: QPainter, place: QRect, text: str, font: QFont, color: QColor) -> None:
    painter.setFont(font)
    painter.setPen(color)
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
