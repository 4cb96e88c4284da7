"""Keeps the planes at one scale, so that an organ is as large in each of them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject

from viewer.scenes.picking import PictureView
from viewer.scenes.view_state import ViewState
from viewer.widgets.slice_widget import SliceWidget


class ZoomLink(QObject):
    """While it is on, a zoom of one plane is a zoom of all, and fitting fits the largest.

    The others zoom about the crosshair, which stays where it is in them.
    """

    def __init__(self, widgets: Iterable[SliceWidget], state: ViewState, parent: QObject) -> None:
        super().__init__(parent)
        self._widgets = tuple(widgets)
        self._state = state
        self._is_on = False
        for widget in self._widgets:
            widget.zoomed.connect(self._on_zoomed)
            widget.installEventFilter(self)

    @property
    def is_on(self) -> bool:
        """Whether the planes are zoomed together."""
        return self._is_on

    def set_on(self, is_on: bool) -> None:
        """Zoom the planes together, or each alone."""
        self._is_on = is_on
        if is_on:
            self.fit()
        else:
            for widget in self._widgets:
                widget.scene.set_coarsest_fit(0.0)

    def fit(self) -> None:
        """Let fitted planes have the scale at which the largest of those seen fits."""
        if not self._is_on:
            return
        seen = [widget for widget in self._widgets if widget.isVisible()] or self._widgets
        mm_per_px = max(widget.scene.fitted(self._size_px(widget)).mm_per_px for widget in seen)
        for widget in self._widgets:
            widget.scene.set_coarsest_fit(mm_per_px)
            widget.request_render()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit anew where a view got another size; nothing is kept from it."""
        del watched
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.fit()
        return False

    def _on_zoomed(self) -> None:
        leader = self.sender()
        if not self._is_on or not isinstance(leader, SliceWidget):
            return
        wanted: PictureView = leader.scene.view
        for widget in self._widgets:
            if widget is not leader:
                scene = widget.scene
                factor = scene.view.mm_per_px / wanted.mm_per_px
                scene.zoom(factor, scene.project(self._state.cursor_lps))
                widget.request_render()

    def _size_px(self, widget: SliceWidget) -> tuple[int, int]:
        ratio = widget.devicePixelRatioF()
        return round(widget.width() * ratio), round(widget.height() * ratio)
