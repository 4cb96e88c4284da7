"""The models: what is installed, what each can do, import, remove, and which one to use."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.controllers.activities import Activity
from app.controllers.models_controller import ModelEntry
from app.gui.plain_table import plain_table
from viewer.widgets.translation import tr, tr_sentence, translatable

_COLUMNS = (
    translatable("Model"),
    translatable("Version"),
    translatable("Structures"),
    translatable("Clicks"),
    translatable("Licence"),
    translatable("Use"),
)
_STRUCTURES_COLUMN = 2
_PROGRESS_STEPS = 100
_ABOUT_HEIGHT_PX = 170


class ModelsDialog(QDialog):
    """A table of the models, what is known of the selected one, and buttons."""

    file_wanted = Signal()
    folder_wanted = Signal()
    zoo_wanted = Signal()
    remove_requested = Signal(str)
    choose_requested = Signal(str)
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Models"))
        self.setMinimumSize(760, 460)
        self.resize(920, 560)
        self._entries: tuple[ModelEntry, ...] = ()
        self._table = self._make_table()
        self._about = QPlainTextEdit()  # plain: a stranger's words are never read as HTML
        self._about.setReadOnly(True)
        self._about.setFrameShape(QFrame.Shape.NoFrame)
        self._about.setMinimumHeight(_ABOUT_HEIGHT_PX)
        self._about.setAccessibleName(tr("What is known of the selected model"))
        self._message = QLabel()
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._message.setWordWrap(True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._message.hide()
        self._progress = QProgressBar()
        self._progress.setAccessibleName(tr("Progress of the import"))
        self._stop = QPushButton(tr("Cancel"))
        self._stop.clicked.connect(self.stop_requested)
        self._file = QPushButton(tr("Import file…"))
        self._file.setToolTip(tr("A bundle or model as a zip archive, or a checkpoint (.pt)"))
        self._file.clicked.connect(self.file_wanted)
        self._folder = QPushButton(tr("Import folder…"))
        self._folder.setToolTip(tr("A MONAI bundle, or a model of another Maskwright"))
        self._folder.clicked.connect(self.folder_wanted)
        self._zoo = QPushButton(tr("Model Zoo…"))
        self._zoo.setToolTip(tr("Download a bundle of MONAI's Model Zoo and install it"))
        self._zoo.clicked.connect(self.zoo_wanted)
        self._choose = QPushButton(tr("Use"))
        self._choose.setToolTip(tr("Work with this model from now on"))
        self._choose.clicked.connect(lambda: self.choose_requested.emit(self.selected_id))
        self._remove = QPushButton(tr("Remove…"))
        self._remove.clicked.connect(lambda: self.remove_requested.emit(self.selected_id))
        self._lay_out()
        self.show_activity(None)

    @property
    def selected_id(self) -> str:
        """The model whose row is selected; empty while none is."""
        entry = self._selected()
        return entry.package.id if entry is not None else ""

    @property
    def message(self) -> str:
        """What is said below the table."""
        return self._message.text()

    def show_entries(self, entries: tuple[ModelEntry, ...], *, is_busy: bool) -> None:
        """List the models; the selected one stays selected."""
        selected = self.selected_id
        self._entries = entries
        self._table.setRowCount(len(entries))
        for row, entry in enumerate(entries):
            for column, text in enumerate(_texts(entry)):
                item = QTableWidgetItem(text)
                item.setToolTip(html.escape(text))
                self._table.setItem(row, column, item)
        ids = [entry.package.id for entry in entries]
        if entries:
            self._table.selectRow(ids.index(selected) if selected in ids else _used_row(entries))
        for button in (self._file, self._folder, self._zoo):
            button.setEnabled(not is_busy)
        self._on_selection_changed()

    def show_activity(self, activity: Activity | None) -> None:
        """Say how far the import is; None when none runs."""
        for widget in (self._progress, self._stop):
            widget.setVisible(activity is not None)
        if activity is None:
            return
        self._message.hide()
        self._stop.setEnabled(activity.cancel is not None)
        self._progress.setFormat(activity.text)
        self._progress.setRange(0, 0 if activity.share is None else _PROGRESS_STEPS)
        self._progress.setValue(round((activity.share or 0) * _PROGRESS_STEPS))

    def show_message(self, sentence: str, *, is_warning: bool) -> None:
        """Say what came of something."""
        self._message.setObjectName("warning" if is_warning else "")
        self._message.style().polish(self._message)
        self._message.setText(sentence)
        self._message.show()

    def _selected(self) -> ModelEntry | None:
        rows = self._table.selectionModel().selectedRows()
        return self._entries[rows[0].row()] if rows and self._entries else None

    def _on_selection_changed(self) -> None:
        entry = self._selected()
        self._about.setPlainText(_about(entry) if entry is not None else "")
        self._choose.setEnabled(entry is not None and not entry.is_used)
        removable = entry is not None and not entry.is_shipped and not entry.is_used
        self._remove.setEnabled(removable)
        why_not = tr("Models that ship with the program, and the one in use, stay")
        self._remove.setToolTip(
            tr("Delete this model from this computer") if removable else why_not
        )

    def _make_table(self) -> QTableWidget:
        table = plain_table(_COLUMNS, tr("Installed models"), stretched=_STRUCTURES_COLUMN)
        table.setFrameShape(QFrame.Shape.StyledPanel)
        table.itemSelectionChanged.connect(self._on_selection_changed)
        return table

    def _lay_out(self) -> None:
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        close.setDefault(True)
        for button in (
            self._file,
            self._folder,
            self._zoo,
            self._choose,
            self._remove,
            self._stop,
        ):
            button.setAutoDefault(False)
        buttons, progress = QHBoxLayout(), QHBoxLayout()
        for widget in (self._file, self._folder, self._zoo):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        for widget in (self._choose, self._remove, close):
            buttons.addWidget(widget)
        progress.addWidget(self._progress, 1)
        progress.addWidget(self._stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._about, 1)
        layout.addWidget(self._message)
        layout.addLayout(progress)
        layout.addLayout(buttons)


def _texts(entry: ModelEntry) -> tuple[str, ...]:
    package = entry.package
    return (
        package.title,
        package.version,
        ", ".join(map(tr_sentence, package.structures)),
        tr("Yes") if package.takes_clicks else tr("No"),
        package.licence,
        tr("In use") if entry.is_used else "",
    )


def _about(entry: ModelEntry) -> str:
    package = entry.package
    automatic = ", ".join(map(tr_sentence, package.automatic_structures)) or tr("nothing")
    lines = [
        f"{package.title} ({package.id} {package.version})",
        tr("Segments without clicks: {automatic}.", automatic=automatic),
    ]
    lines += [tr("Source: {line}", line=line) for line in package.sources]
    lines += [tr("Trained on: {line}", line=line) for line in package.training_data]
    for measured in package.measured:
        dice = ", ".join(
            tr("{value:.2f} after {clicks}", value=value, clicks=clicks)
            for clicks, value in measured.dice
        )
        lines.append(
            tr(
                "Mean Dice by clicks, {structure}: {dice} ({data}).",
                structure=tr_sentence(measured.structure),
                dice=dice,
                data=measured.data,
            )
        )
    if not package.measured:
        lines.append(tr("Not measured here. `maskwright evaluate` measures it on labelled CTs."))
    return "\n".join(lines)


def _used_row(entries: tuple[ModelEntry, ...]) -> int:
    return next((row for row, entry in enumerate(entries) if entry.is_used), 0)
