"""Compares what is shown with what was before, in all slices: a line to drag, or differences."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPen

from imaging.editing.label_patch import LabelPatch
from viewer.scenes.before_after import COMPARISON_STYLES, BeforeAfter, CompareLook
from viewer.scenes.styles import TEXT_COLOR, Rgb
from viewer.widgets.slice_widget import SliceWidget
from viewer.widgets.translation import tr

REACH_PX = 6.0
"""A press this near to the line is on it."""

MIN_SHARE, MAX_SHARE = 0.02, 0.98
"""The line can always be taken back from the edge."""

_GRIP_RADIUS_PX = 7.0
_TAG_TOP_PX = 52.0
_TAG_MARGIN_PX = 6.0
_BACK = QColor(12, 14, 18, 200)


class ComparisonView(QObject):
    """Owner of the comparison that the slices show; each has a line of its own to drag."""

    changed = Signal()
    """What is compared, or how, is new."""

    def __init__(self, widgets: Iterable[SliceWidget], parent: QObject) -> None:
        super().__init__(parent)
        self._before: LabelPatch | None = None
        self._look = CompareLook.DIFFERENCE
        self._titles = ("", "")
        self._lines = [WipeLine(widget, self) for widget in widgets]

    @property
    def is_shown(self) -> bool:
        """Whether anything is compared."""
        return self._before is not None

    @property
    def look(self) -> CompareLook:
        """How it is shown, or would be."""
        return self._look

    @property
    def before(self) -> LabelPatch | None:
        """What is compared with; None for nothing."""
        return self._before

    @property
    def lines(self) -> tuple[WipeLine, ...]:
        """The line of each view."""
        return tuple(self._lines)

    @property
    def titles(self) -> tuple[str, str]:
        """What the older and the newer state are called."""
        return self._titles

    def show(self, before: LabelPatch | None, titles: tuple[str, str] | None = None) -> None:
        """Compare what is shown with other labels; None ends that."""
        if before is None and self._before is None:
            return
        is_new = self._before is None
        self._before = before
        self._titles = titles or (tr("Before"), tr("Now"))
        for line in self._lines:
            if is_new:
                line.go_to_crosshair()
            line.apply()
        self.changed.emit()

    def set_look(self, look: CompareLook) -> None:
        """Show a comparison in another way."""
        if look is not self._look:
            self._look = look
            for line in self._lines:
                line.apply()
            self.changed.emit()


class WipeLine(QObject):
    """The line in one view, and the names of what it divides."""

    def __init__(self, widget: SliceWidget, comparison: ComparisonView) -> None:
        super().__init__(widget)
        self._widget = widget
        self._comparison = comparison
        self._is_held = False
        self._share = 0.5
        widget.installEventFilter(self)
        widget.add_painter_over(self._paint)

    @property
    def share(self) -> float:
        """Where the line is, as a share of the view's width."""
        return self._share

    def go_to_crosshair(self) -> None:
        """Lie where the user is looking."""
        at_px = self._widget.scene.project(self._widget.cursor_lps)
        if at_px is not None:
            self._set_share(at_px[0] / self._widget.scene.view.size_px[0])

    def apply(self) -> None:
        """Show the comparison as it is now, or that there is none."""
        before, look = self._comparison.before, self._comparison.look
        comparison = None if before is None else BeforeAfter(before, look, self._share)
        self._widget.scene.set_comparison(comparison)
        self._widget.request_render()

    def _set_share(self, share: float) -> None:
        self._share = min(max(share, MIN_SHARE), MAX_SHARE)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a press on the line before any tool does."""
        del watched
        if not isinstance(event, QMouseEvent):
            return False
        kind, is_left = event.type(), event.button() == Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseButtonPress and is_left and self._is_on(event.position()):
            self._is_held = True
            return True
        if kind == QEvent.Type.MouseMove and self._is_held:
            self._set_share(event.position().x() / max(1, self._widget.width()))
            self.apply()
            return True
        if kind == QEvent.Type.MouseMove and self._is_on(event.position()) and not event.buttons():
            self._widget.setCursor(Qt.CursorShape.SplitHCursor)
            return True
        if kind == QEvent.Type.MouseButtonRelease and self._is_held and is_left:
            self._is_held = False
            return True
        return False

    @property
    def _is_wiping(self) -> bool:
        return self._comparison.is_shown and self._comparison.look is CompareLook.WIPE

    def _is_on(self, position: QPointF) -> bool:
        return self._is_wiping and abs(position.x() - self._line_x()) <= REACH_PX

    def _line_x(self) -> float:
        return self._share * self._widget.width()

    def _paint(self, painter: QPainter) -> None:
        if not self._comparison.is_shown or self._widget.scene.volume is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._is_wiping:
            self._paint_legend(painter)
            return
        x, height = self._line_x(), self._widget.height()
        painter.setPen(QPen(_BACK, 3.0))
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
        painter.setPen(QPen(QColor(*TEXT_COLOR), 1.4))
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
        painter.setBrush(_BACK)
        middle = QPointF(x, height / 2)
        painter.drawEllipse(middle, _GRIP_RADIUS_PX, _GRIP_RADIUS_PX)
        for side in (-1, 1):
            tip = middle + QPointF(side * 4.5, 0)
            for up in (-2.5, 2.5):
                painter.drawLine(tip, tip + QPointF(-side * 2.5, up))
        before, after = self._comparison.titles
        _paint_tag(painter, before, x - _TAG_MARGIN_PX, TEXT_COLOR, is_left=True)
        _paint_tag(painter, after, x + _TAG_MARGIN_PX, TEXT_COLOR, is_left=False)

    def _paint_legend(self, painter: QPainter) -> None:
        right = self._widget.width() - _TAG_MARGIN_PX
        texts = (tr("added"), tr("removed"))
        for text, style in list(zip(texts, COMPARISON_STYLES, strict=True))[::-1]:
            width = _paint_tag(painter, text, right, style.color_rgb, is_left=True)
            right -= width + _TAG_MARGIN_PX


def _paint_tag(painter: QPainter, text: str, x: float, color_rgb: Rgb, *, is_left: bool) -> float:
    """A word on a dark plate that ends at ``x``, or begins there; returns its width."""
    metrics = QFontMetrics(painter.font())
    width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 4
    plate = QRectF(x - width if is_left else x, _TAG_TOP_PX, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_BACK)
    painter.drawRoundedRect(plate, 3, 3)
    painter.setPen(QColor(*color_rgb))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    return width
