"""Keeps the options of the tools, and how the table of measures was left, for the next start."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject

from app.controllers.drawing_controller import DrawingController
from app.controllers.drawing_options import DrawingOptions
from app.gui.main_window import MainWindow
from app.settings import KeptDrawing, SettingsStore
from imaging.editing.brush import MAX_RADIUS_MM, MIN_RADIUS_MM, Brush


class ToolMemory(QObject):
    """Restores what the settings remember, then follows it.

    The structure to which drawing is limited belongs to a case, so it is not kept.
    """

    def __init__(
        self, window: MainWindow, settings: SettingsStore, drawing: DrawingController
    ) -> None:
        super().__init__(window)
        self._settings = settings
        self._refine = window.side.tool_options.refine
        self._header = window.measures.table.horizontalHeader()
        self._restore(window, drawing)
        drawing.options_changed.connect(self._on_drawing_changed)
        self._refine.changed.connect(self._on_refining_changed)
        self._header.sectionResized.connect(self._on_columns_changed)
        self._header.sectionMoved.connect(self._on_columns_changed)
        window.actions_by_key["show_measures"].toggled.connect(
            lambda is_open: self._keep(shows_measures=is_open)
        )
        window.actions_by_key["reset_layout"].triggered.connect(window.measures.reset_columns)

    def _restore(self, window: MainWindow, drawing: DrawingController) -> None:
        kept = self._settings.settings
        drawing.set_options(_options(kept.drawing))
        self._refine.restore(kept.refine_tool, kept.refine_numbers)
        state = QByteArray.fromBase64(kept.measures_columns.encode("ascii", "ignore"))
        self._header.restoreState(state)  # nonsense changes nothing
        window.actions_by_key["show_measures"].setChecked(kept.shows_measures)

    def _on_drawing_changed(self, options: DrawingOptions) -> None:
        self._keep(drawing=_kept(options))

    def _on_refining_changed(self) -> None:
        self._keep(
            refine_tool=self._refine.refinement.key, refine_numbers=self._refine.numbers_by_tool
        )

    def _on_columns_changed(self) -> None:
        state = bytes(self._header.saveState().toBase64().data()).decode("ascii")
        self._keep(measures_columns=state)

    def _keep(self, **changes: object) -> None:
        self._settings.change(self._settings.settings.model_copy(update=changes))


def _options(kept: KeptDrawing) -> DrawingOptions:
    radius_mm = min(max(kept.diameter_mm / 2, MIN_RADIUS_MM), MAX_RADIUS_MM)
    return DrawingOptions(
        brush=Brush(radius_mm, kept.is_ball),
        sticks_to_edges=kept.sticks_to_edges,
        is_through=kept.is_through,
        hu_range=kept.hu_range,
    )


def _kept(options: DrawingOptions) -> KeptDrawing:
    return KeptDrawing(
        diameter_mm=2 * options.brush.radius_mm,
        is_ball=options.brush.is_ball,
        sticks_to_edges=options.sticks_to_edges,
        is_through=options.is_through,
        hu_range=options.hu_range,
    )
