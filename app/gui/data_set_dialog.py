"""Asks what the labels of a data set mean, and how its CTs come into the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.gui.ct_options import CtOptions
from app.gui.meaning_box import meaning_box
from viewer.widgets.translation import tr, tr_sentence, translatable

if TYPE_CHECKING:
    from training.cases.data_set_offer import DataSetOffer

_COLUMNS = (translatable("Value"), translatable("In the data set"), translatable("Structure here"))
_SIZE_PX = (560, 470)
_ROW_HEIGHT_PX = 38
_MEANING_WIDTH_PX = 236
_MAX_TABLE_ROWS = 8


class DataSetDialog(QDialog):
    """A row for each label; nothing is added before each one's meaning is clear."""

    def __init__(self, offer: DataSetOffer, *, copies: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Add a labelled data set"))
        self.setMinimumWidth(_SIZE_PX[0])
        self._offer = offer
        self._only_cts = False
        heading = QLabel(tr("Add {title} to the project?", title=offer.data_set.title))
        heading.setObjectName("caseName")
        heading.setWordWrap(True)
        contents = QLabel(contents_text(offer))
        contents.setObjectName("muted")
        contents.setWordWrap(True)
        self._meanings = [
            meaning_box(label.name or str(label.value), label.structure) for label in offer.labels
        ]
        self._options = CtOptions(copies=copies)
        self._why_not = QLabel()
        self._why_not.setObjectName("muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._add = buttons.addButton(tr("Add"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._add.setDefault(True)
        only_cts = buttons.addButton(
            tr("Add the CTs alone"), QDialogButtonBox.ButtonRole.ActionRole
        )
        only_cts.setToolTip(tr("Without the data set's labels and splits"))
        only_cts.clicked.connect(self._accept_only_cts)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(9)
        layout.addWidget(heading)
        layout.addWidget(contents)
        layout.addSpacing(4)
        layout.addWidget(self._make_table())
        layout.addSpacing(4)
        layout.addWidget(self._options)
        layout.addSpacing(4)
        layout.addWidget(self._why_not)
        layout.addWidget(buttons)
        for box in self._meanings:
            box.currentIndexChanged.connect(lambda _index: self._on_changed())
        self._on_changed()

    @property
    def meanings(self) -> dict[int, str]:
        """The structure of each label value; empty for what is not wanted."""
        return {
            label.value: str(box.currentData())
            for label, box in zip(self._offer.labels, self._meanings, strict=True)
        }

    @property
    def only_cts(self) -> bool:
        """Whether labels and splits are left out altogether."""
        return self._only_cts

    @property
    def copies(self) -> bool:
        """Whether CTs are copied in."""
        return self._options.copies

    @property
    def deidentifies(self) -> bool:
        """Whether what names the patient is left out."""
        return self._options.deidentifies

    @property
    def boxes(self) -> tuple[QComboBox, ...]:
        """Where the meaning of each label is chosen, in the order of the labels."""
        return tuple(self._meanings)

    @property
    def why_not(self) -> str:
        """What is missing before the data set can be added; empty if nothing is."""
        return self._why_not.text()

    def _make_table(self) -> QTableWidget:
        labels = self._offer.labels
        table = QTableWidget(len(labels), len(_COLUMNS))
        table.setHorizontalHeaderLabels([tr(text) for text in _COLUMNS])
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
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(2, _MEANING_WIDTH_PX)
        for row, (label, box) in enumerate(zip(labels, self._meanings, strict=True)):
            table.setItem(row, 0, QTableWidgetItem(str(label.value)))
            table.setItem(row, 1, QTableWidgetItem(label.name or tr("(no name)")))
            table.setCellWidget(row, 2, box)
        rows = min(max(len(labels), 1), _MAX_TABLE_ROWS)
        table.setFixedHeight(header.sizeHint().height() + rows * _ROW_HEIGHT_PX + 4)
        return table

    def _on_changed(self) -> None:
        open_values = [
            label.name or str(label.value)
            for label, box in zip(self._offer.labels, self._meanings, strict=True)
            if box.currentData() is None
        ]
        self._add.setEnabled(not open_values)
        names = ", ".join(open_values)
        self._why_not.setText(
            tr("Say what this means here: {names}.", names=names) if open_values else ""
        )

    def _accept_only_cts(self) -> None:
        self._only_cts = True
        self.accept()


def contents_text(offer: DataSetOffer) -> str:
    """What a data set holds, in sentences."""
    count, labelled = len(offer.data_set.cases), offer.labelled_count
    sentences = [tr("{cts}, {labelled} with labels.", cts=_cts(count), labelled=labelled)]
    if offer.split_counts:
        parts = ", ".join(
            f"{tr_sentence(split.value)} {number}" for split, number in offer.split_counts
        )
        sentences.append(
            tr("The data set states its split, which is taken over: {parts}.", parts=parts)
        )
    return " ".join(sentences)


def _cts(count: int) -> str:
    return tr("1 CT") if count == 1 else tr("{count} CTs", count=count)
