"""The bar above the views: files, undo, grey window, label opacity, layout, slab, pictures."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSlider,
    QToolBar,
    QToolButton,
    QWidget,
)

from app.gui.actions import Actions
from app.gui.theme import icon
from app.gui.view_actions import SLAB_ACTIONS
from app.gui.window_fields import WindowFields
from viewer.widgets.translation import tr, tr_sentence, translatable

LAYOUTS = (
    "layout_four",
    "layout_large",
    "layout_axial",
    "layout_coronal",
    "layout_sagittal",
    "layout_volume",
)
CUSTOM = translatable("Custom")


class TopBar(QToolBar):
    """Actions, and controls that have no action."""

    preset_chosen = Signal(str)
    fill_opacity_changed = Signal(float)
    outline_opacity_changed = Signal(float)

    def __init__(self, actions: Actions, presets: tuple[str, ...]) -> None:
        super().__init__(tr("Toolbar"))
        self.setObjectName("topBar")
        self.setMovable(False)
        self.setIconSize(QSize(20, 20))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        for key in ("open_ct", "open_folder", "save"):
            self.addAction(actions[key])
        self.addSeparator()
        for key in ("undo", "redo"):
            self.addAction(actions[key])
        self.addSeparator()

        self._presets = QComboBox()
        for name in presets:
            self._presets.addItem(tr_sentence(name), name)
        self._presets.setToolTip(tr("Grey window of the CT (right drag in a plane changes it)"))
        self._presets.setAccessibleName(tr("Grey window"))
        self._presets.setMinimumWidth(112)
        self._presets.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._presets.activated.connect(
            lambda row: self.preset_chosen.emit(self._presets.itemData(row))
        )
        self.addWidget(self._presets)
        self.window_fields = WindowFields()
        self.addWidget(self.window_fields)
        self.addSeparator()
        self.addAction(actions["toggle_labels"])
        self._fill = _slider(tr("Opacity of the labels' fill"))
        self._fill.valueChanged.connect(lambda value: self.fill_opacity_changed.emit(value / 100))
        self.addWidget(_labelled(tr("Fill"), self._fill))
        self._outline = _slider(tr("Opacity of the labels' outline"))
        self._outline.valueChanged.connect(
            lambda value: self.outline_opacity_changed.emit(value / 100)
        )
        self.addWidget(_labelled(tr("Outline"), self._outline))
        self.addSeparator()
        for key in (*LAYOUTS, "reset_views"):
            self.addAction(actions[key])
        self.addSeparator()
        self.addWidget(_slab_button(actions))
        for key in ("cine", "save_picture"):
            self.addAction(actions[key])
        for more in self.findChildren(QToolButton, "qt_toolbar_ext_button"):
            more.setIcon(icon("chevron-double-right"))  # Qt's own is dark on dark
            more.setToolTip(tr("More tools"))

    def show_preset(self, name: str | None) -> None:
        """Select a preset without emitting; None for a window that is none of them."""
        index = self._presets.findData(name or CUSTOM)
        if index < 0:
            self._presets.addItem(tr(CUSTOM), CUSTOM)
            index = self._presets.count() - 1
        elif name is not None and (custom := self._presets.findData(CUSTOM)) >= 0:
            self._presets.removeItem(custom)
        self._presets.setCurrentIndex(index)

    def show_opacities(self, fill: float, outline: float) -> None:
        """Set both sliders."""
        self._fill.setValue(round(fill * 100))
        self._outline.setValue(round(outline * 100))


def _slab_button(actions: Actions) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon("layers-triple-outline"))
    button.setToolTip(tr("Slab: maximum, mean or minimum of several slices"))
    button.setAccessibleName(tr("Slab"))
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    menu = QMenu(button)
    for spec in SLAB_ACTIONS:
        menu.addAction(actions[spec.key])
    button.setMenu(menu)
    return button


def _slider(tip: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, 100)
    slider.setFixedWidth(60)
    slider.setToolTip(tip)
    slider.setAccessibleName(tip)
    slider.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return slider


def _labelled(text: str, widget: QWidget) -> QWidget:
    holder = QWidget()
    holder.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(6, 0, 6, 0)
    layout.setSpacing(8)
    label = QLabel(text)
    label.setObjectName("muted")
    layout.addWidget(label)
    layout.addWidget(widget)
    return holder
