"""The bottom line: what lies under the cursor, what runs, on which device, how fast."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QSizePolicy, QStatusBar

from app.controllers.activities import Activities
from app.controllers.latency import LatencyLog
from app.controllers.predictor import ModelAbilities
from app.gui.elided_label import ElidedLabel
from viewer.widgets.translation import tr, tr_sentence, translatable

CURSOR_WIDTH_PX = 330
"""Room for HU, place and structure, so that what stands beside them does not move."""

MODEL_WIDTH_PX = 220
VERSION_WIDTH_PX = 84
"""In a narrow window the title is cut off, and the version before it stays."""

ACTIVITY_WIDTH_PX = 60
PROGRESS_WIDTHS_PX = (60, 200)
"""The least and the most: all this must not make the window wider than it may be."""

ENGINE_TOOLTIP = translatable("What runs the model on this computer")


class StatusBar(QStatusBar):
    """Follows the activities; the rest is told to it."""

    def __init__(self, activities: Activities) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self._activities = activities
        self._cursor = QLabel()
        self._cursor.setObjectName("cursor")
        self._cursor.setMinimumWidth(CURSOR_WIDTH_PX)
        self._hint = ElidedLabel()
        self._activity = _yielding(ACTIVITY_WIDTH_PX)
        self._progress = QProgressBar()
        self._progress.setMinimumWidth(PROGRESS_WIDTHS_PX[0])
        self._progress.setMaximumWidth(PROGRESS_WIDTHS_PX[1])
        self._progress.setRange(0, 1000)
        self._cancel = QPushButton(tr("Cancel"))
        self._cancel.setToolTip(tr("Stop it; nothing is changed"))
        self._cancel.clicked.connect(self._on_cancel)
        self._model = _yielding(VERSION_WIDTH_PX)
        self._model.setMaximumWidth(MODEL_WIDTH_PX)
        self._latency = QLabel()
        self._engine = QLabel()
        self._engine.setToolTip(tr(ENGINE_TOOLTIP))
        self.addWidget(self._cursor)
        self.addWidget(self._hint, 1)
        for widget in (
            self._activity,
            self._progress,
            self._cancel,
            self._latency,
            self._model,
            self._engine,
        ):
            self.addPermanentWidget(widget)
        self._model.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._engine.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        activities.changed.connect(self._on_activities_changed)
        self._on_activities_changed()
        self.show_latency(LatencyLog())

    def show_cursor(self, text: str) -> None:
        """What lies under the mouse; empty when it is elsewhere."""
        self._cursor.setText(text)

    def show_hint(self, text: str) -> None:
        """What the left button does now."""
        self._hint.setText(text)

    @property
    def model_text(self) -> str:
        """What is said about the model."""
        return self._model.text()

    def show_model(self, model: ModelAbilities) -> None:
        """Which model answers, in which version."""
        self._model.setText(
            tr("Model {version}: {title}", version=model.version, title=model.title)
        )

    def show_engine(self, text: str, reasons: Sequence[str] = ()) -> None:
        """Which engine on which device runs the model, and in the tooltip why."""
        self._engine.setText(tr_sentence(text))
        self._engine.setToolTip("\n".join((tr(ENGINE_TOOLTIP), *map(tr_sentence, reasons))))

    def show_latency(self, latency: LatencyLog) -> None:
        """How long the last click took, and in the tooltip the usual."""
        last_s, p50_s, p95_s = (
            latency.last_s,
            latency.percentile_s(50),
            latency.percentile_s(95),
        )
        if last_s is None or p50_s is None or p95_s is None:
            self._latency.hide()
            return
        self._latency.setText(tr("Click {ms:.0f} ms", ms=last_s * 1000))
        self._latency.setToolTip(
            tr(
                "From click to picture. Of {count}: median {median_ms:.0f} ms, "
                "95 of 100 within {p95_ms:.0f} ms",
                count=len(latency),
                median_ms=p50_s * 1000,
                p95_ms=p95_s * 1000,
            )
        )
        self._latency.show()

    def _on_activities_changed(self) -> None:
        activity = self._activities.current
        for widget in (self._activity, self._progress, self._cancel):
            widget.setVisible(activity is not None)
        if activity is None:
            return
        self._activity.setText(tr_sentence(activity.text))
        self._cancel.setVisible(activity.cancel is not None)
        if not activity.share:
            self._progress.setRange(0, 0)  # moves without an end in sight
        else:
            self._progress.setRange(0, 1000)
            self._progress.setValue(round(activity.share * 1000))

    def _on_cancel(self) -> None:
        activity = self._activities.current
        if activity is not None and activity.cancel is not None:
            activity.cancel()


def _yielding(least_px: int) -> ElidedLabel:
    """A label as wide as its text, or less where there is no room."""
    label = ElidedLabel()
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    label.setMinimumWidth(least_px)
    return label
