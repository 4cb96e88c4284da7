"""Saves and copies pictures of the views, and plays their slices."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QIODevice, QObject, QSaveFile
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from app.gui.file_dialogs import with_ending
from app.gui.main_window import MainWindow
from app.settings import SettingsStore
from imaging.errors import WriteError
from viewer.scenes.planes import Plane
from viewer.widgets.cine import Cine
from viewer.widgets.quad_view import QuadView
from viewer.widgets.translation import tr


class PictureLogic(QObject):
    """Pictures show exactly what the views show: hide the case's name to leave it out."""

    def __init__(self, window: MainWindow, views: QuadView, settings: SettingsStore) -> None:
        super().__init__(window)
        self._window = window
        self._views = views
        self._settings = settings
        self._cine = Cine(views.state, self)
        actions = window.actions_by_key
        actions["save_picture"].triggered.connect(self._save_view)
        actions["save_all_pictures"].triggered.connect(self._save_all)
        actions["copy_picture"].triggered.connect(self._copy_view)
        actions["cine"].toggled.connect(self._on_cine)
        actions["navigate"].triggered.connect(self._cine.stop)  # Esc
        self._cine.playing_changed.connect(actions["cine"].setChecked)

    def show_case(self) -> None:
        """Stand still on another case."""
        self._cine.stop()

    def release(self) -> None:
        """Stand still for good."""
        self._cine.stop()

    def _refine(self) -> None:
        """A picture shows the CT in 3D with all its rays."""
        self._views.volume_widget.refine()

    def _save_view(self, _checked: bool = False) -> None:
        key = self._views.current
        name = key.value if isinstance(key, Plane) else key
        if isinstance(key, Plane):
            name += f"-slice-{self._views.slice_scenes[key].slice_index + 1}"
        self._save(self._views.picture_of(key), name)

    def _save_all(self, _checked: bool = False) -> None:
        self._save(self._views, "views")

    def _copy_view(self, _checked: bool = False) -> None:
        self._refine()
        image = picture_of(self._views.picture_of(self._views.current))
        QGuiApplication.clipboard().setImage(image)
        self._window.banner.show_done(tr("The picture of the view is in the clipboard."))

    def _save(self, widget: QWidget, name: str) -> None:
        self._refine()
        image = picture_of(widget)  # before a dialog covers anything
        folder = self._settings.settings.last_folder or str(Path.home())
        path = ask_where_to_save(self._window, Path(folder) / f"{name}.png")
        if path is None:
            return
        try:
            save_picture(image, path)
        except WriteError as error:
            self._window.banner.show_error(str(error))
        else:
            self._window.banner.show_done(tr("Saved the picture {name}.", name=path.name))

    def _on_cine(self, wanted: bool) -> None:
        if not wanted:
            self._cine.stop()
            return
        key = self._views.current
        plane = key if isinstance(key, Plane) else Plane.AXIAL
        self._cine.play(self._views.slice_scenes[plane])


def ask_where_to_save(parent: QWidget, proposal: Path) -> Path | None:
    """Where to save a picture; None if the user changes their mind."""
    name, _ = QFileDialog.getSaveFileName(
        parent, tr("Save picture"), str(proposal), tr("Pictures (*.png)")
    )
    return with_ending(parent, Path(name), (".png",), ".png") if name else None


def picture_of(widget: QWidget) -> QImage:
    """What a widget shows now, opaque, in the screen's own pixels."""
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)


def save_picture(image: QImage, path: Path) -> None:
    """Write a PNG, whole or not at all.

    Raises:
        WriteError: the disk or the folder refused; an older file is intact.
    """
    file = QSaveFile(str(path))
    is_written = (
        file.open(QIODevice.OpenModeFlag.WriteOnly)
        and QImageWriter(file, b"png").write(image)
        and file.commit()
    )
    if not is_written:
        raise WriteError(
            f"{path.name} could not be written: {file.errorString()}. "
            "Choose another folder, or make room on the disk."
        )
