"""Asks for files and folders."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMessageBox, QWidget

from app.controllers.recovery_controller import NewerVersion, RestoreOn
from viewer.widgets.translation import tr, translatable

_CT_FILTER = translatable("CT (*.nii *.nii.gz *.nrrd *.nhdr *.mha *.mhd *.dcm);;All files (*)")
_LABEL_FILTER = translatable(
    "Label files (*.nii *.nii.gz *.nrrd *.nhdr *.mha *.mhd *.dcm);;All files (*)"
)
_SAVE_FILTERS = {
    translatable("NIfTI, compressed (*.nii.gz)"): ".nii.gz",
    translatable("NIfTI (*.nii)"): ".nii",
    translatable("NRRD (*.nrrd)"): ".nrrd",
    translatable("MetaImage (*.mha)"): ".mha",
}


class Unsaved(Enum):
    """What shall become of unsaved changes when the window closes."""

    SAVE = auto()
    KEEP = auto()
    """The next start offers them again."""
    DISCARD = auto()
    CANCEL = auto()


def ask_ct_file(parent: QWidget, folder: str) -> Path | None:
    """A CT to open; None if the user changes their mind."""
    name, _ = QFileDialog.getOpenFileName(parent, tr("Open CT"), folder, tr(_CT_FILTER))
    return Path(name) if name else None


def ask_dicom_folder(parent: QWidget, folder: str) -> Path | None:
    """A folder of DICOM files to open."""
    name = QFileDialog.getExistingDirectory(parent, tr("Open DICOM folder"), folder)
    return Path(name) if name else None


def ask_model_file(parent: QWidget, folder: str) -> Path | None:
    """A bundle or model to import, as an archive, or a checkpoint."""
    filters = tr("Models (*.zip *.pt *.pth *.ckpt);;All files (*)")
    name, _ = QFileDialog.getOpenFileName(parent, tr("Import model"), folder, filters)
    return Path(name) if name else None


def ask_network_file(parent: QWidget, folder: str) -> Path | None:
    """A file that describes the network of a checkpoint."""
    filters = tr("Descriptions (*.json *.yaml *.yml);;All files (*)")
    name, _ = QFileDialog.getOpenFileName(parent, tr("File with a network_def"), folder, filters)
    return Path(name) if name else None


def ask_model_folder(parent: QWidget, folder: str) -> Path | None:
    """The folder of a bundle or model to import."""
    name = QFileDialog.getExistingDirectory(parent, tr("Import model"), folder)
    return Path(name) if name else None


def ask_label_file(parent: QWidget, folder: str) -> Path | None:
    """A label file to open on the CT."""
    name, _ = QFileDialog.getOpenFileName(parent, tr("Open label file"), folder, tr(_LABEL_FILTER))
    return Path(name) if name else None


def ask_new_project(parent: QWidget, folder: str) -> Path | None:
    """A folder that does not exist yet, or is empty, for a project."""
    proposal = str(Path(folder) / tr("New project"))
    name, _ = QFileDialog.getSaveFileName(
        parent,
        tr("New project: name its folder"),
        proposal,
        tr("Folders"),
        options=QFileDialog.Option.ShowDirsOnly | QFileDialog.Option.DontConfirmOverwrite,
    )
    return Path(name) if name else None


def ask_project(parent: QWidget, folder: str) -> Path | None:
    """A project to open."""
    name = QFileDialog.getExistingDirectory(parent, tr("Open project"), folder)
    return Path(name) if name else None


def ask_folder_to_add(parent: QWidget, folder: str) -> Path | None:
    """A folder whose CTs become cases."""
    name = QFileDialog.getExistingDirectory(parent, tr("Add every CT in a folder"), folder)
    return Path(name) if name else None


def ask_files_to_add(parent: QWidget, folder: str) -> tuple[Path, ...]:
    """CT files that become cases."""
    names, _ = QFileDialog.getOpenFileNames(parent, tr("Add CT files"), folder, tr(_CT_FILTER))
    return tuple(Path(name) for name in names)


def ask_data_set(parent: QWidget, folder: str) -> Path | None:
    """The file that describes a labelled data set."""
    name, _ = QFileDialog.getOpenFileName(
        parent,
        tr("Add a labelled data set: choose its dataset.json, or a MONAI data list"),
        folder,
        tr("Description of a data set (*.json)"),
    )
    return Path(name) if name else None


def ask_where_to_save(parent: QWidget, proposal: Path) -> Path | None:
    """Where to save a mask, with an ending that names a format."""
    endings = {tr(text): ending for text, ending in _SAVE_FILTERS.items()}
    name, chosen = QFileDialog.getSaveFileName(
        parent, tr("Save mask"), str(proposal), ";;".join(endings)
    )
    if not name:
        return None
    known = tuple(_SAVE_FILTERS.values())
    return with_ending(parent, Path(name), known, endings.get(chosen, ".nii.gz"))


def ask_where_to_save_measures(parent: QWidget, proposal: Path) -> Path | None:
    """Where to save measures, with an ending that names a format."""
    name, chosen = QFileDialog.getSaveFileName(
        parent, tr("Save measures"), str(proposal), tr("Table (*.csv);;JSON (*.json)")
    )
    if not name:
        return None
    ending = ".json" if "json" in chosen else ".csv"
    return with_ending(parent, Path(name), (".csv", ".json"), ending)


def ask_where_to_save_clicks(parent: QWidget, proposal: Path) -> Path | None:
    """Where to save clicks."""
    name, _ = QFileDialog.getSaveFileName(
        parent, tr("Save clicks"), str(proposal), tr("Clicks (*.json)")
    )
    return with_ending(parent, Path(name), (".json",), ".json") if name else None


def with_ending(parent: QWidget, path: Path, known: tuple[str, ...], ending: str) -> Path | None:
    """A path from a dialog with one of the known endings, or with ``ending`` behind it.

    The dialog asked about an older file of the name that was typed, not of the longer one. None if
    there is one, and the user keeps it.
    """
    if path.name.lower().endswith(known):
        return path
    longer = path.with_name(path.name + ending)
    return longer if not longer.exists() or _may_replace(parent, longer.name) else None


def _may_replace(parent: QWidget, name: str) -> bool:
    """Ask as the dialog itself does, in the words of Qt's own catalogue."""
    question = QCoreApplication.translate(
        "QFileDialog", "%1 already exists.\nDo you want to replace it?"
    )
    yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
    answer = QMessageBox.warning(
        parent, parent.window().windowTitle(), question.replace("%1", name), yes | no, no
    )
    return answer == yes


