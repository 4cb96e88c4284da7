"""What can be downloaded from MONAI's Model Zoo, and the licence that is accepted first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from app.gui.form_label import add_row
from app.gui.plain_table import fill_row, plain_table
from app.model_zoo import ZooModel
from viewer.widgets.translation import tr, tr_sentence, translatable

_COLUMNS = (
    translatable("Model"),
    translatable("Version"),
    translatable("What it finds"),
    translatable("Size"),
    "",
)
_WHAT_COLUMN = 2
_ROW_HEIGHT_PX = 44


class ZooDialog(QDialog):
    """A table of the known bundles; ``chosen`` is what to download once it is accepted."""

    def __init__(
        self,
        models: tuple[ZooModel, ...],
        installed_ids: frozenset[str],
        proxy: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Install from the Model Zoo"))
        self.resize(860, 440)
        self._models = models
        self._installed_ids = installed_ids
        heading = _paragraph(
            tr(
                "Bundles of MONAI's Model Zoo, downloaded from api.ngc.nvidia.com. Nothing is "
                "asked of the network before you press Download; a download that breaks off goes "
                "on where it was."
            )
        )
        self.table = self._make_table()
        self._terms = _paragraph("")
        self._terms.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.accepts = QCheckBox(tr("I accept this licence"))
        self._proxy = QLineEdit(proxy)
        self._proxy.setPlaceholderText(tr("As the environment says (HTTPS_PROXY)"))
        self._proxy.setToolTip(tr("http://host:port, if your network wants one"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.download = buttons.addButton(
            tr("Download and install"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepts.toggled.connect(self._update)
        self.table.itemSelectionChanged.connect(self._on_selection_changed)
        form = QFormLayout()
        add_row(form, tr("Proxy"), self._proxy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._terms)
        layout.addWidget(self.accepts)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.table.selectRow(0)

    @property
    def chosen(self) -> ZooModel:
        """The model whose row is selected."""
        return self._models[self.table.currentRow()]

    @property
    def proxy(self) -> str:
        """The proxy's address; empty for the environment's."""
        return self._proxy.text().strip()

    def _on_selection_changed(self) -> None:
        self._terms.setText(tr_sentence(self.chosen.terms))
        self.accepts.setChecked(False)  # each model has its own
        self._update()

    def _update(self) -> None:
        is_new = self.chosen.name not in self._installed_ids
        self.accepts.setEnabled(is_new)
        self.download.setEnabled(is_new and self.accepts.isChecked())
        why = tr("Accept the licence first") if is_new else tr("Installed already: remove it first")
        self.download.setToolTip("" if self.download.isEnabled() else why)

    def _make_table(self) -> QTableWidget:
        table = plain_table(_COLUMNS, tr("Models of the Model Zoo"), stretched=_WHAT_COLUMN)
        table.setFrameShape(QFrame.Shape.StyledPanel)
        table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT_PX)
        table.setWordWrap(True)
        table.setRowCount(len(self._models))
        for row, model in enumerate(self._models):
            state = tr("Installed") if model.name in self._installed_ids else ""
            texts = (
                model.title,
                model.version,
                tr_sentence(model.what),
                tr("about {mb} MB", mb=model.about_mb),
                state,
            )
            fill_row(table, row, texts)
        return table


def _paragraph(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
