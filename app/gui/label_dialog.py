"""Asks what the values of a label file mean, where the file does not say it for certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.gui.meaning_box import LEFT_OUT, meaning_box
from imaging.measures import MM3_PER_ML
from viewer.widgets.translation import tr, tr_number, translatable

if TYPE_CHECKING:
    from training.cases.label_meanings import LabelMeaning, LabelMeanings, Numbering

_COLUMNS = (
    translatable("Value"),
    translatable("In the file"),
    translatable("mL"),
    translatable("Structure here"),
)
_VOLUME_COLUMN = 2
_WIDTH_PX = 600
_ROW_HEIGHT_PX = 38
_MEANING_WIDTH_PX = 236
_MAX_TABLE_ROWS = 9
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class LabelDialog(QDialog):
    """A row for each value that occurs; all must be clear before the file is opened."""

    def __init__(
        self,
        file_name: str,
        meanings: LabelMeanings,
        voxel_volume_mm3: float,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Open label file"))
        self.setMinimumWidth(_WIDTH_PX)
        self._meanings = meanings
        self._voxel_volume_mm3 = voxel_volume_mm3
        self._boxes: list[QComboBox] = []
        heading = QLabel(tr("What do the values of {file_name} mean?", file_name=file_name))
        heading.setObjectName("caseName")
        heading.setWordWrap(True)
        self._numbering = QComboBox()
        self._table = _empty_table(len(meanings.values))
        self._why_not = QLabel()
        self._why_not.setObjectName("muted")
        self._why_not.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        self._open = buttons.addButton(tr("Open"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._open.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(9)
        layout.addWidget(heading)
        layout.addWidget(self._reason())
        if meanings.numberings:
            layout.addLayout(self._numbering_row())
        layout.addSpacing(4)
        layout.addWidget(self._table)
        layout.addSpacing(4)
        layout.addWidget(self._why_not)
        layout.addWidget(buttons)
        self._show(meanings)

    @property
    def meanings(self) -> dict[int, str]:
        """The structure of each value; ``LEFT_OUT`` for what is not wanted."""
        return {
            one.value: str(box.currentData())
            for one, box in zip(self._meanings.values, self._boxes, strict=True)
        }

    @property
    def boxes(self) -> tuple[QComboBox, ...]:
        """Where the meaning of each value is chosen, in their order."""
        return tuple(self._boxes)

    @property
    def numbering(self) -> QComboBox:
        """Where another numbering is chosen; hidden where the file names its values."""
        return self._numbering

    @property
    def why_not(self) -> str:
        """What is missing before the file can be opened; empty if nothing is."""
        return self._why_not.text()

    def _reason(self) -> QLabel:
        if any(one.name for one in self._meanings.values) and not self._meanings.numberings:
            text = tr("Not every name is that of a structure of this program.")
        else:
            text = tr("Another program wrote it, and it does not name its structures.")
        reason = QLabel(text)
        reason.setObjectName("muted")
        reason.setWordWrap(True)
        return reason

    def _numbering_row(self) -> QHBoxLayout:
        for numbering in self._meanings.numberings:
            self._numbering.addItem(str(numbering), numbering)
        self._numbering.addItem(tr("Another one"), None)
        is_proposed = any(one.meaning is not None for one in self._meanings.values)
        self._numbering.setCurrentIndex(0 if is_proposed else self._numbering.count() - 1)
        self._numbering.currentIndexChanged.connect(lambda _index: self._renumber())
        label = QLabel(tr("Numbered as by"))
        label.setBuddy(self._numbering)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self._numbering)
        row.addStretch(1)
        return row

    def _renumber(self) -> None:
        numbering: Numbering | None = self._numbering.currentData()
        self._show(self._meanings.numbered(numbering))

    def _show(self, meanings: LabelMeanings) -> None:
        self._boxes = [
            meaning_box(one.name or str(one.value), one.meaning) for one in meanings.values
        ]
        for row, (one, box) in enumerate(zip(meanings.values, self._boxes, strict=True)):
            for column, text in enumerate(self._texts(one)):
                item = QTableWidgetItem(text)
                if column == _VOLUME_COLUMN:
                    item.setTextAlignment(_RIGHT)
                self._table.setItem(row, column, item)
            self._table.setCellWidget(row, 3, box)
            box.currentIndexChanged.connect(lambda _index: self._on_changed())
        self._on_changed()

    def _texts(self, one: LabelMeaning) -> tuple[str, str, str]:
        volume_ml = one.voxel_count * self._voxel_volume_mm3 / MM3_PER_ML
        return str(one.value), one.name or tr("(no name)"), tr_number(volume_ml, ".1f")

    def _on_changed(self) -> None:
        chosen = [box.currentData() for box in self._boxes]
        open_values = [
            str(one.value)
            for one, meaning in zip(self._meanings.values, chosen, strict=True)
            if meaning is None
        ]
        why_not = ""
        if open_values:
            values = ", ".join(open_values)
            why_not = tr("Say what this means here: {names}.", names=values)
        elif all(meaning == LEFT_OUT for meaning in chosen):
            why_not = tr("Every value is left out. Choose a structure for what is wanted.")
        self._open.setEnabled(not why_not)
        self._why_not.setText(why_not)


def _empty_table(rows: int) -> QTableWidget:
    table = QTableWidget(rows, len(_COLUMNS))
    table.setHorizontalHeaderLabels([tr(text) for text in _COLUMNS])
    number_heading = table.horizontalHeaderItem(_VOLUME_COLUMN)
    assert number_heading is not None
    number_heading.setTextAlignment(_RIGHT)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT_PX)
    table.setShowGrid(False)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(3, QHeaderView.ResizeMode.Fixed)
    header.resizeSection(3, _MEANING_WIDTH_PX)
    shown = min(max(rows, 1), _MAX_TABLE_ROWS)
    table.setFixedHeight(header.sizeHint().height() + shown * _ROW_HEIGHT_PX + 4)
    return table