def ask_where_to_save_logs(parent: QWidget, proposal: Path) -> Path | None:
    """Where to save the bundle of logs."""
    name, _ = QFileDialog.getSaveFileName(
        parent, tr("Save logs"), str(proposal), tr("Archive (*.zip)")
    )
    return Path(name) if name else None


def ask_about_unsaved(parent: QWidget, what: str) -> QMessageBox.StandardButton:
    """Save, discard or cancel, before ``what`` would lose unsaved changes."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Unsaved changes"))
    box.setText(tr("The mask has changes that are not saved."))
    box.setInformativeText(tr("Do you want to save them before {what}?", what=what))
    box.setStandardButtons(
        QMessageBox.StandardButton.Save
        | QMessageBox.StandardButton.Discard
        | QMessageBox.StandardButton.Cancel
    )
    box.setDefaultButton(QMessageBox.StandardButton.Save)
    return QMessageBox.StandardButton(box.exec())


def ask_before_closing(parent: QWidget, name: str) -> Unsaved:
    """What shall become of the unsaved changes of a case."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Unsaved changes"))
    box.setText(tr("The mask has changes that are not saved."))
    box.setInformativeText(
        tr(
            "Save the mask of {name} before closing? “Keep for later” offers the changes again "
            "when that CT is opened, and at the next start.",
            name=name,
        )
    )
    save = box.addButton(tr("Save"), QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(save)
    answers: dict[QAbstractButton, Unsaved] = {
        save: Unsaved.SAVE,
        box.addButton(tr("Keep for later"), QMessageBox.ButtonRole.AcceptRole): Unsaved.KEEP,
        box.addButton(tr("Discard"), QMessageBox.ButtonRole.DestructiveRole): Unsaved.DISCARD,
        box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole): Unsaved.CANCEL,
    }
    box.setEscapeButton(list(answers)[-1])
    box.exec()
    return answers.get(box.clickedButton(), Unsaved.CANCEL)


def ask_about_newer_version(parent: QWidget, newer: NewerVersion) -> RestoreOn | None:
    """Which version unsaved work is put on; None if the user changes their mind."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Restore unsaved work"))
    number, newest = newer.base_number, newer.newest_number
    if number is None:
        began = tr("The unsaved changes to {name} began before any version.", name=newer.name)
        as_it_was = tr("As it was left")
    else:
        began = tr(
            "The unsaved changes to {name} belong to version {number}.",
            name=newer.name,
            number=number,
        )
        as_it_was = tr("As it was left, on version {number}", number=number)
    choice = tr(
        "Put on version {newest}, they change only the voxels that they are about. As it was "
        "left, the mask lacks what version {newest} has. Nothing is saved until you save it.",
        newest=newest,
    )
    box.setText(tr("Version {newest} is newer.", newest=newest))
    box.setInformativeText(f"{began} {choice}")
    on_newest = box.addButton(
        tr("Put on version {newest}", newest=newest), QMessageBox.ButtonRole.AcceptRole
    )
    box.setDefaultButton(on_newest)
    answers: dict[QAbstractButton, RestoreOn] = {
        on_newest: RestoreOn.NEWEST,
        box.addButton(as_it_was, QMessageBox.ButtonRole.AcceptRole): RestoreOn.BASE,
    }
    box.setEscapeButton(box.addButton(tr("Not now"), QMessageBox.ButtonRole.RejectRole))
    box.exec()
    return answers.get(box.clickedButton())


def ask_about_discarding(parent: QWidget, name: str) -> bool:
    """Whether unsaved work may be deleted."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Discard unsaved work"))
    box.setText(tr("Delete the unsaved work on {name}?", name=name))
    box.setInformativeText(tr("It cannot be restored afterwards."))
    discard = box.addButton(tr("Discard"), QMessageBox.ButtonRole.DestructiveRole)
    keep = box.addButton(tr("Keep"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    box.exec()
    return box.clickedButton() is discard
