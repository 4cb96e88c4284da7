"""Asks what to export, of which cases, in which format, where to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.controllers.export_controller import ExportRequest
from app.gui.case_line import case_title
from app.gui.form_label import add_row
from app.gui.theme import swatch
from imaging.structures import all_structures
from training.cases.records import CaseRecord
from viewer.widgets.translation import tr, tr_sentence, translatable

_FORMATS: tuple[tuple[str, str, str], ...] = (
    (
        "nifti",
        translatable("NIfTI"),
        translatable("A label map for each case (.nii.gz), on the CT's grid."),
    ),
    (
        "nrrd",
        translatable("NRRD"),
        translatable("A label map for each case (.nrrd), on the CT's grid."),
    ),
    (
        "mha",
        translatable("MetaImage"),
        translatable("A label map for each case (.mha), on the CT's grid."),
    ),
    (
        "dicom-seg",
        translatable("DICOM SEG"),
        translatable("A DICOM segmentation object: coded by SNOMED CT, refers to the CT's images."),
    ),
    (
        "rtstruct",
        translatable("DICOM RTSTRUCT"),
        translatable("A DICOM structure set with contours, for planning systems."),
    ),
    (
        "stl",
        translatable("Surfaces, STL"),
        translatable("A surface for each structure, in LPS mm."),
    ),
    (
        "obj",
        translatable("Surfaces, OBJ"),
        translatable("A surface for each structure, in LPS mm."),
    ),
    (
        "ply",
        translatable("Surfaces, PLY"),
        translatable("A surface for each structure, in LPS mm."),
    ),
    (
        "csv",
        translatable("Measures, CSV"),
        translatable("Volume, HU and diameters of every structure in one table."),
    ),
    (
        "decathlon",
        translatable("Data set, Decathlon"),
        translatable("CTs and labels with dataset.json, and the split."),
    ),
    (
        "nnunet",
        translatable("Data set, nnU-Net"),
        translatable("CTs and labels with dataset.json, and the split."),
    ),
    (
        "monai",
        translatable("Data set, MONAI"),
        translatable("CTs and labels with a data list, and the split."),
    ),
)
"""Value of the format, its name, and what it is."""

_WIDTH_PX = 560
_LIST_HEIGHT_PX = 128


class ExportDialog(QDialog):
    """``request`` is what the user asks for."""

    def __init__(
        self,
        open_case: CaseRecord | None,
        approved_count: int,
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export"))
        self.setMinimumWidth(_WIDTH_PX)
        self._open_case = open_case
        self._format = QComboBox()
        for value, name, _what in _FORMATS:
            self._format.addItem(tr(name), value)
        self._what = QLabel()
        self._what.setObjectName("muted")
        self._what.setWordWrap(True)
        self._what.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._this = QRadioButton(
            tr("The open case: {case_title}", case_title=case_title(open_case)) if open_case else ""
        )
        self._this.setVisible(open_case is not None)
        cases = (
            tr("1 approved case")
            if approved_count == 1
            else tr("All {count} approved cases", count=approved_count)
        )
        self._all = QRadioButton(cases if approved_count else tr("All approved cases (none yet)"))
        self._all.setEnabled(approved_count > 0)
        group = QButtonGroup(self)
        for button in (self._this, self._all):
            group.addButton(button)
        (self._this if open_case is not None else self._all).setChecked(True)
        self._structures = QListWidget()
        self._structures.setFixedHeight(_LIST_HEIGHT_PX)
        self._structures.setIconSize(QSize(14, 14))
        self._structures.setAccessibleName(tr("Structures"))
        self._deidentify = QCheckBox(tr("Leave out what names the patient"))
        self._deidentify.setToolTip(
            tr("By the basic profile of DICOM PS3.15; pseudonyms name the files")
        )
        self._overwrite = QCheckBox(tr("Replace files that are there"))
        self._folder = QLineEdit(str(folder))
        self._folder.setAccessibleName(tr("Folder"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._export = buttons.addButton(tr("Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._export.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._lay_out(buttons)
        self._format.currentIndexChanged.connect(lambda _index: self._on_format())
        group.buttonToggled.connect(lambda _button, _on: self._on_cases())
        self._structures.itemChanged.connect(lambda _item: self._on_changed())
        self._folder.textChanged.connect(lambda _text: self._on_changed())
        self._on_format()
        self._on_cases()

    @property
    def request(self) -> ExportRequest:
        """What the user asks for; no structures named means all."""
        chosen = self._checked()
        is_all = len(chosen) == self._structures.count()
        return ExportRequest(
            format_name=str(self._format.currentData()),
            folder=Path(self._folder.text().strip()).expanduser(),
            case_id=self._open_case.id if self._open_case and self._this.isChecked() else None,
            structures=() if is_all else chosen,
            deidentifies=self._deidentify.isChecked(),
            overwrites=self._overwrite.isChecked(),
        )

    def choose_format(self, value: str) -> None:
        """Select a format by its value."""
        self._format.setCurrentIndex(self._format.findData(value))

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        choose = QPushButton(tr("Choose…"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose_folder)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self._folder, 1)
        where.addWidget(choose)
        which = QVBoxLayout()
        which.setSpacing(5)
        which.addWidget(self._this)
        which.addWidget(self._all)
        options = QVBoxLayout()
        options.setSpacing(5)
        options.addWidget(self._deidentify)
        options.addWidget(self._overwrite)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(11)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        add_row(form, tr("Format"), self._format)
        form.addRow("", self._what)
        first = self._all if self._this.isHidden() else self._this
        add_row(form, tr("Cases"), which, first)
        form.addRow(tr("Structures"), self._structures)
        add_row(form, tr("Options"), options, self._deidentify)
        add_row(form, tr("Folder"), where, choose)
        verified = QLabel(tr("Every file is read back and compared. For research use only."))
        verified.setObjectName("muted")
        foot = QHBoxLayout()
        foot.addWidget(verified, 1)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addLayout(foot)
        width_px = max(_WIDTH_PX, self.sizeHint().width())
        self.resize(width_px, layout.totalHeightForWidth(width_px))

    def _on_format(self) -> None:
        self._what.setText(tr(_FORMATS[self._format.currentIndex()][2]))

    def _on_cases(self) -> None:
        """The open case has its own structures; of all cases every one may be wanted."""
        one = self._open_case if self._this.isChecked() else None
        names = one.structures if one is not None else tuple(s.name for s in all_structures())
        self._structures.clear()
        for structure in all_structures():
            if structure.name in names:
                item = QListWidgetItem(swatch(structure.color_rgb), tr_sentence(structure.title))
                item.setData(Qt.ItemDataRole.UserRole, structure.name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked)
                self._structures.addItem(item)
        self._on_changed()

    def _checked(self) -> tuple[str, ...]:
        items = (self._structures.item(row) for row in range(self._structures.count()))
        return tuple(
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        )

    def _on_changed(self) -> None:
        if not self._checked():
            why_not = tr("Choose a structure.")
        elif not self._folder.text().strip():
            why_not = tr("Choose a folder.")
        elif not (self._this.isChecked() or self._all.isEnabled()):
            why_not = tr("No case is approved yet.")
        else:
            why_not = ""
        self._export.setEnabled(not why_not)
        self._export.setToolTip(why_not)

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Export to"), self._folder.text())
        if name:
            self._folder.setText(name)
