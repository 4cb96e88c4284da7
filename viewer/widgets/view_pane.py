"""One of the four fields: a thin coloured header, the picture, and a slice slider."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.scenes.styles import Rgb
from viewer.widgets.film_widget import FilmWidget
from viewer.widgets.scene_widget import SceneWidget
from viewer.widgets.translation import tr

HEADER_HEIGHT_PX = 24

_STYLE = """
#view_pane {{ background: #14171c; border: none; }}
#view_header {{ background: #1b1f26; border: none; border-top: 2px solid rgb{color}; }}
#view_title {{ color: #c9d1da; font-size: 12px; font-weight: 600; background: transparent; }}
QToolButton {{ color: #8b95a3; background: transparent; border: none; padding: 0 2px; }}
QToolButton:hover {{ color: #e6edf5; }}
QSlider {{ background: #14171c; }}
QSlider::groove:vertical {{ background: #2a2f38; width: 3px; border-radius: 1px; }}
QSlider::handle:vertical {{
    background: rgb{color}; height: 12px; width: 11px; margin: 0 -4px; border-radius: 3px;
}}
"""


class _Header(QFrame):
    double_clicked = Signal()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.double_clicked.emit()


class ViewPane(QFrame):
    """A titled picture; the slider is absent without slices (the 3D view)."""

    maximise_requested = Signal()
    large_requested = Signal()
    """The user wants this view in place of the large one."""

    slider_moved = Signal(int)
    """The user wants this step, counted from feet, back or right."""

    def __init__(
        self,
        title: str,
        color_rgb: Rgb,
        picture: SceneWidget | FilmWidget,
        parent: QWidget | None = None,
        *,
        has_slider: bool,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("view_pane")
        self.setStyleSheet(_STYLE.format(color=color_rgb))
        self.picture = picture
        header = _Header()
        header.setObjectName("view_header")
        header.setFixedHeight(HEADER_HEIGHT_PX)
        header.double_clicked.connect(self.maximise_requested)
        self._title = QLabel(title)
        self._title.setObjectName("view_title")
        self._button = _header_button("view_maximise")
        self._button.clicked.connect(self.maximise_requested)
        self._enlarge = _header_button("view_enlarge")
        self._enlarge.setText("⇤")
        self._enlarge.setToolTip(tr("Make this the large view"))
        self._enlarge.clicked.connect(self.large_requested)
        row = QHBoxLayout(header)
        row.setContentsMargins(8, 0, 4, 0)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self._enlarge)
        row.addWidget(self._button)
        self.set_maximised(False)
        self.set_can_be_large(False)

        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(picture, 1)
        self._slider: QSlider | None = None
        if has_slider:
            self._slider = QSlider(Qt.Orientation.Vertical)
            self._slider.setAccessibleName(tr("{title} slice", title=title))
            self._slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._slider.setFixedWidth(16)
            self._slider.setEnabled(False)
            self._slider.valueChanged.connect(self.slider_moved)
            body.addWidget(self._slider)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addLayout(body, 1)
        picture.maximise_requested.connect(self.maximise_requested)

    def set_title(self, title: str) -> None:
        """Say in the header what the picture is."""
        self._title.setText(title)

    def set_steps(self, count: int, step: int) -> None:
        """Set the slider to ``step`` of ``count`` without emitting; 0 of 0 disables it."""
        if self._slider is None:
            return
        self._slider.blockSignals(True)
        self._slider.setEnabled(count > 1)
        self._slider.setRange(0, max(count - 1, 0))
        self._slider.setValue(step)
        self._slider.blockSignals(False)

    def set_maximised(self, is_maximised: bool) -> None:
        """Show on the button what it does next."""
        self._button.setText("❐" if is_maximised else "□")
        self._button.setToolTip(
            tr("Show all four views (double click)")
            if is_maximised
            else tr("Maximise (double click)")
        )

    def set_can_be_large(self, can_be_large: bool) -> None:
        """Offer to change places with the large view."""
        self._enlarge.setVisible(can_be_large)


def _header_button(name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
