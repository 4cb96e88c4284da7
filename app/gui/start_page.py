"""What the window shows before a CT is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.findings import Level
from app.gui.actions import Actions
from app.gui.level_signs import LEVEL_SIGNS
from app.gui.theme import icon
from viewer.widgets.translation import tr, tr_sentence, translatable

MAX_PROJECTS = 4
"""More are in the File menu."""

_WIDTH_PX = 640
_HINT = translatable("Drop a DICOM folder or a NIfTI, NRRD or MHA file here")
_ABOUT_COMPUTER = {
    Level.FINE: translatable("This computer can run Maskwright."),
    Level.INFO: translatable("This computer can run Maskwright."),
    Level.NOTE: translatable("This computer can run Maskwright. Something could be better."),
    Level.FAULT: translatable("Something that the program needs is missing."),
}


class StartPage(QWidget):
    """Ways to open a CT: buttons, a place to drop a file, recent files."""

    recent_requested = Signal(Path)
    project_requested = Signal(Path)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("startPage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = QLabel("Maskwright")
        title.setObjectName("startTitle")
        subtitle = QLabel(tr("Segment organs in CT by pointing and clicking"))
        subtitle.setObjectName("startSubtitle")

        self._drop_zone = QFrame()
        self._drop_zone.setObjectName("dropZone")
        drop = QVBoxLayout(self._drop_zone)
        drop.setContentsMargins(24, 22, 24, 22)
        drop.setSpacing(14)
        self._hint = QLabel(tr(_HINT))
        self._hint.setObjectName("muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        drop.addWidget(self._hint)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        for key in ("open_ct", "open_folder", "open_sample"):
            action = actions[key]
            self.sample_button = button = QPushButton(action.icon(), action.text())
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            button.setMinimumHeight(34)
            if key == "open_ct":
                button.setObjectName("primary")
                button.setIcon(icon("file-outline", "on_accent"))
            buttons.addWidget(button, 1)
        drop.addLayout(buttons)
        projects = QHBoxLayout()
        projects.setSpacing(10)
        for key in ("new_project", "open_project"):
            button = QPushButton(actions[key].icon(), actions[key].text())
            button.setToolTip(actions[key].toolTip())
            button.clicked.connect(actions[key].trigger)
            button.setMinimumHeight(34)
            projects.addWidget(button, 1)
        drop.addLayout(projects)

        self._projects_title = QLabel(tr("PROJECTS"))
        self._projects_title.setObjectName("sectionTitle")
        self._projects = QVBoxLayout()
        self._projects.setSpacing(0)
        self._recent_title = QLabel(tr("RECENT"))
        self._recent_title.setObjectName("sectionTitle")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self.computer_button = QPushButton()
        self.computer_button.setObjectName("recentFile")
        self.computer_button.setToolTip(actions["computer"].toolTip())
        self.computer_button.clicked.connect(actions["computer"].trigger)
        self.computer_button.hide()
        legal = QLabel(tr("Research use only. Not a medical device."))
        legal.setObjectName("muted")

        column = QVBoxLayout()
        column.setSpacing(6)
        column.addStretch(3)
        column.addWidget(title)
        column.addWidget(subtitle)
        column.addSpacing(22)
        column.addWidget(self._drop_zone)
        column.addSpacing(22)
        column.addWidget(self._projects_title)
        column.addLayout(self._projects)
        column.addSpacing(10)
        column.addWidget(self._recent_title)
        column.addLayout(self._recent)
        column.addStretch(4)
        column.addWidget(self.computer_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(legal, 0, Qt.AlignmentFlag.AlignHCenter)
        holder = QWidget()
        holder.setFixedWidth(_WIDTH_PX)
        holder.setLayout(column)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 20, 20, 16)
        row.addStretch(1)
        row.addWidget(holder)
        row.addStretch(1)
        self.show_recent(())
        self.show_recent_projects(())

    def show_recent(self, paths: Iterable[Path]) -> None:
        """List the files that were opened last."""
        _fill(self._recent, self._recent_title, tuple(paths), "history", self.recent_requested.emit)

    def show_recent_projects(self, folders: Iterable[Path]) -> None:
        """List the projects that were opened last."""
        _fill(
            self._projects,
            self._projects_title,
            tuple(folders)[:MAX_PROJECTS],
            "folder-star-outline",
            self.project_requested.emit,
        )

    def show_computer(self, worst: Level) -> None:
        """Say in one line what was found on this computer; pressing it shows all."""
        name, color, _meaning = LEVEL_SIGNS[worst]
        self.computer_button.setIcon(icon(name, color))
        self.computer_button.setText(tr(_ABOUT_COMPUTER[worst]))
        self.computer_button.show()

    def show_activity(self, text: str) -> None:
        """Say what is being done in the place where the user looks; empty when idle."""
        self._hint.setText(f"{tr_sentence(text)} …" if text else tr(_HINT))

    def set_hot(self, is_hot: bool) -> None:
        """Light up while a file is dragged over the window."""
        self._drop_zone.setProperty("hot", is_hot)
        self._drop_zone.style().unpolish(self._drop_zone)
        self._drop_zone.style().polish(self._drop_zone)


def _fill(
    column: QVBoxLayout,
    title: QLabel,
    paths: tuple[Path, ...],
    icon_name: str,
    choose: Callable[[Path], None],
) -> None:
    while (item := column.takeAt(0)) is not None:
        if widget := item.widget():
            widget.deleteLater()
    title.setVisible(bool(paths))
    for path in paths:
        button = QPushButton(
            icon(icon_name, "muted"), f"{path.name}   —   {_shortened(path.parent)}"
        )
        button.setObjectName("recentFile")
        button.setToolTip(str(path))
        button.clicked.connect(partial(choose, path))
        column.addWidget(button)


def _shortened(folder: Path, longest: int = 44) -> str:
    text = str(folder)
    home = str(Path.home())
    if text.startswith(home):
        text = "~" + text[len(home) :]
    return text if len(text) <= longest else "…" + text[-(longest - 1) :]
