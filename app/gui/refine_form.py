"""Which tool for the whole mask, what it is to be told, and the buttons that run it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.controllers.case_session import CaseSession
from app.controllers.refinements import REFINEMENTS, Parameter, Refinement
from app.gui.drawing_form import labelled_row
from app.gui.theme import icon, indent, swatch
from imaging.structures import Structure, structure_by_name
from viewer.widgets.translation import tr, tr_sentence


class RefineForm(QWidget):
    """A choice of tools; the numbers of each are remembered."""

    preview_requested = Signal()
    apply_requested = Signal()
    changed = Signal()
    """Another tool or other numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = {r.key: [p.default for p in r.parameters] for r in REFINEMENTS}
        self._boxes: list[QDoubleSpinBox] = []
        self._choice = QComboBox()
        self._choice.setAccessibleName(tr("Tool"))
        self._choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._choice.setMaxVisibleItems(len(REFINEMENTS))
        for refinement in REFINEMENTS:
            self._choice.addItem(icon(refinement.icon), tr(refinement.text), refinement)
        self._tip = QLabel()
        self._tip.setObjectName("muted")
        self._tip.setWordWrap(True)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(6)
        self._other = QComboBox()
        self._other.setAccessibleName(tr("Other structure"))
        self._other_row = labelled_row(tr("Other"), self._other)
        self._preview = QPushButton(tr("Preview"))
        self._preview.setToolTip(tr("Show what it would do; nothing is changed"))
        self._apply = QPushButton(tr("Apply"))
        self._apply.setObjectName("primary")
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self._preview, 1)
        buttons.addWidget(self._apply, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._choice)
        column.addWidget(self._tip)
        column.addLayout(self._rows)
        column.addWidget(self._other_row)
        column.addLayout(buttons)
        self._choice.currentIndexChanged.connect(self._on_chosen)
        self._other.currentIndexChanged.connect(lambda _row: self.changed.emit())
        self._preview.clicked.connect(lambda: self.preview_requested.emit())
        self._apply.clicked.connect(lambda: self.apply_requested.emit())
        self._on_chosen()

    @property
    def refinement(self) -> Refinement:
        """The chosen tool."""
        chosen: Refinement = self._choice.currentData()
        return chosen

    @property
    def numbers(self) -> tuple[float, ...]:
        """What its parameters are set to."""
        return tuple(box.value() for box in self._boxes)

    @property
    def other(self) -> Structure | None:
        """The second structure; None where the tool asks for none."""
        name = self._other.currentData()
        is_asked = self.refinement.asks_structure and name is not None
        return structure_by_name(name) if is_asked else None

    @property
    def numbers_by_tool(self) -> dict[str, tuple[float, ...]]:
        """What every tool is set to, by its key."""
        return {key: tuple(numbers) for key, numbers in self._numbers.items()}

    def restore(self, key: str, numbers_by_tool: Mapping[str, tuple[float, ...]]) -> None:
        """Choose a tool and set all of them; what no tool has, or takes, is left out."""
        for refinement in REFINEMENTS:
            numbers = numbers_by_tool.get(refinement.key, ())
            if len(numbers) == len(refinement.parameters):
                self._numbers[refinement.key] = [
                    min(max(number, parameter.least), parameter.most)
                    for number, parameter in zip(numbers, refinement.parameters, strict=True)
                ]
        if key in self._numbers:
            self.choose(key)
        self._on_chosen()

    def choose(self, key: str) -> None:
        """Choose a tool by its key."""
        keys = [refinement.key for refinement in REFINEMENTS]
        self._choice.setCurrentIndex(keys.index(key))

    def show_case(self, session: CaseSession) -> None:
        """List the structures beside the active one."""
        names = [s.name for s in session.structures if s != session.active]
        if names == [self._other.itemData(row) for row in range(self._other.count())]:
            return
        kept = self._other.currentData()
        self._other.clear()
        for name in names:
            structure = structure_by_name(name)
            self._other.addItem(swatch(structure.color_rgb), tr_sentence(structure.title), name)
        self._other.setCurrentIndex(max(0, self._other.findData(kept)))

    def show_state(self, *, is_busy: bool, has_preview: bool, why_not: str | None) -> None:
        """What the buttons can do now; ``why_not`` is None where the tool can run."""
        self._preview.setEnabled(why_not is None and not is_busy)
        self._apply.setEnabled(why_not is None and not is_busy)
        self._apply.setText(tr("Apply preview") if has_preview else tr("Apply"))
        self._apply.setToolTip(why_not or tr("Change the mask; undo takes it back"))

    def _on_chosen(self) -> None:
        refinement = self.refinement
        self._tip.setText(f"{tr(refinement.tip)}.")
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._boxes = []
        pairs = zip(refinement.parameters, self._numbers[refinement.key], strict=True)
        for parameter, value in pairs:
            box = _number_box(parameter, value)
            box.valueChanged.connect(self._on_number)
            self._boxes.append(box)
            self._rows.addWidget(labelled_row(tr(parameter.label), box))
        self._other_row.setVisible(refinement.asks_structure)
        self.changed.emit()

    def _on_number(self) -> None:
        self._numbers[self.refinement.key] = list(self.numbers)
        self.changed.emit()


def _number_box(parameter: Parameter, value: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    indent(box)
    box.setDecimals(parameter.decimals)
    box.setRange(parameter.least, parameter.most)
    box.setSingleStep(10.0 if parameter.unit == "HU" else 0.5)
    box.setSuffix(f" {parameter.unit}")
    box.setValue(value)
    box.setKeyboardTracking(False)
    box.setAccessibleName(tr(parameter.label))
    return box
