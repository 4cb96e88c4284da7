"""The versions of the open case: who, when, how large; compare two, go back to one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
)

from app.controllers.case_line import when_text
from app.controllers.versions_controller import CaseHistory, Comparison
from app.gui.section import Section
from app.gui.theme import icon
from training.cases.provenance import ClickStep
from training.cases.records import LabelVersion, VersionKind

_ICONS = {
    VersionKind.INTERIM: ("content-save-outline", "accent"),
    VersionKind.APPROVED: ("check-decagram-outline", "approved"),
    VersionKind.AUTOMATIC: ("auto-fix", "muted"),
    VersionKind.IMPORTED: ("layers-plus", "muted"),
}
_ROW_HEIGHT_PX = 44
_MAX_ROWS = 6


class VersionsPanel(Section):
    """Newest first. One selected is compared with the mask in the views, two with each other."""

    compare_requested = Signal(object, object)
    """The older ``LabelVersion``, and the newer one or None for the mask in the views."""
    go_back_requested = Signal(object)
    """The ``LabelVersion`` to return to."""
    comparison_closed = Signal()

    def __init__(self) -> None:
        super().__init__("Versions")
        self._list = QListWidget()
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setAccessibleName("Versions")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.itemSelectionChanged.connect(self._on_selected)
        self._empty = QLabel("None yet. Saving (Ctrl+S) keeps the first.")
        self._empty.setObjectName("muted")
        self._empty.setWordWrap(True)
        self._compare = QPushButton(icon("compare"), "Compare")
        self._compare.clicked.connect(self._on_compare)
        self._go_back = QPushButton(icon("backup-restore"), "Go back")
        self._go_back.setToolTip("Make the mask what it was in this version; undo takes that back")
        self._go_back.clicked.connect(self._on_go_back)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._compare, 1)
        buttons.addWidget(self._go_back, 1)
        self._result = QLabel()
        self._result.setObjectName("comparison")
        self._result.setWordWrap(True)
        self._result.setTextFormat(Qt.TextFormat.RichText)
        self._close = QPushButton(icon("close"), "Show the mask again")
        self._close.clicked.connect(self.comparison_closed)
        for widget in (self._empty, self._list):
            self.contents.addWidget(widget)
        self.contents.addLayout(buttons)
        self.contents.addWidget(self._result)
        self.contents.addWidget(self._close)
        self._may_write = True
        self.show_history(None, None, may_write=False)
        self.show_comparison(None)

    def show_history(
        self, history: CaseHistory | None, version_id: int | None, *, may_write: bool
    ) -> None:
        """List the versions; the one that the work began from is marked."""
        self._may_write = may_write
        versions = history.versions if history else ()
        selected = {version.id for version in self.selected}
        self._list.clear()
        for version in reversed(versions):
            item = QListWidgetItem(icon(*_ICONS[version.kind]), _text(version, version_id))
            item.setData(Qt.ItemDataRole.UserRole, version)
            item.setSizeHint(QSize(0, _ROW_HEIGHT_PX))
            item.setToolTip(_tooltip(version))
            self._list.addItem(item)
            item.setSelected(version.id in selected)
        shown = min(len(versions), _MAX_ROWS)
        self._list.setFixedHeight(max(1, shown) * _ROW_HEIGHT_PX + 4)
        self._list.setVisible(bool(versions))
        self._empty.setVisible(not versions)
        for button in (self._compare, self._go_back):
            button.setVisible(bool(versions))
        self._on_selected()

    @property
    def selected(self) -> tuple[LabelVersion, ...]:
        """The selected versions, oldest first."""
        chosen = (item.data(Qt.ItemDataRole.UserRole) for item in self._list.selectedItems())
        return tuple(sorted(chosen, key=lambda version: version.number))

    def select(self, *numbers: int) -> None:
        """Select versions by their numbers."""
        for row in range(self._list.count()):
            item = self._list.item(row)
            version: LabelVersion = item.data(Qt.ItemDataRole.UserRole)
            item.setSelected(version.number in numbers)

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Show what differs; None for nothing."""
        self._result.setVisible(comparison is not None)
        self._close.setVisible(comparison is not None)
        if comparison is not None:
            self._result.setText(comparison_html(comparison))

    def _on_selected(self) -> None:
        count = len(self.selected)
        self._compare.setEnabled(count in (1, 2))
        self._compare.setToolTip(
            "Show what differs between the two versions"
            if count == 2
            else "Show what differs between this version and the mask in the views. "
            "Select two (Ctrl+click) to compare them with each other"
        )
        self._go_back.setEnabled(count == 1 and self._may_write)

    def _on_compare(self) -> None:
        selected = self.selected
        if selected:
            self.compare_requested.emit(selected[0], selected[1] if len(selected) > 1 else None)

    def _on_go_back(self) -> None:
        if len(self.selected) == 1:
            self.go_back_requested.emit(self.selected[0])


def comparison_html(comparison: Comparison) -> str:
    """A table of Dice and volumes, with the meaning of the two colours above it."""
    newer = f"version {comparison.newer.number}" if comparison.newer else "the mask now"
    head = (
        f"Version {comparison.older.number} \N{RIGHTWARDS ARROW} {newer}: "
        "<span style='color:#3fc35f'>\N{BLACK SQUARE} added</span>, "
        "<span style='color:#f0483c'>\N{BLACK SQUARE} removed</span>"
    )
    if not any(structure.voxels_different for structure in comparison.structures):
        return f"{head}<br>No voxel differs."
    rows = "".join(
        f"<tr><td>{difference.structure[0].upper()}{difference.structure[1:]}&nbsp;</td>"
        f"<td align='right'>Dice&nbsp;{difference.dice:.3f}&nbsp;&nbsp;</td>"
        f"<td align='right'>{difference.ml_before:.1f} \N{RIGHTWARDS ARROW} "
        f"{difference.ml_after:.1f}&nbsp;mL</td></tr>"
        for difference in comparison.structures
    )
    return f"{head}<table cellspacing='0' cellpadding='1'>{rows}</table>"


def _text(version: LabelVersion, open_id: int | None) -> str:
    total_ml = sum(volume.volume_ml for volume in version.volumes)
    mark = "  ·  open" if version.id == open_id else ""
    first = f"Version {version.number}  ·  {version.kind.value}{mark}"
    second = f"{total_ml:.0f} mL  ·  {when_text(version.created_at)}  ·  {version.author}"
    return f"{first}\n{second}"


def _tooltip(version: LabelVersion) -> str:
    provenance = version.provenance
    clicks = sum(isinstance(step, ClickStep) for step in provenance.steps)
    others = len(provenance.steps) - clicks
    lines = [f"{volume.structure}: {volume.volume_ml:.1f} mL" for volume in version.volumes]
    if provenance.steps:
        lines.append(f"{clicks} clicks and {others} other steps since its parent")
    if provenance.seconds_spent:
        lines.append(f"{provenance.seconds_spent / 60:.1f} minutes of work")
    if provenance.model is not None:
        engine = f" on {provenance.engine}" if provenance.engine else ""
        lines.append(f"With {provenance.model.title}{engine}")
    return "\n".join(lines) or "Empty"
