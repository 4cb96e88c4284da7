"""The player of a replay: step by step or at a stretch, and what came of it in the end."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
)

from app.controllers.replay_controller import ReplayEnd
from app.controllers.replay_film import PlayedStep, ReplayFilm
from app.gui.theme import icon
from app.gui.version_texts import difference_rows
from training.cases.provenance import AutomaticStep, MovedClickStep
from viewer.widgets.translation import tr, tr_sentence


class ReplayBox(QFrame):
    """Shows a film; hidden while there is none."""

    position_requested = Signal(int)
    """After how many steps the labels shall be shown."""
    playing_toggled = Signal(bool)
    difference_toggled = Signal(bool)
    take_over_requested = Signal()
    close_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("problems")
        self._film: ReplayFilm | None = None
        self._title = QLabel()
        self._title.setObjectName("strong")
        close = _button("close", tr("Close the replay and show the mask again"))
        close.clicked.connect(self.close_requested)
        header = QHBoxLayout()
        header.addWidget(self._title, 1)
        header.addWidget(close)
        self._back = _button("skip-previous", tr("One step back"))
        self._back.clicked.connect(lambda: self._step(-1))
        self.play = _button("play", tr("Play the steps one after the other"))
        self.play.setCheckable(True)
        self.play.toggled.connect(self._on_play)
        self._forward = _button("skip-next", tr("One step on"))
        self._forward.clicked.connect(lambda: self._step(1))
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName(tr("Step of the replay"))
        self._slider.setMinimumWidth(30)
        self._slider.valueChanged.connect(self.position_requested)
        self._count = QLabel()
        self._count.setObjectName("muted")
        controls = QHBoxLayout()
        controls.setSpacing(4)
        for widget in (self._back, self.play, self._forward):
            controls.addWidget(widget)
        controls.addWidget(self._slider, 1)
        controls.addWidget(self._count)
        self._step_text = _text()
        self._end_text = _text()
        self._difference = QPushButton(tr("Difference"))
        self._difference.setCheckable(True)
        self._difference.setToolTip(tr("Show where the replay differs from what the version keeps"))
        self._difference.toggled.connect(self.difference_toggled)
        self._take_over = QPushButton(tr("Take over"))
        self._take_over.clicked.connect(self.take_over_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._difference, self._take_over):
            button.setObjectName("tight")
        buttons.addWidget(self._difference, 1)
        buttons.addWidget(self._take_over, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 8, 8)
        column.setSpacing(6)
        column.addLayout(header)
        column.addLayout(controls)
        column.addWidget(self._step_text)
        column.addWidget(self._end_text)
        column.addLayout(buttons)
        self.hide()

    @property
    def text(self) -> str:
        """What is said about the shown step."""
        return self._step_text.text()

    @property
    def end_text(self) -> str:
        """What is said about the end; empty before it."""
        return self._end_text.text()

    @property
    def buttons(self) -> tuple[QPushButton, QPushButton]:
        """Difference, and Take over."""
        return self._difference, self._take_over

    def show_film(self, film: ReplayFilm | None) -> None:
        """Begin with a film; None hides the box."""
        self._film = film
        self.setVisible(film is not None)
        self._end_text.clear()
        for widget in (self._end_text, self._difference, self._take_over):
            widget.hide()
        self._difference.setChecked(False)
        self.play.setChecked(False)
        if film is not None:
            self._title.setText(tr("Replay of version {number}", number=film.source.version.number))
            self._slider.setMaximum(film.step_count)
            self.follow_film()

    def follow_film(self) -> None:
        """Show where the film is, and how far it can be seen."""
        film = self._film
        if film is None:
            return
        self._slider.blockSignals(True)
        self._slider.setValue(film.position)
        self._slider.blockSignals(False)
        self._count.setText(f"{film.position} / {film.step_count}")
        self._back.setEnabled(film.position > 0)
        self._forward.setEnabled(film.position < len(film.steps))
        self._step_text.setText(step_text(film.shown))

    def show_end(self, end: ReplayEnd, *, why_not_take_over: str | None) -> None:
        """Say how the end compares with what the version keeps."""
        if self._film is None:
            return
        self._end_text.setText(end_html(end, self._film.source.version.number))
        for widget in (self._end_text, self._difference, self._take_over):
            widget.show()
        self._difference.setEnabled(not end.is_same)
        self._take_over.setEnabled(why_not_take_over is None)
        self._take_over.setToolTip(
            why_not_take_over
            or tr("Make the mask what the replay ends with, and save it as a new version")
        )

    def _step(self, steps: int) -> None:
        if self._film is not None:
            self.play.setChecked(False)
            self.position_requested.emit(self._film.position + steps)

    def _on_play(self, is_playing: bool) -> None:
        self.play.setIcon(icon("pause" if is_playing else "play"))
        self.play.setToolTip(
            tr("Pause") if is_playing else tr("Play the steps one after the other")
        )
        self.playing_toggled.emit(is_playing)


def step_text(step: PlayedStep | None) -> str:
    """What a step was, what it changed now and then, and how near its mask is to the end."""
    if step is None:
        return tr("Before the first step.")
    if isinstance(step.step, AutomaticStep):
        what = tr("Automatic {structure}", structure=tr_sentence(step.structure))
    else:
        is_foreground = step.step.click.is_foreground
        what = tr(
            "Foreground click on {structure}"
            if is_foreground
            else "Background click on {structure}",
            structure=tr_sentence(step.structure),
        )
        if isinstance(step.step, MovedClickStep):
            what = tr("{what}, moved", what=what)
    return tr(
        "{what}: {voxels_now} voxels changed (then {voxels_then}). "
        "Dice with the version {dice:.3f}.",
        what=what,
        voxels_now=step.voxels_changed,
        voxels_then=step.step.voxels_changed,
        dice=step.dice,
    )


def end_html(end: ReplayEnd, number: int) -> str:
    """Whether the replay ends where the version does; if not, how far off and perhaps why."""
    if end.is_same:
        return tr(
            "The replay ends with the same mask as version {number}, voxel by voxel.", number=number
        )
    return tr(
        "The replay differs from version {number}.{table}{reason}",
        number=number,
        table=difference_rows(end.structures),
        reason=tr_sentence(end.reason),
    )


def _text() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _button(icon_name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(icon_name))
    button.setIconSize(QSize(16, 16))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
