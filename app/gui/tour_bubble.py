"""A bubble that points at a control of the window, and a ring around that control."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.gui.theme import COLORS
from viewer.widgets.translation import tr

WIDTH_PX = 310
_GAP_PX = 12
_EDGE_PX = 10
_ARROW_PX = 9
_MARGIN_PX = _ARROW_PX + 14
_RADIUS_PX = 8
_RING_PX = 5


class TourRing(QWidget):
    """A bright frame around something; the mouse goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def surround(self, place: QRect) -> None:
        """Lie around a rectangle of the window."""
        self.setGeometry(place.adjusted(-_RING_PX, -_RING_PX, _RING_PX, _RING_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(COLORS["accent"]), 2))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -3, -3), _RADIUS_PX, _RADIUS_PX)
        painter.end()


class TourBubble(QWidget):
    """A title, a text and two buttons; follows the control that it points at.

    It is a plain child of the window and takes no focus, so that the keys of the window work.
    """

    left = Signal()
    """The user wants no tour, or is through it."""
    skipped = Signal()
    """The user wants the next step without doing this one."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._target: QWidget | None = None
        self._arrow: QPoint | None = None
        self._ring = TourRing(window)
        self._title = QLabel()
        self._title.setObjectName("strong")
        self._count = QLabel()
        self._count.setObjectName("muted")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self.leave = QPushButton(tr("Leave the tour"))
        self.leave.setToolTip(tr("Help, Take the tour brings it back"))
        self.next = QPushButton(tr("Skip this step"))
        for button, signal in ((self.leave, self.left), (self.next, self.skipped)):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(signal.emit)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._count)
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.leave)
        foot.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN_PX, _MARGIN_PX - 2, _MARGIN_PX, _MARGIN_PX - 4)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._text)
        layout.addLayout(foot)
        self.setFixedWidth(WIDTH_PX + 2 * _ARROW_PX)
        window.installEventFilter(self)
        self.hide()

    @property
    def title(self) -> str:
        """What the step is called; empty while hidden."""
        return "" if self.isHidden() else self._title.text()

    @property
    def text(self) -> str:
        """What to do."""
        return self._text.text()

    @property
    def target(self) -> QWidget | None:
        """What it points at."""
        return self._target

    def show_step(
        self, title: str, text: str, count: str, target: QWidget | None, *, is_last: bool
    ) -> None:
        """Say something about ``target``; in the middle of the window where it is None."""
        self._follow(target)
        self._title.setText(title)
        self._text.setText(text)
        self._count.setText(count)
        self.leave.setVisible(not is_last)
        self.next.setText(tr("Done") if is_last else tr("Skip this step"))
        self.show()
        self.place()

    def close_tour(self) -> None:
        """Be gone."""
        self._follow(None)
        self._ring.hide()
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside the control while the window or the control moves."""
        kinds = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)
        if event.type() in kinds and watched in (self._window, self._target) and self.isVisible():
            self.place()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Lie where there is room: right of the control, left, below, above."""
        inner_px = self.width() - 2 * _MARGIN_PX
        self._text.setFixedHeight(self._text.heightForWidth(inner_px))
        self.adjustSize()
        room = self._window.rect().adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX)
        spot = self._spot()
        if spot is None:
            self._ring.hide()
            self._arrow = None
            self.move(room.center() - self.rect().center())
        else:
            self._ring.surround(spot)
            self._ring.show()
            self._ring.raise_()
            place, tip = _beside(spot, self.size(), room)
            self.move(place)
            self._arrow = tip - place
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a rounded box, with an arrow to the control."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(_ARROW_PX, _ARROW_PX, -_ARROW_PX, -_ARROW_PX)
        painter.setPen(QPen(QColor(COLORS["accent"]), 1.5))
        painter.setBrush(QColor(COLORS["raised"]))
        painter.drawRoundedRect(box, _RADIUS_PX, _RADIUS_PX)
        if self._arrow is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(COLORS["accent"]))
            painter.drawPolygon(_arrow_shape(box, self._arrow))
        painter.end()

    def _follow(self, target: QWidget | None) -> None:
        if self._target is not None and self._target is not target:
            self._target.removeEventFilter(self)
        if target is not None and target is not self._target:
            target.installEventFilter(self)
        self._target = target

    def _spot(self) -> QRect | None:
        """The visible part of the control in the window; None where there is none."""
        if self._target is None or not self._target.isVisible():
            return None
        shown = self._target.visibleRegion().boundingRect()
        if shown.isEmpty():
            return None
        return QRect(self._target.mapTo(self._window, shown.topLeft()), shown.size())


def _beside(spot: QRect, size: QSize, room: QRect) -> tuple[QPoint, QPoint]:
    """Where a bubble goes, and the point of its arrow, both in the window."""
    middle = spot.center()
    candidates = (
        (QPoint(spot.right() + _GAP_PX, middle.y() - size.height() // 2), "left"),
        (QPoint(middle.x() - size.width() // 2, spot.bottom() + _GAP_PX), "top"),
        (QPoint(spot.left() - _GAP_PX - size.width(), middle.y() - size.height() // 2), "right"),
        (QPoint(middle.x() - size.width() // 2, spot.top() - _GAP_PX - size.height()), "bottom"),
    )
    for corner, side in candidates:
        along = "x" if side in ("left", "right") else "y"
        if _fits(corner, size, room, along):
            place = _clamped(corner, size, room)
            return place, _tip(spot, side)
    return _clamped(QPoint(middle.x(), middle.y()), size, room), middle


def _fits(corner: QPoint, size: QSize, room: QRect, along: str) -> bool:
    if along == "x":
        return room.left() <= corner.x() and corner.x() + size.width() <= room.right()
    return room.top() <= corner.y() and corner.y() + size.height() <= room.bottom()


def _clamped(corner: QPoint, size: QSize, room: QRect) -> QPoint:
    x = min(max(corner.x(), room.left()), room.right() - size.width())
    y = min(max(corner.y(), room.top()), room.bottom() - size.height())
    return QPoint(x, y)


def _tip(spot: QRect, side: str) -> QPoint:
    middle = spot.center()
    return {
        "left": QPoint(spot.right() + _GAP_PX, middle.y()),
        "right": QPoint(spot.left() - _GAP_PX, middle.y()),
        "top": QPoint(middle.x(), spot.bottom() + _GAP_PX),
        "bottom": QPoint(middle.x(), spot.top() - _GAP_PX),
    }[side]


def _arrow_shape(box: QRect, tip: QPoint) -> list[QPoint]:
    """A triangle from the edge of the box to its point."""
    half = _ARROW_PX
    x = min(max(tip.x(), box.left() + 2 * half), box.right() - 2 * half)
    y = min(max(tip.y(), box.top() + 2 * half), box.bottom() - 2 * half)
    if tip.x() <= box.left():
        return [QPoint(0, y), QPoint(box.left(), y - half), QPoint(box.left(), y + half)]
    if tip.x() >= box.right():
        right = box.right() + 1
        return [QPoint(right + half, y), QPoint(right, y - half), QPoint(right, y + half)]
    if tip.y() <= box.top():
        return [QPoint(x, 0), QPoint(x - half, box.top()), QPoint(x + half, box.top())]
    bottom = box.bottom() + 1
    return [QPoint(x, bottom + half), QPoint(x - half, bottom), QPoint(x + half, bottom)]
