"""The measures of the open case as a table for Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from app.gui.theme import COLORS, swatch_icon
from viewer.widgets.translation import tr, tr_number, tr_sentence, translatable

if TYPE_CHECKING:
    from app.controllers.case_measures import MeasuredRow
    from imaging.structure_measures import StructureMeasures

Index = QModelIndex | QPersistentModelIndex

COLUMNS: tuple[tuple[str, str, Callable[[StructureMeasures], float | None]], ...] = (
    (
        translatable("Volume, mL"),
        translatable("Voxels of the mask, at once after every edit"),
        lambda m: m.volume_ml,
    ),
    (translatable("Mean, HU"), translatable("Mean density of the voxels"), lambda m: m.mean_hu),
    (
        translatable("SD, HU"),
        translatable("Standard deviation of the voxels' density"),
        lambda m: m.sd_hu,
    ),
    (
        translatable("Surface, cm²"),
        translatable("Area of the surface, without the steps of voxels"),
        lambda m: m.surface_cm2,
    ),
    (
        translatable("Axial ⌀, mm"),
        translatable("The longest straight line within one axial slice"),
        lambda m: m.axial_diameter_mm,
    ),
    (
        translatable("3D ⌀, mm"),
        translatable("The longest straight line in space"),
        lambda m: m.diameter_mm,
    ),
)
"""Heading with unit, explanation, and where the number comes from; after the structure's name."""

VOLUME_COLUMN = 1
_NO_INDEX = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class MeasuresModel(QAbstractTableModel):
    """One row for each listed structure; numbers that are being measured again are faint."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[MeasuredRow, ...] = ()

    def show_rows(self, rows: Sequence[MeasuredRow]) -> None:
        """Show other numbers; where the structures are the same the selection stays."""
        same = [row.structure for row in rows] == [row.structure for row in self._rows]
        if not same:
            self.beginResetModel()
        self._rows = tuple(rows)
        if not same:
            self.endResetModel()
        elif rows:
            last = self.index(len(self._rows) - 1, len(COLUMNS))
            self.dataChanged.emit(self.index(0, 0), last)

    def row(self, number: int) -> MeasuredRow:
        """What a row is about."""
        return self._rows[number]

    def row_of(self, name: str) -> int | None:
        """Which row is about a structure."""
        names = [row.structure.name for row in self._rows]
        return names.index(name) if name in names else None

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """How many structures."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """The name, and the numbers."""
        return 0 if parent.isValid() else 1 + len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings with units."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            # The unit in a line of its own: seven columns fit between two docks then.
            return tr(COLUMNS[section - 1][0]).replace(", ", "\n") if section else tr("Structure")
        if role == Qt.ItemDataRole.ToolTipRole and section:
            return tr(COLUMNS[section - 1][1])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A name with its colour, or a number."""
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, column) if column else tr_sentence(row.structure.title)
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return swatch_icon(row.structure.color_rgb)
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return _RIGHT
        is_old = column > VOLUME_COLUMN and not row.is_current
        if role == Qt.ItemDataRole.ForegroundRole and (is_old or not row.volume_ml):
            return QColor(COLORS["faint"])
        if role == Qt.ItemDataRole.ToolTipRole and is_old:
            return tr("The mask changed; this is being measured again")
        return None


def _text(row: MeasuredRow, column: int) -> str:
    if column == VOLUME_COLUMN:
        return tr_number(row.volume_ml, ".1f") if row.volume_ml else "—"
    number = None if row.measures is None else COLUMNS[column - 1][2](row.measures)
    if number is None:
        return "—" if row.is_current else "…"
    return tr_number(number, ".1f").replace("-", "\u2212")
