"""The cases of the list as Qt asks for them; thumbnails come when a row is drawn, and go again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QPixmap

from app.gui.case_line import CaseLine
from app.gui.case_list_delegate import LINE_ROLE

MAX_THUMBNAILS = 150
"""Some screens full; a project of thousands needs no more memory than that."""

_Index = QModelIndex | QPersistentModelIndex


class CaseListModel(QAbstractListModel):
    """Rows of ``CaseLine``; who listens to ``thumbnails_wanted`` answers with ``set_thumbnail``."""

    thumbnails_wanted = Signal(tuple)
    """The ids of cases whose rows were drawn without a picture."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[CaseLine, ...] = ()
        self._row_of: dict[int, int] = {}
        self._thumbnails: OrderedDict[int, QPixmap] = OrderedDict()
        self._asked: set[int] = set()
        self._wanted: set[int] = set()
        self._ask_soon = QTimer(self)
        self._ask_soon.setSingleShot(True)
        self._ask_soon.setInterval(0)
        self._ask_soon.timeout.connect(self._ask)

    @property
    def lines(self) -> tuple[CaseLine, ...]:
        """All rows."""
        return self._lines

    def show_lines(self, lines: Iterable[CaseLine]) -> None:
        """Show these cases; where only their contents changed, the rows stay where they are."""
        lines = tuple(lines)
        if [line.case_id for line in lines] == [line.case_id for line in self._lines]:
            self._lines = lines
            if lines:
                self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))
            return
        self.beginResetModel()
        self._lines = lines
        self._row_of = {line.case_id: row for row, line in enumerate(lines)}
        self.endResetModel()

    def forget_thumbnails(self) -> None:
        """Ask anew: another project's cases have the same ids."""
        self._thumbnails.clear()
        self._asked.clear()
        self._wanted.clear()

    def set_thumbnail(self, case_id: int, png: bytes) -> None:
        """Keep the picture of a case; empty bytes where there is none."""
        self._asked.discard(case_id)
        picture = QPixmap()
        picture.loadFromData(png)
        self._thumbnails[case_id] = picture
        while len(self._thumbnails) > MAX_THUMBNAILS:
            self._thumbnails.popitem(last=False)
        index = self.index_of(case_id)
        if index.isValid():
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def index_of(self, case_id: int | None) -> QModelIndex:
        """Where a case is; an invalid index if it is not listed."""
        row = self._row_of.get(case_id) if case_id is not None else None
        return QModelIndex() if row is None else self.index(row)

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many cases are listed."""
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What the view or a screen reader asks about a row."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line = self._lines[index.row()]
        if role == LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnail(line.case_id)
        if role == Qt.ItemDataRole.DisplayRole:
            return line.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return line.tooltip
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line.name}, {line.status_word}, {line.contents}, {line.details}"
        return None

    def _thumbnail(self, case_id: int) -> QPixmap | None:
        if case_id in self._thumbnails:
            self._thumbnails.move_to_end(case_id)
            return self._thumbnails[case_id]
        if case_id not in self._asked:
            self._wanted.add(case_id)
            self._ask_soon.start()
        return None

    def _ask(self) -> None:
        wanted, self._wanted = tuple(sorted(self._wanted)), set()
        self._asked.update(wanted)
        self.thumbnails_wanted.emit(wanted)
